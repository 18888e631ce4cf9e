import type { Message, Session, WireError } from "../../api/wire";
import { type Directory, NOBODY, type Summing, type WrapUp } from "./passing";
import type { Case, Person, Presence, Revealed, Review, Standing, ToStaff, Waiting } from "./wire";

/** Link is how the desk's socket stands; refused is final until somebody asks again. */
export type Link = "connecting" | "live" | "offline" | "refused";

/** Pending is a message of the agent that the transcript does not hold yet. */
export interface Pending {
  id: string;
  text: string;
  at: string;
  delivery: "queued" | "sent" | "accepted" | "failed";
  reason: string;
}

/** Asked is what the agent asked for in a conversation and no answer has come to. */
export type Asked = "handback" | "session" | "reveal" | "review" | "transfer" | "invite" | "leave" | "hold";

/** Conversation is one conversation on the desk. */
export interface Conversation {
  id: string;
  /** file is the case; its messages are kept in `messages` only. */
  file: Case;
  messages: Message[];
  pending: Pending[];
  draft: string;
  unread: number;
  /** own is false for a supervisor's look. */
  own: boolean;
  /** stale is true after a cut until the server says that it is still ours. */
  stale: boolean;
  asked: Asked | null;
  /** askedId is the frame that asked, where its accepted is the whole answer; empty otherwise. */
  askedId: string;
  /** note is what went with the hand-back that is under way. */
  note: string;
  summary: Summing | null;
  /** revealed is what stands behind the masks, for a short time; null otherwise. */
  revealed: Revealed | null;
  /** gap is the seq for which the transcript was asked for again; 0 for none. */
  gap: number;
}

/** Notice is one sentence to the agent; key is unique. */
export interface Notice {
  key: number;
  kind: "info" | "error";
  /** text is the server's sentence, or a name of ours that the page puts into words. */
  text: string;
  code: "server" | "released" | "handed_back" | "passed_on" | "left" | "uninvited" | "lost" | "session_ended";
  /** who is the masked name of the customer it is about. */
  who: string;
}

/** DeskState is all the desk draws. */
export interface DeskState {
  link: Link;
  refusal: string;
  welcomed: boolean;
  staff: Person | null;
  presence: Standing;
  /** wanted is what the agent chose last; it is asked for again after a cut. */
  wanted: { presence: Presence; reason: string } | null;
  queue: Waiting[];
  rings: Waiting[];
  /** reviews are those without media that wait or are being worked on. */
  reviews: Review[];
  colleagues: Directory;
  /** wrapUp is what was handed back last, while presence is wrapup; it ends by itself. */
  wrapUp: WrapUp | null;
  /** answering are rings that were answered and not yet settled, by handoff. */
  answering: Record<string, "accept" | "decline">;
  conversations: Conversation[];
  selected: string;
  notices: Notice[];
  lastKey: number;
}

/** Event is everything that changes the desk. */
export type Event =
  | { type: "frame"; frame: ToStaff }
  | { type: "link"; link: Link; refusal?: string }
  | { type: "settled" }
  | { type: "want"; presence: Presence; reason: string }
  | { type: "answer"; handoff: string; how: "accept" | "decline" }
  | { type: "say"; conversation: string; pending: Pending }
  | { type: "written"; id: string }
  | { type: "retry"; id: string }
  | { type: "abandon"; id: string }
  | { type: "draft"; conversation: string; text: string }
  | { type: "ask"; conversation: string; asked: Asked; id?: string; note?: string }
  | { type: "sum_up"; conversation: string; id: string }
  | { type: "ask_colleagues"; id: string }
  | { type: "write_up"; change: Partial<Pick<WrapUp, "note" | "codes" | "sending">> }
  | { type: "select"; conversation: string }
  | { type: "close_look"; conversation: string }
  | { type: "notice"; kind: Notice["kind"]; text: string }
  | { type: "conceal"; conversation: string }
  | { type: "seen_notice"; key: number };

/** Step is the next state and the conversations whose transcript must be asked for again. */
export interface Step {
  state: DeskState;
  reopen: string[];
}

/** initialState is a desk nobody has opened yet. */
export function initialState(): DeskState {
  return {
    link: "connecting",
    refusal: "",
    welcomed: false,
    staff: null,
    presence: "away",
    wanted: null,
    queue: [],
    rings: [],
    reviews: [],
    colleagues: NOBODY,
    wrapUp: null,
    answering: {},
    conversations: [],
    selected: "",
    notices: [],
    lastKey: 0,
  };
}

