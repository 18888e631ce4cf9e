import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Input } from "antd";
import { type ReactElement, useCallback, useState } from "react";
import { Link, useParams } from "react-router";
import { Problem } from "../api";
import { moment } from "../i18n";
import { Bar, Page, Panel, StateTag } from "../parts/bits";
import { SaveBar, useUnsaved } from "../parts/edit";
import { Icon } from "../parts/icons";
import { Lines } from "../parts/lines";
import { Merge } from "../parts/merge";
import { useNames } from "../parts/names";
import { Reading, Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { Conflict, IntentSave, IntentView, Lists } from "../wire";
import { leadsTo } from "./intents";

/** IntentPage edits one intent's examples and shows who it is mixed up with. */
export function IntentPage(): ReactElement {
  const { api } = useSession();
  const { name = "" } = useParams();
  const view = useQuery({
    queryKey: ["intent", name],
    queryFn: () => api.intent(name),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Reading of={view} rows={12}>
      {(v) => <Editor key={`${v.name} ${v.file.base}`} view={v} reload={() => void view.refetch()} />}
    </Reading>
  );
}

function Editor(props: { view: IntentView; reload: () => void }): ReactElement {
  const { view } = props;
  const { api, w, locale, has, nameOf } = useSession();
  const names = useNames(true);
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const [examples, setExamples] = useState<Lists>(view.examples ?? {});
  const [dirty, setDirty] = useState(false);
  const [find, setFind] = useState("");
  const [clash, setClash] = useState<{ conflict: Conflict; theirs: Lists } | null>(null);
  const readOnly = !has("editor", "admin");
  const save = useMutation({
    mutationFn: (body: IntentSave) => api.saveIntent(view.name, body),
    onSuccess: async (saved) => {
      setDirty(false);
      setClash(null);
      void message.success(w.act.saved);
      queries.setQueryData(["intent", view.name], saved);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "intent" });
    },
    onError: async (error, body) => {
      if (!(error instanceof Problem)) return;
      if (error.conflict) {
        const theirs = await api.intent(view.name).catch(() => null);
        setClash({ conflict: error.conflict, theirs: theirs?.examples ?? {} });
      } else if (error.code === "comments") {
        modal.confirm({
          title: w.edit.comments,
          content: w.edit.commentsHint,
          okText: w.edit.dropComments,
          cancelText: w.act.cancel,
          onOk: () => save.mutate({ ...body, drop_comments: true }),
        });
      }
    },
  });
  const { base } = view.file;
  const submit = useCallback(() => save.mutate({ base, examples }), [base, examples, save.mutate]);
  useUnsaved(dirty && !readOnly, submit);
  const discard = useMutation({
    mutationFn: () => api.discard(view.file.path, base),
    onSuccess: async () => {
      setDirty(false);
      void message.success(w.act.discarded);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "intent" });
      props.reload();
    },
  });
  const close = new Set(view.overlaps.filter((o) => o.likeness >= 0.8).map((o) => o.mine));
  const refused = [save.error, discard.error].find(
    (e) => e && !(e instanceof Problem && (e.conflict || e.code === "comments")),
  );
  const list = (which: "zh" | "en", label: string): ReactElement => (
    <div>
      <h3>
        {label} <small>{w.intents.count(examples[which]?.length ?? 0)}</small>
      </h3>
      <Lines
        value={examples[which] ?? []}
        readOnly={readOnly}
        label={(n) => `${label} ${n}`}
        addLabel={`${label} ${w.intents.add}`}
        marked={(line) => find !== "" && line.toLowerCase().includes(find.toLowerCase())}
        note={(line) => (close.has(line) ? <Tag color="gold">{w.intents.near}</Tag> : null)}
        onChange={(lines) => {
          setExamples({ ...examples, [which]: lines });
          setDirty(true);
        }}
      />
    </div>
  );
  return (
    <Page
      back={
        <Link to="/intents" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.intents}
        </Link>
      }
      title={locale === "en" ? view.label_en || view.label : view.label || view.name}
      note={
        <>
          <StateTag file={view.file} /> <code>{view.name}</code> · {leadsTo(view, w, names)}
          {view.file.author
            ? ` · ${w.edit.savedBy(nameOf(view.file.author))} ${moment(view.file.updated_at, locale)}`
            : ""}
        </>
      }
      tools={
        view.file.state !== "published" && !view.file.proposed ? (
          <Link to="/releases?pack=1">{w.act.toRelease}</Link>
        ) : null
      }
    >
      <Refused error={refused} />
      <div className="cs-editor">
        <Panel
          title={w.intents.examples}
          note={w.intents.examplesHint}
          tools={
            <Input
              size="small"
              allowClear
              className="cs-short"
              placeholder={w.intents.find}
              aria-label={w.intents.find}
              value={find}
              onChange={(e) => setFind(e.target.value)}
            />
          }
        >
          <div className="cs-grid-2">
            {list("zh", w.edit.zh)}
            {list("en", w.edit.en)}
          </div>
        </Panel>
        <aside className="cs-stack cs-editor-side">
          <Panel
            title={w.intents.overlaps}
            note={view.overlaps.length > 0 ? w.intents.overlapsHint : w.intents.overlapsNone}
          >
            <ul className="cs-overlaps">
              {view.overlaps.map((o) => (
                <li key={o.intent}>
                  <div className="cs-overlap-head">
                    <Link to={`/intents/${o.intent}`}>{o.label}</Link>
                    <Bar value={o.likeness} label={w.intents.likeness} />
                  </div>
                  <p>
                    <small>{w.intents.mine}</small> {o.mine}
                  </p>
                  <p>
                    <small>{w.intents.theirs}</small> {o.theirs}
                  </p>
                </li>
              ))}
            </ul>
          </Panel>
        </aside>
      </div>
      <SaveBar
        dirty={dirty}
        saving={save.isPending}
        readOnly={readOnly}
        note={view.file.state !== "published" ? w.act.saved : undefined}
        save={submit}
        undo={() => {
          setExamples(view.examples ?? {});
          setDirty(false);
          save.reset();
        }}
        discard={view.file.state !== "published" && !view.file.proposed ? () => discard.mutate() : undefined}
      />
      {clash ? (
        <Merge
          conflict={clash.conflict}
          parts={(["zh", "en"] as const).map((k) => ({
            key: k,
            label: `${w.intents.examples} ${w.edit[k]}`,
            mine: examples[k] ?? [],
            theirs: clash.theirs[k] ?? [],
          }))}
          saving={save.isPending}
          onSave={(values) => {
            const next: Lists = { ...examples };
            for (const k of ["zh", "en"] as const) {
              const value = values.get(k);
              if (Array.isArray(value)) next[k] = value;
            }
            setExamples(next);
            save.mutate({ base: clash.conflict.base, examples: next });
          }}
          onTheirs={() => {
            setClash(null);
            setDirty(false);
            props.reload();
          }}
          onClose={() => setClash(null)}
        />
      ) : null}
    </Page>
  );
}
