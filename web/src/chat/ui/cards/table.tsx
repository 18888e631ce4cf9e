import type { JSX } from "preact";
import type { Table } from "../../../api/wire";

/** TableView is a small table; row is the one quoted, -1 for none. */
export function TableView(props: { table: Table; row: number; caption: string }): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls and must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={props.caption}>
      <table>
        <thead>
          <tr>
            {props.table.columns.map((c) => (
              <th key={c} scope="col">
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.table.rows
            .map((row) => row ?? [])
            .map((cells, r) => (
              <tr
                key={cells.join("|")}
                class={r === props.row ? "hit" : ""}
                aria-current={r === props.row ? "true" : undefined}
              >
                {cells.map((cell, c) => (
                  <td key={props.table.columns[c] ?? cell}>{cell}</td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
