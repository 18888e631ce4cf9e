import type { Message } from "../../api/wire";

/** asksFor tells whether a message waits for something the customer does on it. */
function asksFor(m: Message): boolean {
  if (m.kind === "confirm" || m.kind === "secure" || m.kind === "ask") return true;
  return m.actions.length > 0 || (m.card?.options.length ?? 0) > 0;
}

/** LEAVE is the tap that leaves the queue; it stands beside whatever is being done. */
export const LEAVE = "leave";

/** BOOK offers times for a call-back, UNBOOK gives one up; a time is BOOK, @ and that time. */
export const BOOK = "book";
export const UNBOOK = "unbook";

function books(id: string): boolean {
  return id === BOOK || id === UNBOOK || id.startsWith(`${BOOK}@`);
}

/** inStrip tells whether a button stands in the strip of the queue and not in the log. */
export function inStrip(m: Message, id: string): boolean {
  return id === LEAVE || (id === BOOK && m.actions.some((a) => a.id === LEAVE));
}

/** aside tells whether a message only offers to wait no longer, or a call-back. */
function aside(m: Message): boolean {
  return (
    m.actions.length > 0 &&
    m.actions.every((a) => a.id === LEAVE || books(a.id)) &&
    (m.card?.options.length ?? 0) === 0
  );
}

/**
 * deciding tells whether a read-back or a secure box waits for the customer: then it
 * gets the room of the screen.
 */
export function deciding(messages: Message[], queued: boolean): boolean {
  const live = liveSeqs(messages, queued);
  return messages.some((m) => live.has(m.seq) && (m.card?.kind === "readback" || m.kind === "secure"));
}

/**
 * liveSeqs are the messages whose buttons still count: those of the last turn that
 * asked for something, and every card of opening needs (starting something is never
 * too late). What is older is drawn, but can't be pressed; the server would refuse it.
 * News of the queue and of call-backs takes no question's place: a button of the queue
 * counts while the customer is queued, of call-backs those said last.
 */
export function liveSeqs(messages: Message[], queued: boolean): Set<number> {
  const live = new Set<number>();
  let turn: number | null = null;
  let booking = false;
  for (let i = messages.length - 1; i >= 0; i--) {
    const m = messages[i];
    if (!m || m.author === "customer") continue;
    if (aside(m)) {
      const about = m.actions.some((a) => books(a.id));
      if ((queued && m.actions.some((a) => a.id === LEAVE)) || (about && !booking)) live.add(m.seq);
      booking = booking || about;
      continue;
    }
    if (m.card?.kind === "needs") live.add(m.seq);
    if (turn === null && m.card?.kind === "receipt") turn = m.turn;
    if (turn === null && asksFor(m)) turn = m.turn;
    if (m.turn === turn) live.add(m.seq);
  }
  return live;
}
