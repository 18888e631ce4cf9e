import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Modal, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useSession } from "../session";
import { Field } from "./bits";
import { Refused } from "./states";

/** SaveExample puts a tried sentence into the draft of an intent or of an article. */
export function SaveExample(props: {
  to: "intent" | "article";
  text: string;
  locale: "zh" | "en";
  first: string;
  /** choices are the likely ones, best first; all others follow. */
  choices: readonly string[];
  onClose: () => void;
}): ReactElement {
  const { api, w } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [picked, setPicked] = useState(props.first);
  const { to, text, locale } = props;
  const intents = useQuery({ queryKey: ["intents"], queryFn: api.intents, enabled: to === "intent" });
  const all = { q: "", group: "", audience: "", state: "", expiring: false, offset: 0, limit: 500 };
  const articles = useQuery({
    queryKey: ["articles", all],
    queryFn: () => api.articles(all),
    enabled: to === "article",
  });
  const names =
    to === "intent"
      ? (intents.data ?? []).map((i) => ({ value: i.name, label: i.label || i.name }))
      : (articles.data?.articles ?? []).map((a) => ({ value: a.id, label: a.title }));
  const rank = (name: string): number => {
    const at = props.choices.indexOf(name);
    return at < 0 ? props.choices.length : at;
  };
  const options = [...names].sort((a, b) => rank(a.value) - rank(b.value));
  const save = useMutation({
    mutationFn: async () => {
      if (to === "intent") {
        const now = await api.intent(picked);
        const lines = now.examples?.[locale] ?? [];
        if (lines.includes(text)) throw new Error(w.try.already);
        await api.saveIntent(picked, {
          base: now.file.base,
          examples: { ...now.examples, [locale]: [...lines, text] },
        });
      } else {
        const now = await api.article(picked);
        const lines = now.article.similar?.[locale] ?? [];
        if (lines.includes(text)) throw new Error(w.try.already);
        const article = { ...now.article, similar: { ...now.article.similar, [locale]: [...lines, text] } };
        await api.saveArticle(picked, { base: now.file.base, article });
      }
    },
    onSuccess: async () => {
      void message.success(w.try.savedTo(names.find((n) => n.value === picked)?.label ?? picked));
      await queries.invalidateQueries();
      props.onClose();
    },
  });
  return (
    <Modal
      open
      title={to === "intent" ? w.try.saveExample : w.try.saveSimilar}
      okText={w.act.save}
      cancelText={w.act.cancel}
      okButtonProps={{ disabled: picked === "", loading: save.isPending }}
      onOk={() => save.mutate()}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <p className="cs-quote">{text}</p>
      <Field label={to === "intent" ? w.try.saveTo : w.try.saveToArticle} hint={w.try.saveHint}>
        <Select
          value={picked}
          showSearch={{ optionFilterProp: "label" }}
          options={options}
          onChange={setPicked}
        />
      </Field>
      <Refused error={save.error} />
    </Modal>
  );
}