/** reduce is the desk's only way from one state to the next; it is pure. */
export function reduce(state: DeskState, event: Event): Step {
  switch (event.type) {
    case "frame":
      return onFrame(state, event.frame);
    case "link":
      return only({ ...state, link: event.link, refusal: event.refusal ?? "" });
    case "settled":
      return only(settle(state));
    case "want":
      return only({ ...state, wanted: { presence: event.presence, reason: event.reason } });
    case "answer":
      return only({ ...state, answering: { ...state.answering, [event.handoff]: event.how } });
    case "say":
      return only(
        change(state, event.conversation, (c) => ({
          ...c,
          draft: "",
          pending: [...c.pending, event.pending],
        })),
      );
    case "written":
      return only(deliver(state, event.id, "sent", ""));
    case "retry":
      return only(deliver(state, event.id, "queued", ""));
    case "abandon":
      return only(everywhere(state, (c) => ({ ...c, pending: c.pending.filter((p) => p.id !== event.id) })));
    case "draft":
      return only(change(state, event.conversation, (c) => ({ ...c, draft: event.text })));
    case "ask":
      return only(
        change(state, event.conversation, (c) => ({
          ...c,
          asked: event.asked,
          askedId: event.id ?? "",
          note: event.note ?? "",
        })),
      );
    case "sum_up":
      return only(
        change(state, event.conversation, (c) => ({
          ...c,
          summary: { id: event.id, state: "asked", text: "" },
        })),
      );
    case "ask_colleagues":
      return only({ ...state, colleagues: { ...state.colleagues, id: event.id, state: "asked" } });
    case "write_up":
      return only({ ...state, wrapUp: state.wrapUp && { ...state.wrapUp, ...event.change } });
    case "select":
      return only({
        ...change(state, event.conversation, (c) => ({ ...c, unread: 0 })),
        selected: event.conversation,
      });
    case "close_look":
      return only(without(state, event.conversation));
    case "conceal":
      return only(change(state, event.conversation, (c) => ({ ...c, revealed: null })));
    case "notice":
      return only(tell(state, event.kind, "server", event.text, ""));
    case "seen_notice":
      return only({ ...state, notices: state.notices.filter((n) => n.key !== event.key) });
  }
}

function onFrame(state: DeskState, frame: ToStaff): Step {
  switch (frame.type) {
    case "welcome":
      return only({
        ...standAt(state, frame.presence),
        link: "live",
        refusal: "",
        welcomed: true,
        staff: frame.staff ?? state.staff,
        colleagues: NOBODY,
        queue: frame.queue ?? [],
        rings: [],
        reviews: [],
        answering: {},
        conversations: state.conversations.map((c) => ({
          ...c,
          stale: true,
          asked: null,
          summary: null,
          revealed: null,
          gap: 0,
          // What was written to the old socket may not have arrived: the same id goes again.
          pending: c.pending.map((p) => (p.delivery === "sent" ? { ...p, delivery: "queued" } : p)),
        })),
      });
    case "queue":
      return only({ ...state, queue: frame.queue ?? [] });
    case "reviews":
      return only({ ...state, reviews: frame.reviews ?? [] });
    case "ring":
      return only({
        ...state,
        rings: [...state.rings.filter((r) => r.handoff !== frame.ring.handoff), frame.ring],
      });
    case "ring_over":
      return only(ringOver(state, frame.handoff));
    case "taken":
      return only(take(ringOver(state, frame.case.handoff), frame.case, true));
    case "case":
      return only(take(state, frame.case, false));
    case "message":
      return onMessage(state, frame.conversation, frame.message);
    case "released":
      return only(released(state, frame.conversation));
    case "accepted":
      return only(accepted(state, frame));
    case "error":
      return only(refused(state, frame));
    case "session":
      return only(onSession(state, frame.conversation, frame.session));
    case "revealed":
      return only(
        change(state, frame.conversation, (c) => ({ ...c, revealed: frame.revealed, asked: null })),
      );
    case "presence":
      return only(standAt(state, frame.presence));
    case "colleagues":
      return only({
        ...state,
        colleagues: {
          id: frame.id ?? "",
          state: "here",
          people: frame.colleagues ?? [],
          queues: frame.queues ?? [],
        },
      });
    case "summary":
      return only(
        change(state, frame.conversation, (c) => ({
          ...c,
          summary: { id: frame.id ?? "", state: "here", text: frame.summary.text },
        })),
      );
    case "signal":
    case "pong":
      return only(state);
  }
}

