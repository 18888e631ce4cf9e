import type {
  Draft,
  Edition,
  Employee,
  Locale,
  Message,
  Mood,
  State,
  ToCustomer,
  Welcome,
} from "../../api/wire";
import type { Outgoing } from "./outbox";

/** Link is what the socket is doing, as the customer should know it. */
export type Link = "connecting" | "live" | "offline" | "refused";

/** Delivery is how far an input has come. */
export type Delivery = "queued" | "sent" | "accepted" | "failed";

/** Pending is an input whose committed message has not come yet. */
export interface Pending extends Outgoing {
  delivery: Delivery;
  /** reason is the server's sentence when delivery is failed. */
  reason: string;
  /** until is the last seq of its finished turn; 0 while the turn runs. */
  until: number;
}

/** Streaming is the part of an answer that is being written just now. */
export interface Streaming {
  input: string;
  attempt: number;
  parts: string[];
}

/** ChatState is everything the screen is drawn from. It is replaced, never changed. */
export interface ChatState {
  link: Link;
  /** refusal is the sentence for link "refused". */
  refusal: string;
  conversation: string;
  customer: string;
  employees: Employee[];
  server: State;
  locale: Locale;
  edition: Edition;
  /** base is the seq before the first message held: 0 when the beginning is here. */
  base: number;
  /** floating: nothing is held yet of an old conversation, and the server may begin with its latest page. */
  floating: boolean;
  /** messages are gap-free: messages[i].seq === base + 1 + i. */
  messages: Message[];
  pending: Pending[];
  streaming: Streaming | null;
  /** thinking holds the inputs whose turn still runs. */
  thinking: string[];
  /** notice is a sentence of the server about no single input; empty for none. */
  notice: string;
  /** caughtUp is true once everything up to the welcome's last_seq is here. */
  caughtUp: boolean;
}

/** Event is what can change the state. */
export type Event =
  | { type: "frame"; frame: ToCustomer }
  | { type: "link"; link: Link; refusal?: string }
  | { type: "queued"; item: Outgoing }
  | { type: "written"; id: string }
  | { type: "retry"; id: string }
  | { type: "abandon"; id: string }
  | { type: "older"; messages: Message[] }
  | { type: "settings"; locale: Locale; edition: Edition };

/** Step is the next state and what has to be done about it. */
export interface Step {
  state: ChatState;
  /** gap: a message is missing; close the socket and resume from lastSeq. */
  gap: boolean;
  /** settled are inputs that are durable or refused: the outbox may forget them. */
  settled: string[];
}

/** initialState is before the first socket. */
export function initialState(locale: Locale, edition: Edition): ChatState {
  return {
    link: "connecting",
    refusal: "",
    conversation: "",
    customer: "",
    employees: [],
    server: { speaker: "bot", employee: "", locale, edition },
    locale,
    edition,
    base: 0,
    floating: false,
    messages: [],
    pending: [],
    streaming: null,
    thinking: [],
    notice: "",
    caughtUp: false,
  };
}

/** lastSeq is the highest seq held; the number to resume from. */
export function lastSeq(state: ChatState): number {
  return state.base + state.messages.length;
}

/** reduce takes one event. It is pure, and a new frame type does not compile until it is handled. */
export function reduce(state: ChatState, event: Event): Step {
  switch (event.type) {
    case "frame":
      return reduceFrame(state, event.frame);
    case "link":
      return keep({
        ...state,
        link: event.link,
        refusal: event.refusal ?? "",
        // Drafts are only for sockets open now; a cut one never ends.
        streaming: event.link === "live" ? state.streaming : null,
        pending:
          event.link === "live"
            ? state.pending
            : state.pending.map((p) => (p.delivery === "sent" ? { ...p, delivery: "queued" as const } : p)),
      });
    case "queued":
      return keep({
        ...state,
        pending: [...state.pending, { ...event.item, delivery: "queued", reason: "", until: 0 }],
      });
    case "written":
      return keep({
        ...state,
        pending: state.pending.map((p) =>
          p.frame.id === event.id && p.delivery === "queued" ? { ...p, delivery: "sent" as const } : p,
        ),
        thinking: asks(state, event.id) ? add(state.thinking, event.id) : state.thinking,
      });
    case "retry":
      return keep({
        ...state,
        pending: state.pending.map((p) =>
          p.frame.id === event.id ? { ...p, delivery: "queued" as const, reason: "" } : p,
        ),
      });
    case "abandon":
      return {
        state: { ...state, pending: state.pending.filter((p) => p.frame.id !== event.id) },
        gap: false,
        settled: [event.id],
      };
    case "older":
      return keep(prepend(state, event.messages));
    case "settings":
      return keep({ ...state, locale: event.locale, edition: event.edition });
    default:
      return never(event);
  }
}

