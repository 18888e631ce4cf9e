import type { ReactElement } from "react";
import type { Card, Row } from "../../api/wire";
import { useRoom } from "./context";

/** CardView draws a customer's card read-only: the same content, nothing to tap, secrets hidden. */
export function CardView(props: { card: Card }): ReactElement {
  const { card } = props;
  const { t } = useRoom();
  switch (card.kind) {
    case "secure":
      return (
        <section className="dk-card secure" aria-label={card.title || t.secure}>
          <h3>
            {card.title}
            <em className="dk-tag hidden">{t.secure}</em>
          </h3>
          <div className="dk-hatch" aria-hidden="true">
            ● ● ● ● ● ●
          </div>
          <p className="dk-note">{t.secureHint}</p>
        </section>
      );
    case "choice":
    case "payees":
    case "needs":
      return (
        <Frame card={card}>
          <ul className="dk-options" aria-label={t.chosen}>
            {card.options.map((o) => (
              <li key={o.id}>
                {o.label}
                {o.note ? <small>{o.note}</small> : null}
              </li>
            ))}
          </ul>
        </Frame>
      );
    case "form":
    case "checklist":
    case "capture":
    case "sign":
    case "progress":
    case "readback":
    case "queue":
    case "call":
      return <Frame card={card} />;
    case "receipt":
      return (
        <Frame
          card={{
            ...card,
            rows: card.ref ? [...card.rows, { label: t.receiptNumber, value: card.ref }] : card.rows,
          }}
        />
      );
    case "table":
      return (
        <Frame card={card}>
          {card.table ? <TableView columns={card.table.columns} rows={card.table.rows} hit={-1} /> : null}
        </Frame>
      );
  }
}

function Frame(props: { card: Card; children?: ReactElement | null }): ReactElement {
  const { t } = useRoom();
  const { card } = props;
  const counted = (card.step ?? 0) > 0 && (card.steps ?? 0) > 0;
  return (
    <section className={`dk-card ${card.kind}`} aria-label={card.title}>
      {card.title ? (
        <h3>
          {card.title}
          {counted ? <small>{t.stepOf(card.step ?? 0, card.steps ?? 0)}</small> : null}
        </h3>
      ) : null}
      {card.amount ? (
        <p className="dk-amount">
          <b>{card.amount.figures}</b>
          {card.amount.words ? <span>{card.amount.words}</span> : null}
        </p>
      ) : null}
      <Rows rows={card.rows} />
      {props.children}
      {card.note ? <p className="dk-note">{card.note}</p> : null}
    </section>
  );
}

function Rows(props: { rows: Row[] }): ReactElement | null {
  const { t } = useRoom();
  if (props.rows.length === 0) return null;
  return (
    <dl className="dk-rows">
      {props.rows.map((r) => (
        <div key={`${r.name ?? ""}/${r.label}`}>
          <dt>{r.label}</dt>
          <dd>
            {r.value}
            {r.by === "agent" ? <em className="dk-tag gold">{t.by.agent}</em> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** TableView is a small table; hit is the index of the row quoted, -1 for none. */
export function TableView(props: {
  columns: string[];
  rows: (string[] | null)[];
  hit: number;
}): ReactElement {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="dk-table" tabIndex={0} aria-label={props.columns.join(" ")}>
      <table>
        <thead>
          <tr>
            {props.columns.map((c) => (
              <th key={c} scope="col">
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((cells, i) => {
            const row = cells ?? [];
            return (
              <tr key={row.join("\u0001")} className={i === props.hit ? "hit" : ""}>
                {row.map((cell, n) => (
                  <td key={`${props.columns[n] ?? n}`}>{cell}</td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