function take(state: DeskState, file: Case, taken: boolean): DeskState {
  const known = state.conversations.find((c) => c.id === file.conversation);
  const bare: Case = { ...file, messages: [] };
  if (!known) {
    const fresh: Conversation = {
      id: file.conversation,
      file: bare,
      messages: file.messages,
      pending: [],
      draft: "",
      unread: 0,
      own: taken,
      stale: false,
      asked: null,
      askedId: "",
      note: "",
      summary: null,
      revealed: null,
      gap: 0,
    };
    const busyElsewhere = state.conversations.some((c) => c.id === state.selected && c.draft !== "");
    return {
      ...state,
      conversations: [...state.conversations, fresh],
      selected: busyElsewhere ? state.selected : fresh.id,
    };
  }
  const refused = known.own && known.file.guest && !known.file.guest.joined && !file.guest;
  const told = refused ? tell(state, "info", "uninvited", "", file.customer.name) : state;
  return change(told, known.id, (c) => {
    const messages = merge(c.messages, file.messages);
    return {
      ...c,
      file: bare,
      messages,
      pending: c.pending.filter((p) => !messages.some((m) => m.input === p.id)),
      own: taken || c.own,
      stale: taken || !c.own ? false : c.stale,
      gap: taken ? 0 : c.gap,
      asked: c.asked === "session" && file.session ? null : c.asked,
    };
  });
}

function onMessage(state: DeskState, conversation: string, message: Message): Step {
  const c = state.conversations.find((one) => one.id === conversation);
  if (!c) return only(state);
  const last = c.messages[c.messages.length - 1]?.seq ?? 0;
  if (last > 0 && message.seq > last + 1 && c.gap !== message.seq) {
    return {
      state: change(state, conversation, (one) => ({ ...one, gap: message.seq })),
      reopen: [conversation],
    };
  }
  const news = message.author === "customer" && conversation !== state.selected && message.seq > last;
  return only(
    change(state, conversation, (one) => ({
      ...one,
      messages: merge(one.messages, [message]),
      pending: one.pending.filter((p) => p.id !== message.input),
      unread: one.unread + (news ? 1 : 0),
    })),
  );
}

function released(state: DeskState, conversation: string): DeskState {
  const c = state.conversations.find((one) => one.id === conversation);
  if (!c) return state;
  const left = without(state, conversation);
  if (!c.own) return left;
  const who = c.file.customer.name;
  switch (c.asked) {
    case "handback": {
      const wrapUp = { handoff: c.file.handoff, who, note: c.note, codes: [], sending: false };
      return tell({ ...left, wrapUp }, "info", "handed_back", "", who);
    }
    case "transfer":
      return tell(left, "info", "passed_on", "", who);
    case "leave":
      return tell(left, "info", "left", "", who);
    default:
      return tell(left, "info", "released", "", who);
  }
}

/** settle drops what the server did not give back after a cut: a colleague or the queue has it now. */
function settle(state: DeskState): DeskState {
  let next = state;
  for (const c of state.conversations) {
    if (!c.stale) continue;
    next = without(next, c.id);
    if (c.own) next = tell(next, "error", "lost", "", c.file.customer.name);
  }
  return next;
}

function accepted(state: DeskState, frame: Extract<ToStaff, { type: "accepted" }>): DeskState {
  if (frame.presence) return standAt(state, frame.presence);
  if (frame.handoff && frame.handoff === state.wrapUp?.handoff) return { ...state, wrapUp: null };
  // A declined ring is gone with this; an accepted one waits for its case.
  if (frame.handoff) {
    return state.answering[frame.handoff] === "decline" ? ringOver(state, frame.handoff) : state;
  }
  if (!frame.id) return state;
  const done = everywhere(state, (c) => (c.askedId === frame.id ? { ...c, asked: null, askedId: "" } : c));
  return deliver(done, frame.id, "accepted", "");
}

