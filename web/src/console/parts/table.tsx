import type { ReactElement, ReactNode } from "react";

/** Column is one column of a Listing. */
export interface Column<T> {
  key: string;
  title: string;
  cell: (row: T) => ReactNode;
  /** width is a CSS width; what is left over goes to columns without one. */
  width?: string;
  align?: "right";
  /** phone hides the column's name at phone width (lead), or the column (off). */
  phone?: "lead" | "off";
}

/** Listing is a table that turns into cards at phone width. */
export function Listing<T>(props: {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
}): ReactElement {
  const { columns } = props;
  return (
    <div className="cs-listing-box">
      <table className="cs-listing" aria-label={props.label}>
        <thead>
          <tr>
            {columns.map((c) => (
              <th
                key={c.key}
                scope="col"
                style={c.width ? { width: c.width } : undefined}
                className={c.align === "right" ? "cs-right" : ""}
              >
                {c.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.rowKey(row)}>
              {columns.map((c) => (
                <td
                  key={c.key}
                  data-label={c.phone === "lead" ? undefined : c.title}
                  className={`${c.align === "right" ? "cs-right" : ""} ${c.phone ? `cs-phone-${c.phone}` : ""}`}
                >
                  {c.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
