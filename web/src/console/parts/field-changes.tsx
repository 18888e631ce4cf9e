import type { ReactElement } from "react";
import { useSession } from "../session";
import type { FieldChange } from "../wire";

/** FieldChanges shows what differs field by field: what stood there, and what stands there now. */
export function FieldChanges(props: { list: readonly FieldChange[]; label: string }): ReactElement {
  const { w } = useSession();
  return (
    <dl className="cs-fields" aria-label={props.label}>
      {props.list.map((c) => (
        <div key={c.field}>
          <dt>
            {fieldName(c.field, w.fields)} <code>{c.field}</code>
          </dt>
          <dd>
            {c.before ? <del>{c.before}</del> : null}
            {c.after ? <ins>{c.after}</ins> : null}
            {(c.removed ?? []).map((line) => (
              <del key={`- ${line}`}>{line}</del>
            ))}
            {(c.added ?? []).map((line) => (
              <ins key={`+ ${line}`}>{line}</ins>
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** fieldName puts a field's keys into words, key by key. */
export function fieldName(field: string, words: Readonly<Record<string, string>>): string {
  return field
    .split(".")
    .map((key) => words[key] ?? key)
    .join(" · ");
}