function refused(state: DeskState, frame: Extract<ToStaff, { type: "error" }>): DeskState {
  const { error } = frame;
  const { wrapUp } = state;
  // The dialogs that asked for these two say so themselves: one can go on without them.
  if (frame.id && frame.id === state.colleagues.id) {
    return { ...state, colleagues: { ...state.colleagues, state: "refused" } };
  }
  const { id } = frame;
  if (id && state.conversations.some((c) => c.summary?.id === id)) {
    const summary: Summing = { id, state: "refused", text: "" };
    return everywhere(state, (c) => (c.summary?.id === id ? { ...c, summary } : c));
  }
  if (wrapUp && frame.handoff === wrapUp.handoff) {
    return tell({ ...state, wrapUp: { ...wrapUp, sending: false } }, "error", "server", error.message, "");
  }
  if (frame.handoff) {
    const passing = error.code === "busy" || error.code === "unavailable";
    const { [frame.handoff]: _, ...answering } = state.answering;
    const next = passing ? { ...state, answering } : ringOver(state, frame.handoff);
    return tell(next, "error", "server", error.message, "");
  }
  if (frame.id && state.conversations.some((c) => c.pending.some((p) => p.id === frame.id))) {
    return passes(error)
      ? deliver(state, frame.id, "queued", "")
      : deliver(state, frame.id, "failed", error.message);
  }
  const next = frame.conversation
    ? change(state, frame.conversation, (c) => ({ ...c, asked: null, askedId: "", gap: 0 }))
    : state;
  const about = state.conversations.find((c) => c.id === frame.conversation);
  return tell(next, "error", "server", error.message, about?.file.customer.name ?? "");
}

/** passes tells an error after which the same message goes again by itself. */
export function passes(error: WireError): boolean {
  return error.code === "busy" || error.code === "unavailable";
}

function onSession(state: DeskState, conversation: string, session: Session): DeskState {
  const before = state.conversations.find((c) => c.id === conversation);
  const next = change(state, conversation, (c) => {
    const { session: _, ...file } = c.file;
    return {
      ...c,
      asked: c.asked === "session" ? null : c.asked,
      file: session.state === "ended" ? file : { ...file, session },
    };
  });
  if (session.state !== "ended" || !before?.file.session) return next;
  return tell(next, "info", "session_ended", "", before.file.customer.name);
}

function ringOver(state: DeskState, handoff: string): DeskState {
  const { [handoff]: _, ...answering } = state.answering;
  return { ...state, rings: state.rings.filter((r) => r.handoff !== handoff), answering };
}

function deliver(state: DeskState, id: string, delivery: Pending["delivery"], reason: string): DeskState {
  return everywhere(state, (c) =>
    c.pending.some((p) => p.id === id)
      ? { ...c, pending: c.pending.map((p) => (p.id === id ? { ...p, delivery, reason } : p)) }
      : c,
  );
}

function tell(
  state: DeskState,
  kind: Notice["kind"],
  code: Notice["code"],
  text: string,
  who: string,
): DeskState {
  const key = state.lastKey + 1;
  return { ...state, lastKey: key, notices: [...state.notices.slice(-3), { key, kind, code, text, who }] };
}

function without(state: DeskState, conversation: string): DeskState {
  const at = state.conversations.findIndex((c) => c.id === conversation);
  const conversations = state.conversations.filter((c) => c.id !== conversation);
  const next = conversations[Math.min(Math.max(at, 0), conversations.length - 1)];
  return {
    ...state,
    conversations,
    selected: state.selected === conversation ? (next?.id ?? "") : state.selected,
  };
}

function change(state: DeskState, id: string, how: (c: Conversation) => Conversation): DeskState {
  return { ...state, conversations: state.conversations.map((c) => (c.id === id ? how(c) : c)) };
}

function everywhere(state: DeskState, how: (c: Conversation) => Conversation): DeskState {
  return { ...state, conversations: state.conversations.map(how) };
}

function merge(held: Message[], news: Message[]): Message[] {
  const by = new Map(held.map((m) => [m.seq, m]));
  for (const m of news) by.set(m.seq, m);
  return Array.from(by.values()).sort((a, b) => a.seq - b.seq);
}

/** standAt takes the presence the server tells; with the wrap-up its form ends. */
function standAt(state: DeskState, value: string | undefined): DeskState {
  if (value !== "ready" && value !== "busy" && value !== "away" && value !== "wrapup") return state;
  const over = state.presence === "wrapup" && value !== "wrapup";
  const wrapUp = over ? null : state.wrapUp && { ...state.wrapUp, sending: false };
  return { ...state, presence: value, wrapUp };
}

function only(state: DeskState): Step {
  return { state, reopen: [] };
}