function reduceFrame(state: ChatState, frame: ToCustomer): Step {
  switch (frame.type) {
    case "welcome":
      return welcome(state, frame.welcome);
    case "message":
      return message(state, frame.message);
    case "accepted":
      return accepted(state, frame.id, frame.seq ?? 0);
    case "draft":
      return keep(draft(state, frame.draft));
    case "state":
      // A choice of the customer's own that is still on its way is not undone.
      return keep(
        state.pending.some((p) => p.frame.type === "settings")
          ? { ...state, server: frame.state }
          : { ...state, server: frame.state, locale: frame.state.locale, edition: frame.state.edition },
      );
    case "error":
      return refused(state, frame.id ?? "", frame.error.message, frame.error.code);
    case "caught_up": {
      const behind = (frame.seq ?? 0) > lastSeq(state);
      return { state: { ...state, caughtUp: !behind }, gap: behind, settled: [] };
    }
    case "pong":
    case "signal":
      return keep(state);
    default:
      return never(frame);
  }
}

function welcome(state: ChatState, w: Welcome): Step {
  const other = state.conversation !== "" && state.conversation !== w.conversation;
  // A server that knows less than we hold is not the one we talked to: begin again.
  const fresh = other || w.last_seq < lastSeq(state);
  const stale = other
    ? state.pending.filter((p) => p.frame.type !== "send" && p.frame.type !== "settings")
    : [];
  return {
    state: {
      ...state,
      link: "live",
      refusal: "",
      conversation: w.conversation,
      customer: w.customer,
      employees: w.employees,
      server: w.state,
      locale: w.locale,
      edition: w.edition,
      base: fresh ? 0 : state.base,
      floating: w.last_seq > 0 && (fresh || lastSeq(state) === 0),
      messages: fresh ? [] : state.messages,
      // A tap belongs to the conversation it was made in and is never moved to another.
      pending: state.pending
        .filter((p) => !stale.includes(p))
        .map((p) => (p.delivery === "sent" ? { ...p, delivery: "queued" as const } : p)),
      streaming: null,
      thinking: [],
      notice: "",
      caughtUp: w.last_seq === (fresh ? 0 : lastSeq(state)),
    },
    gap: false,
    settled: stale.map((p) => p.frame.id),
  };
}

function message(state: ChatState, m: Message): Step {
  const last = lastSeq(state);
  const base = state.floating ? m.seq - 1 : state.base;
  if (m.seq <= last) return keep(state);
  if (m.seq !== base + state.messages.length + 1) return { state, gap: true, settled: [] };
  const mine = m.author === "customer" && m.input !== undefined;
  const answered = m.author !== "customer" && m.input !== undefined;
  const replaced = state.streaming !== null && answered && state.streaming.input === m.input;
  return {
    state: {
      ...state,
      base,
      floating: false,
      messages: [...state.messages, m],
      pending: state.pending.filter(
        (p) =>
          // A tap may be answered without being written down as a line of its own.
          !(p.frame.id === m.input && (mine || p.frame.type !== "send")) &&
          !(p.until > 0 && p.until <= m.seq),
      ),
      streaming: replaced ? null : state.streaming,
      thinking: answered ? state.thinking.filter((id) => id !== m.input) : state.thinking,
    },
    gap: false,
    settled: mine && m.input !== undefined ? [m.input] : [],
  };
}

