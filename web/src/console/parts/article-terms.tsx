import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input, Select } from "antd";
import { type ReactElement, useContext } from "react";
import { dayOf, named } from "../i18n";
import { tableName } from "../i18n/tables";
import { useSession } from "../session";
import type { Version } from "../wire";
import { AddButton, type Editing, ReadOnly, RemoveButton, Three } from "./article-fields";
import { DayInput, Field, Panel } from "./bits";
import { Tag } from "./tag";

/** Versions edits the wordings that hold for a span of days. */
export function Versions(props: Editing): ReactElement {
  const { w } = useSession();
  const readOnly = useContext(ReadOnly);
  const { article: a, onChange } = props;
  const versions = a.versions ?? [];
  const today = dayOf(new Date());
  const set = (i: number, v: Version): void =>
    onChange({ ...a, versions: versions.map((old, at) => (at === i ? v : old)) });
  const state = (v: Version): ReactElement => {
    if (v.from > today) return <Tag color="blue">{w.edit.versionSoon}</Tag>;
    if (v.until !== "" && v.until < today) return <Tag>{w.edit.versionPast}</Tag>;
    return <Tag color="green">{w.edit.versionNow}</Tag>;
  };
  return (
    <Panel
      title={w.edit.versions}
      note={w.edit.versionsHint}
      tools={
        <AddButton
          label={w.edit.versionAdd}
          onClick={() =>
            onChange({
              ...a,
              versions: [...versions, { from: today, until: "", answer: { zh: a.answer.zh ?? "" } }],
            })
          }
        />
      }
    >
      {versions.length === 0 ? <p className="cs-note">{w.edit.versionsNone}</p> : null}
      {versions.map((v, i) => (
        <div key={i} className="cs-boxed">
          <div className="cs-boxed-head">
            <DayInput
              label={`${w.edit.from} ${i + 1}`}
              value={v.from}
              disabled={readOnly}
              onChange={(from) => set(i, { ...v, from })}
            />
            <span aria-hidden="true">—</span>
            <DayInput
              label={`${w.edit.until} ${i + 1}`}
              value={v.until}
              disabled={readOnly}
              onChange={(until) => set(i, { ...v, until })}
            />
            {state(v)}
            <span className="cs-grow" />
            <RemoveButton
              label={`${w.act.remove} ${w.edit.versions} ${i + 1}`}
              onClick={() => onChange({ ...a, versions: versions.filter((_, at) => at !== i) })}
            />
          </div>
          <Three value={v.answer} onChange={(answer) => set(i, { ...v, answer })} />
        </div>
      ))}
    </Panel>
  );
}

/** Basics edits whom an article is for, how long it holds and where it comes from. */
export function Basics(props: Editing & { fresh: boolean }): ReactElement {
  const { api, w, locale } = useSession();
  const readOnly = useContext(ReadOnly);
  const { article: a, onChange } = props;
  const flows = useQuery({ queryKey: ["flows"], queryFn: api.flows });
  const tables = useQuery({ queryKey: ["tables"], queryFn: api.tables });
  const columns = tables.data?.find((t) => t.name === a.table?.name)?.columns ?? [];
  return (
    <Panel title={w.edit.basic}>
      {props.fresh ? (
        <div className="cs-grid-2">
          <Field label={w.edit.id} hint={w.edit.idHint}>
            <Input value={a.id} onChange={(e) => onChange({ ...a, id: e.target.value })} />
          </Field>
          <Field label={w.edit.group}>
            <Input
              value={a.group}
              list="cs-groups"
              onChange={(e) => onChange({ ...a, group: e.target.value })}
            />
            <datalist id="cs-groups">
              {Object.entries(w.groups).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </datalist>
          </Field>
        </div>
      ) : null}
      <fieldset className="cs-fieldset">
        <legend>{w.edit.audience}</legend>
        <Checkbox.Group
          value={a.audience}
          disabled={readOnly}
          options={[...new Set(["customer", "staff", ...a.audience])].map((x) => ({
            value: x,
            label: named(w.audiences, x),
          }))}
          onChange={(audience) => onChange({ ...a, audience })}
        />
        <p className="cs-note">{w.edit.audienceHint}</p>
      </fieldset>
      <div className="cs-grid-2">
        <Field label={w.edit.from}>
          <DayInput
            value={a.valid.from}
            disabled={readOnly}
            onChange={(from) => onChange({ ...a, valid: { ...a.valid, from } })}
          />
        </Field>
        <Field label={w.edit.until} hint={w.edit.openEnd}>
          <DayInput
            value={a.valid.until}
            disabled={readOnly}
            onChange={(until) => onChange({ ...a, valid: { ...a.valid, until } })}
          />
        </Field>
        <Field label={w.edit.owner}>
          <Input
            value={a.owner}
            readOnly={readOnly}
            onChange={(e) => onChange({ ...a, owner: e.target.value })}
          />
        </Field>
        <Field label={w.edit.source}>
          <Input
            value={a.source}
            readOnly={readOnly}
            onChange={(e) => onChange({ ...a, source: e.target.value })}
          />
        </Field>
        <Field label={w.edit.flow}>
          <Select
            value={a.flow ?? ""}
            disabled={readOnly}
            options={[
              { value: "", label: w.edit.noFlow },
              ...(flows.data?.flows ?? []).map((f) => ({ value: f.id, label: f.name })),
            ]}
            onChange={(flow) => onChange({ ...a, flow })}
          />
        </Field>
        <Field label={w.edit.keywords} hint={w.edit.keywordsHint}>
          <Select
            mode="tags"
            open={false}
            suffixIcon={null}
            value={a.keywords ?? []}
            disabled={readOnly}
            onChange={(keywords: string[]) => onChange({ ...a, keywords })}
          />
        </Field>
        <Field label={w.edit.table}>
          <Select
            value={a.table?.name ?? ""}
            disabled={readOnly}
            options={[
              { value: "", label: w.edit.tableNone },
              ...(tables.data ?? []).map((t) => ({ value: t.name, label: tableName(t.name, locale) })),
            ]}
            onChange={(name) => {
              const next = { ...a };
              if (name === "") delete next.table;
              else next.table = { name, key: "", values: [] };
              onChange(next);
            }}
          />
        </Field>
        {a.table ? (
          <>
            <Field label={w.edit.tableKey}>
              <Select
                value={a.table.key}
                disabled={readOnly}
                options={columns.map((c) => ({ value: c, label: c }))}
                onChange={(key) =>
                  onChange({ ...a, table: { name: a.table?.name ?? "", values: a.table?.values ?? [], key } })
                }
              />
            </Field>
            <Field label={w.edit.tableValues}>
              <Select
                mode="tags"
                open={false}
                suffixIcon={null}
                value={a.table.values}
                disabled={readOnly}
                onChange={(values: string[]) =>
                  onChange({ ...a, table: { name: a.table?.name ?? "", key: a.table?.key ?? "", values } })
                }
              />
            </Field>
          </>
        ) : null}
      </div>
    </Panel>
  );
}
