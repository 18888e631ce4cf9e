import type { ComponentChildren, JSX } from "preact";
import type { Card, Message } from "../../../api/wire";
import { useRoom } from "../context";
import { CaptureCard } from "./capture-card";
import { Actions, Chevron, OptionButton } from "./parts";
import { receiptPicture, share } from "./receipt-picture";
import { Rows } from "./rows";
import { SecureCard } from "./secure-card";
import { SignCard } from "./sign-card";
import { TableView } from "./table";

/** CardView draws a message's card; live is false for cards that something newer replaced. */
export function CardView(props: { message: Message; card: Card; live: boolean }): JSX.Element | null {
  const { message, card, live } = props;
  const { t } = useRoom();
  switch (card.kind) {
    case "needs":
      return <Needs message={message} card={card} />;
    case "choice":
    case "payees":
      return (
        <Frame kind={card.kind} title={card.title} note={card.note ?? ""}>
          <Rows rows={card.rows} editable={false} />
          <div class="options">
            {card.options.map((o) => (
              <OptionButton key={o.id} option={o} face={card.kind === "payees"} live={live} />
            ))}
          </div>
        </Frame>
      );
    case "form":
      return <FormCard card={card} live={live} />;
    case "checklist":
      return <Checklist card={card} />;
    case "capture":
      return <CaptureCard message={message} card={card} live={live} />;
    case "sign":
      return <SignCard card={card} live={live} />;
    case "readback":
      return <Readback message={message} card={card} live={live} />;
    case "secure":
      return card.secure ? (
        <SecureCard card={card} secure={card.secure} live={live} />
      ) : (
        <Frame kind="secure" title={card.title || t.secureTitle} note={card.note ?? ""}>
          <Rows rows={card.rows} editable={false} />
        </Frame>
      );
    case "receipt":
      return <Receipt card={card} />;
    case "progress":
      return (
        <section class="card progress" aria-label={card.title}>
          <span class={live ? "spinner" : "spinner still"} aria-hidden="true" />
          <div>
            <h3>{card.title}</h3>
            {card.note ? <p class="note">{card.note}</p> : null}
          </div>
        </section>
      );
    case "table":
      return (
        <Frame kind="table" title={card.title} note={card.note ?? ""}>
          {card.table ? <TableView table={card.table} row={-1} caption={card.title} /> : null}
          <Rows rows={card.rows} editable={false} />
        </Frame>
      );
    case "queue":
      // Place, wait and the way out stand in the strip at the top, always in sight.
      return null;
    case "call":
      return (
        <Frame kind="call" title={card.title || t.sessionTitle} note={card.note || t.sessionCodeHint}>
          <Rows rows={card.rows} editable={false} />
          <p class="warn">{t.sessionWarn}</p>
        </Frame>
      );
  }
}

function Frame(props: {
  kind: string;
  title: string;
  note: string;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section class={`card ${props.kind}`} aria-label={props.title}>
      {props.title ? <h3>{props.title}</h3> : null}
      {props.children}
      {props.note ? <p class="note">{props.note}</p> : null}
    </section>
  );
}

function FormCard(props: { card: Card; live: boolean }): JSX.Element {
  const { t } = useRoom();
  const { card, live } = props;
  const counted = card.step !== undefined && card.steps !== undefined && card.steps > 0;
  return (
    <section class="card form" aria-label={card.title}>
      <h3>
        {card.title}
        {counted ? <small>{t.stepOf(card.step ?? 0, card.steps ?? 0)}</small> : null}
      </h3>
      {counted ? (
        <div class="bar" aria-hidden="true">
          <i style={{ width: `${(100 * (card.step ?? 0)) / (card.steps ?? 1)}%` }} />
        </div>
      ) : null}
      <Rows rows={card.rows} editable={live} />
      {card.note ? <p class="note">{card.note}</p> : null}
    </section>
  );
}

/** Checklist shows what a colleague has checked so far; nothing in it can be pressed. */
function Checklist(props: { card: Card }): JSX.Element {
  const { t } = useRoom();
  const { card } = props;
  return (
    <section class="card checklist" aria-label={card.title}>
      <h3>
        {card.title}
        <small>{t.checkedOf(card.step ?? 0, card.steps ?? card.rows.length)}</small>
      </h3>
      <div class="bar" aria-hidden="true">
        <i style={{ width: `${(100 * (card.step ?? 0)) / Math.max(1, card.steps ?? 1)}%` }} />
      </div>
      <Rows rows={card.rows} editable={false} />
    </section>
  );
}

/** Needs offers what the customer probably came for, each with its reason and an off switch. */
function Needs(props: { message: Message; card: Card }): JSX.Element {
  const { client, t, announce } = useRoom();
  const { card, message } = props;
  return (
    <section class="card needs" aria-label={card.title}>
      {card.title ? <h3>{card.title}</h3> : null}
      {card.options.map((o, i) => {
        // The off switch of each need stands at the same place among the actions.
        const off = message.actions.length === card.options.length ? message.actions[i] : undefined;
        return (
          <div class="need" key={o.id}>
            <button type="button" class="option" onClick={() => client.tap(o.id, o.label)}>
              <span>{o.label}</span>
              <Chevron />
            </button>
            <div class="need-foot">
              {o.note ? (
                <details>
                  <summary>{t.why}</summary>
                  <p>{o.note}</p>
                </details>
              ) : (
                <span />
              )}
              <button
                type="button"
                class="link"
                aria-label={`${off?.label ?? t.mute}：${o.label}`}
                onClick={() => {
                  if (off) client.tap(off.id, off.label);
                  else client.mute(o.id);
                  announce(t.muted);
                }}
              >
                {off?.label ?? t.mute}
              </button>
            </div>
          </div>
        );
      })}
    </section>
  );
}

/** Readback is the card nobody can misunderstand: amount first and large, then each line, then one button that says what it does. */
function Readback(props: { message: Message; card: Card; live: boolean }): JSX.Element {
  const { t } = useRoom();
  const { card, live } = props;
  return (
    <section class={`card readback${live ? "" : " old"}`} aria-label={card.title}>
      <h3>{card.title}</h3>
      <Money card={card} />
      <Rows rows={card.rows} editable={live} />
      <p class="note">{live ? card.note || t.readbackHint : t.superseded}</p>
      <Actions actions={props.message.actions} live={live} />
    </section>
  );
}

function Receipt(props: { card: Card }): JSX.Element {
  const { t, announce } = useRoom();
  const { card } = props;
  async function save(from: HTMLElement): Promise<void> {
    const blob = await receiptPicture(card, t, getComputedStyle(from).fontFamily);
    const how = await share(blob, `receipt-${card.ref ?? "pingdui"}.png`);
    if (how === "saved") announce(t.receiptSaved);
  }
  return (
    <section class="card receipt" aria-label={card.title || t.receipt}>
      <h3>
        <i class="tick" aria-hidden="true" />
        {card.title || t.receipt}
      </h3>
      <Money card={card} />
      <Rows
        rows={card.ref ? [...card.rows, { label: t.receiptNumber, value: card.ref }] : card.rows}
        editable={false}
      />
      <button type="button" class="btn wide" onClick={(e) => void save(e.currentTarget)}>
        {t.receiptSave}
      </button>
      <p class="note">{card.note || t.receiptFoot}</p>
    </section>
  );
}

function Money(props: { card: Card }): JSX.Element | null {
  const { amount } = props.card;
  if (!amount) return null;
  return (
    <p class="amount">
      <b>{amount.figures}</b>
      {amount.words ? <span>{amount.words}</span> : null}
    </p>
  );
}