function accepted(state: ChatState, id: string, seq: number): Step {
  const done = seq > 0;
  const drawn = state.messages.some((m) => m.input === id && m.author === "customer");
  return {
    state: {
      ...state,
      pending: state.pending
        // A finished turn that drew nothing of this input (a setting, a tap) is over.
        .filter((p) => p.frame.id !== id || !(drawn || (done && seq <= lastSeq(state))))
        .map((p) => (p.frame.id === id ? { ...p, delivery: "accepted" as const, until: seq } : p)),
      thinking: done ? state.thinking.filter((t) => t !== id) : state.thinking,
      streaming: done && state.streaming?.input === id ? null : state.streaming,
    },
    gap: false,
    settled: [id],
  };
}

function draft(state: ChatState, d: Draft): ChatState {
  const now = state.streaming;
  // The committed answer is already here: a late draft is nothing.
  if (state.messages.some((m) => m.input === d.input && m.author !== "customer")) return state;
  if (now && now.input === d.input) {
    if (d.attempt < now.attempt) return state;
    if (d.attempt === now.attempt) {
      if (now.parts[d.n] !== undefined) return state;
      const parts = now.parts.slice();
      parts[d.n] = d.text;
      return { ...state, streaming: { ...now, parts } };
    }
  }
  const parts: string[] = [];
  parts[d.n] = d.text;
  return { ...state, streaming: { input: d.input, attempt: d.attempt, parts } };
}

function refused(state: ChatState, id: string, reason: string, code: string): Step {
  if (id === "") return keep({ ...state, notice: reason });
  // "busy" and "unavailable" pass: the input stays queued and goes again with the next socket.
  const passing = code === "busy" || code === "unavailable";
  return {
    state: {
      ...state,
      pending: state.pending.map((p) =>
        p.frame.id === id
          ? { ...p, delivery: passing ? ("queued" as const) : ("failed" as const), reason }
          : p,
      ),
      thinking: state.thinking.filter((t) => t !== id),
    },
    gap: false,
    settled: passing ? [] : [id],
  };
}

function prepend(state: ChatState, older: Message[]): ChatState {
  const fit = older.filter((m) => m.seq <= state.base).sort((a, b) => a.seq - b.seq);
  const first = fit[0];
  if (!first) return state;
  const whole = fit.every((m, i) => m.seq === first.seq + i) && first.seq + fit.length - 1 === state.base;
  if (!whole) return state;
  return { ...state, base: first.seq - 1, messages: [...fit, ...state.messages] };
}

/** asks tells whether an input waits for an answer of the digital employee. */
function asks(state: ChatState, id: string): boolean {
  const item = state.pending.find((p) => p.frame.id === id);
  if (!item || state.server.speaker === "agent") return false;
  return item.frame.type === "send" || item.frame.type === "tap" || item.frame.type === "edit";
}

/** streamingText is the draft as far as it hangs together. */
export function streamingText(streaming: Streaming): string {
  const text: string[] = [];
  for (let i = 0; i < streaming.parts.length; i++) {
    const part = streaming.parts[i];
    if (part === undefined) break;
    text.push(part);
  }
  return text.join("");
}

/** moodOf is what the employee's picture shows. */
export function moodOf(state: ChatState, listening: boolean, speaking: boolean): Mood {
  if (listening) return "listening";
  if (speaking || state.streaming !== null) return "speaking";
  if (state.server.speaker === "agent") return "idle";
  if (state.thinking.length > 0) return "thinking";
  return state.server.mood ?? "idle";
}

function add(list: string[], id: string): string[] {
  return list.includes(id) ? list : [...list, id];
}

function keep(state: ChatState): Step {
  return { state, gap: false, settled: [] };
}

/** never makes a forgotten case a compile error and an unknown frame of a newer server harmless. */
function never(_: never): never {
  throw new RangeError("a case that this version does not know");
}
