import type { JSX } from "preact";
import { BOOK, LEAVE, UNBOOK } from "../core/live";
import { slotTime } from "../i18n";
import { useRoom } from "./context";

/** Banner says what is wrong with the connection, and what happens to what was said. */
export function Banner(): JSX.Element | null {
  const { state, t, client } = useRoom();
  if (state.link === "live") {
    return state.notice ? (
      <p class="banner warn" role="status">
        {state.notice}
      </p>
    ) : null;
  }
  if (state.link === "connecting") {
    return (
      <p class="banner" role="status">
        {t.connecting}
      </p>
    );
  }
  if (state.link === "refused") {
    return (
      <p class="banner bad" role="alert">
        {t.refused}：{state.refusal}
        <button type="button" class="link" onClick={() => client.reopen()}>
          {t.reopen}
        </button>
      </p>
    );
  }
  return (
    <p class="banner warn" role="status">
      {t.offline}
    </p>
  );
}

/** QueueStrip keeps place and wait in sight while the customer goes on self-serving. */
export function QueueStrip(): JSX.Element | null {
  const { state, t, client, elder } = useRoom();
  if (state.server.booked && state.server.speaker === "bot") return <BookedStrip at={state.server.booked} />;
  if (state.server.speaker !== "queue") return null;
  const { place, wait_s } = state.server.queue ?? {};
  const facts = [
    place === undefined || place === 0 ? "" : place === 1 ? t.queueNext : t.queuePlace(place),
    wait_s ? t.queueWait(Math.max(1, Math.round(wait_s / 60))) : "",
  ].filter((s) => s !== "");
  const last = [...state.messages].reverse().find((m) => m.actions.some((a) => a.id === LEAVE));
  const cancel = last?.actions.find((a) => a.id === LEAVE);
  const book = last?.actions.find((a) => a.id === BOOK);
  return (
    <div class="strip queue" role="status">
      <div>
        <b>{t.queueTitle}</b>
        <span>{(elder && facts.length > 0 ? facts : [...facts, t.queueSelf]).join(" · ")}</span>
      </div>
      <p class="strip-taps">
        {book ? (
          <button type="button" class="btn small" onClick={() => client.tap(book.id, book.label)}>
            {book.label}
          </button>
        ) : null}
        <button
          type="button"
          class="btn small"
          onClick={() => (cancel ? client.tap(cancel.id, cancel.label) : client.say(t.queueCancelSay))}
        >
          {cancel?.label ?? t.queueCancel}
        </button>
      </p>
    </div>
  );
}

/** BookedStrip keeps a booked call-back in sight, with the ways to change it and to give it up. */
function BookedStrip(props: { at: string }): JSX.Element {
  const { state, t, client } = useRoom();
  return (
    <div class="strip booked" role="status">
      <div>
        <b>{t.booked(slotTime(props.at, state.server.locale))}</b>
        <span>{t.bookedHow}</span>
      </div>
      <p class="strip-taps">
        <button type="button" class="btn small" onClick={() => client.tap(BOOK, t.bookedChange)}>
          {t.bookedChange}
        </button>
        <button type="button" class="btn small" onClick={() => client.tap(UNBOOK, t.bookedCancel)}>
          {t.bookedCancel}
        </button>
      </p>
    </div>
  );
}

/** ElderBar holds what an elder customer must always be able to reach. */
export function ElderBar(props: { again: () => void }): JSX.Element {
  const { t, client } = useRoom();
  return (
    <div class="elder-bar">
      <button type="button" onClick={props.again}>
        {t.again}
      </button>
      <button type="button" onClick={() => client.say(t.help)}>
        {t.help}
      </button>
      <button type="button" class="human" onClick={() => client.say(t.humanSay)}>
        {t.human}
      </button>
    </div>
  );
}
