import { useQuery } from "@tanstack/react-query";
import { Button, Input, Select } from "antd";
import { type ReactElement, useContext } from "react";
import { useParams } from "react-router";
import { useSession } from "../session";
import type { PreviewLine, Variant } from "../wire";
import { AddButton, type Editing, ReadOnly, RemoveButton, Three, Wording } from "./article-fields";
import { Basics, Versions } from "./article-terms";
import { Panel } from "./bits";
import { Lines } from "./lines";
import { Tag } from "./tag";

/** ArticleForm edits an article by its fields. */
export function ArticleForm(
  props: Editing & { fresh: boolean; readOnly: boolean; saved: boolean },
): ReactElement {
  return (
    <ReadOnly value={props.readOnly}>
      <div className="cs-stack">
        <Asked {...props} />
        <Answer {...props} />
        <Similar {...props} />
        <Versions {...props} />
        <Basics {...props} />
      </div>
    </ReadOnly>
  );
}

function Asked(props: Editing): ReactElement {
  const { w } = useSession();
  const { article: a, onChange } = props;
  return (
    <Panel title={w.edit.asked}>
      <div className="cs-grid-2">
        <Wording
          label={`${w.edit.titleField} · ${w.edit.zh}`}
          rows={1}
          value={a.title.zh}
          onChange={(zh) => onChange({ ...a, title: { ...a.title, zh } })}
        />
        <Wording
          label={`${w.edit.titleField} · ${w.edit.en}`}
          rows={1}
          value={a.title.en}
          onChange={(en) => onChange({ ...a, title: { ...a.title, en } })}
        />
        <Wording
          label={`${w.edit.asked} · ${w.edit.zh}`}
          rows={1}
          value={a.question.zh}
          onChange={(zh) => onChange({ ...a, question: { ...a.question, zh } })}
        />
        <Wording
          label={`${w.edit.asked} · ${w.edit.en}`}
          rows={1}
          value={a.question.en}
          onChange={(en) => onChange({ ...a, question: { ...a.question, en } })}
        />
      </div>
    </Panel>
  );
}

function Answer(props: Editing): ReactElement {
  const { w } = useSession();
  const readOnly = useContext(ReadOnly);
  const { article: a, onChange } = props;
  const variants = a.variants ?? [];
  const set = (i: number, v: Variant): void =>
    onChange({ ...a, variants: variants.map((old, at) => (at === i ? v : old)) });
  return (
    <Panel title={w.edit.answer} note={w.edit.answerHint}>
      <Three value={a.answer} onChange={(answer) => onChange({ ...a, answer })} />
      <div className="cs-sub">
        <h3>{w.edit.variants}</h3>
        <AddButton
          label={w.edit.variantAdd}
          onClick={() =>
            onChange({ ...a, variants: [...variants, { audience: "private", answer: { zh: "" } }] })
          }
        />
      </div>
      {variants.length === 0 ? <p className="cs-note">{w.edit.variantsNone}</p> : null}
      {variants.map((v, i) => (
        <div key={i} className="cs-boxed">
          <div className="cs-boxed-head">
            <Select
              aria-label={w.edit.variantOf}
              value={v.region === undefined ? "audience" : "region"}
              disabled={readOnly}
              options={[
                { value: "audience", label: w.edit.variantAudience },
                { value: "region", label: w.edit.variantRegion },
              ]}
              onChange={(kind) =>
                set(
                  i,
                  kind === "region"
                    ? { region: "", answer: v.answer }
                    : { audience: "private", answer: v.answer },
                )
              }
            />
            {v.region === undefined ? (
              <Select
                aria-label={w.edit.variantAudience}
                value={v.audience ?? ""}
                disabled={readOnly}
                popupMatchSelectWidth={false}
                options={Object.entries(w.audiences).map(([value, label]) => ({ value, label }))}
                onChange={(audience) => set(i, { audience, answer: v.answer })}
              />
            ) : (
              <Input
                aria-label={w.edit.variantRegion}
                className="cs-short"
                value={v.region}
                readOnly={readOnly}
                onChange={(e) => set(i, { region: e.target.value, answer: v.answer })}
              />
            )}
            <span className="cs-grow" />
            <RemoveButton
              label={`${w.act.remove} ${w.edit.variants} ${i + 1}`}
              onClick={() => onChange({ ...a, variants: variants.filter((_, at) => at !== i) })}
            />
          </div>
          <Three value={v.answer} onChange={(answer) => set(i, { ...v, answer })} />
        </div>
      ))}
    </Panel>
  );
}

/** Hit says what a question finds in the live release. */
function Hit(props: {
  line: PreviewLine | undefined;
  id: string;
  busy: boolean;
  threshold: number;
}): ReactElement {
  const { w } = useSession();
  const { line } = props;
  if (!line) return <Tag>{props.busy ? w.edit.hitChecking : w.edit.hitUnsaved}</Tag>;
  const score = line.score.toFixed(2);
  if (line.answers)
    return (
      <Tag color="green">
        {w.edit.hitSelf} {score}
      </Tag>
    );
  if (line.article === "") return <Tag color="red">{w.edit.hitNone}</Tag>;
  if (line.article === props.id)
    return (
      <Tag color="gold">
        {w.edit.hitWeak} {score}
      </Tag>
    );
  const sure = line.score >= props.threshold;
  return (
    <Tag color={sure ? "red" : "gold"} title={line.title}>
      {sure ? w.edit.hitOther(line.title) : w.edit.hitWeak} {score}
    </Tag>
  );
}

function Similar(props: Editing & { fresh: boolean; saved: boolean }): ReactElement {
  const { api, w } = useSession();
  const { id = "" } = useParams();
  const readOnly = useContext(ReadOnly);
  const { article: a, onChange } = props;
  const preview = useQuery({
    queryKey: ["preview", id],
    queryFn: () => api.preview(id),
    enabled: !props.fresh,
    retry: false,
  });
  const found = new Map((preview.data?.lines ?? []).map((l) => [l.question, l]));
  const similar = (preview.data?.lines ?? []).filter((l) => l.kind === "similar");
  const note = (text: string): ReactElement => (
    <Hit
      line={found.get(text)}
      id={id}
      busy={preview.isFetching}
      threshold={preview.data?.threshold ?? 0.5}
    />
  );
  const list = (locale: "zh" | "en", label: string): ReactElement => (
    <div>
      <h3>{label}</h3>
      <Lines
        value={a.similar?.[locale] ?? []}
        readOnly={readOnly}
        label={(n) => `${label} ${w.edit.similarLine(n)}`}
        addLabel={`${label} ${w.edit.similarAdd}`}
        empty={locale === "zh" ? w.edit.similarNone : null}
        note={note}
        onChange={(lines) => onChange({ ...a, similar: { ...a.similar, [locale]: lines } })}
      />
    </div>
  );
  return (
    <Panel
      title={w.edit.similar}
      note={w.edit.similarHint}
      tools={
        props.fresh ? null : (
          <span className="cs-panel-tools">
            {similar.length > 0 ? (
              <small>{w.edit.hitSum(similar.filter((l) => l.answers).length, similar.length)}</small>
            ) : null}
            <Button size="small" loading={preview.isFetching} onClick={() => void preview.refetch()}>
              {w.edit.recheck}
            </Button>
          </span>
        )
      }
    >
      <div className="cs-grid-2">
        {list("zh", w.edit.zh)}
        {list("en", w.edit.en)}
      </div>
    </Panel>
  );
}
