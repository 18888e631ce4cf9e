import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Row } from "../../../api/wire";
import { useRoom } from "../context";

/** Rows are labelled lines; a named one can be corrected in place while the card is live. */
export function Rows(props: { rows: Row[]; editable: boolean }): JSX.Element | null {
  if (props.rows.length === 0) return null;
  return (
    <dl class="rows">
      {props.rows.map((row) => (
        <Line key={`${row.name ?? ""}/${row.label}`} row={row} editable={props.editable && !!row.name} />
      ))}
    </dl>
  );
}

function Line(props: { row: Row; editable: boolean }): JSX.Element {
  const { client, t } = useRoom();
  const { row } = props;
  const [value, setValue] = useState<string | null>(null);
  return (
    <div class="line">
      <dt>{row.label}</dt>
      <dd>
        {value === null ? (
          <>
            <span>{row.value}</span>
            {row.by === "agent" ? <em class="by">{t.byAgent}</em> : null}
            {props.editable ? (
              <button
                type="button"
                class="link"
                aria-label={`${t.edit} ${row.label}`}
                onClick={() => setValue("")}
              >
                {t.edit}
              </button>
            ) : null}
          </>
        ) : (
          <form
            class="line-edit"
            onSubmit={(e) => {
              e.preventDefault();
              if (row.name && value.trim() !== "") client.edit(row.name, value.trim());
              setValue(null);
            }}
          >
            <input
              ref={(el) => el?.focus()}
              aria-label={row.label}
              placeholder={row.value}
              value={value}
              onInput={(e) => setValue(e.currentTarget.value)}
            />
            <button type="submit" class="btn small primary">
              {t.save}
            </button>
            <button type="button" class="btn small" onClick={() => setValue(null)}>
              {t.cancel}
            </button>
          </form>
        )}
      </dd>
    </div>
  );
}
