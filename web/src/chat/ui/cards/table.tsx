import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Table } from "../../../api/wire";
import { useRoom } from "../context";

/**
 * TableView is a small table; row is the one quoted, -1 for none. Where its columns don't
 * fit, each row is stacked: its name, then a line for each value with the column's label.
 * No figure is ever cut or hidden behind a scroll.
 */
export function TableView(props: { table: Table; row: number; caption: string }): JSX.Element {
  const { elder } = useRoom();
  const { columns } = props.table;
  const box = useRef<HTMLElement>(null);
  const headed = columns.some((c) => c.trim() !== "");
  const single = columns.length === 1;
  useLayoutEffect(() => {
    const el = box.current;
    if (!el || single) return;
    const fit = (): void => {
      // Measured unstacked; both happen before the next picture is drawn.
      el.classList.remove("stacked");
      el.classList.toggle("stacked", el.scrollWidth > el.clientWidth + 1);
    };
    fit();
    const watch = new ResizeObserver(fit);
    watch.observe(el.closest(".log, .drawer") ?? el);
    return () => watch.disconnect();
  }, [props.table, single, elder]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls and must be reachable by keyboard
    <section class="scroll" tabIndex={0} aria-label={props.caption} ref={box}>
      <table class={single ? "single" : ""}>
        {headed ? (
          <thead>
            <tr>
              {columns.map((c) => (
                <th key={c} scope="col">
                  {c}
                </th>
              ))}
            </tr>
          </thead>
        ) : null}
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
                  <td key={columns[c] ?? cell} data-label={columns[c] ?? ""}>
                    <span>{cell}</span>
                  </td>
                ))}
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  );
}
