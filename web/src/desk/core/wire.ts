import type { components } from "../../api/types.gen";
import type { Message, Session, Signal, WireError } from "../../api/wire";

type Schemas = components["schemas"];

export type Case = Schemas["Case"];
export type Waiting = Schemas["Waiting"];
export type Customer = Schemas["Customer"];
export type Revealed = Schemas["Revealed"];
export type Person = Schemas["Person"];
export type Review = Schemas["Review"];
export type ReviewItem = Schemas["ReviewItem"];
export type Outcome = NonNullable<Schemas["FromStaff"]["outcome"]>;
export type Summary = Schemas["Summary"];
export type Colleague = Schemas["Colleague"];
export type Presence = NonNullable<Schemas["FromStaff"]["presence"]>;
/** Standing is a presence as the server shows it: wrapup is never chosen. */
export type Standing = Presence | "wrapup";

/** FromStaff is what a desk sends, told apart by type. */
export type FromStaff =
  | { type: "hello"; v: number; ticket: string }
  | { type: "presence"; presence: Presence; text?: string }
  | { type: "accept"; handoff: string }
  | { type: "decline"; handoff: string }
  | { type: "send"; conversation: string; id: string; text: string }
  | { type: "handback"; conversation: string; id: string; text: string }
  | { type: "open"; conversation: string }
  | { type: "session"; conversation: string; id: string }
  | { type: "end_session"; session: string }
  | { type: "signal"; session: string; signal: Signal }
  | { type: "edit"; conversation: string; id: string; slot: string; value: string }
  | { type: "reveal"; conversation: string; id: string; reason: string }
  | { type: "review_take"; review: string; id: string }
  | { type: "review_leave"; review: string; id: string; conversation: string }
  | {
      type: "review_item";
      review: string;
      id: string;
      conversation: string;
      item: string;
      state: ReviewItem["state"];
      text: string;
    }
  | { type: "review_show"; review: string; id: string; conversation: string; item: string }
  | {
      type: "review_end";
      review: string;
      id: string;
      conversation: string;
      outcome: Outcome;
      reason: string;
    }
  | { type: "colleagues"; id: string }
  | { type: "transfer"; conversation: string; id: string; text: string; to_agent?: string; to_queue?: string }
  | { type: "invite"; conversation: string; id: string; to_agent: string }
  | { type: "leave" | "hold" | "resume"; conversation: string; id: string }
  | { type: "summary"; conversation: string; id: string }
  | { type: "wrapup"; handoff: string; id: string; codes: string[]; text?: string }
  | {
      type: "visit";
      conversation: string;
      id: string;
      mode: "read" | "listen" | "whisper" | "barge" | "leave";
      reason?: string;
    }
  | { type: "ping" };

/** ToStaff is what the server sends to a desk, told apart by type. */
export type ToStaff =
  | { type: "welcome"; staff?: Person; queue?: Waiting[] | null; presence?: string }
  | { type: "queue"; queue?: Waiting[] | null }
  | { type: "ring"; ring: Waiting }
  | { type: "ring_over"; handoff: string }
  | { type: "taken"; conversation?: string; handoff?: string; case: Case }
  | { type: "message"; conversation: string; message: Message }
  | { type: "case"; conversation?: string; case: Case }
  | { type: "released"; conversation: string }
  | { type: "accepted"; id?: string; handoff?: string; conversation?: string; presence?: string }
  | {
      type: "error";
      id?: string;
      handoff?: string;
      conversation?: string;
      session_id?: string;
      error: WireError;
    }
  | { type: "session"; conversation: string; session: Session }
  | { type: "signal"; session_id: string; signal: Signal }
  | { type: "revealed"; conversation: string; id?: string; revealed: Revealed }
  | { type: "reviews"; reviews?: Review[] | null }
  | { type: "presence"; presence: string }
  | { type: "colleagues"; id?: string; colleagues?: Colleague[]; queues?: string[] }
  | { type: "summary"; id?: string; conversation: string; summary: Summary }
  | { type: "pong" };

/** Same is true only for equal unions: a frame type that the server adds or drops does not compile here. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
export const STAFF_FRAMES_AGREE: [
  Same<FromStaff["type"], Schemas["FromStaff"]["type"]>,
  Same<ToStaff["type"], Schemas["ToStaff"]["type"]>,
] = [true, true];

const KNOWN: Record<ToStaff["type"], true> = {
  welcome: true,
  queue: true,
  ring: true,
  ring_over: true,
  taken: true,
  message: true,
  case: true,
  released: true,
  accepted: true,
  error: true,
  session: true,
  signal: true,
  revealed: true,
  reviews: true,
  pong: true,
  presence: true,
  colleagues: true,
  summary: true,
};

/** TO_STAFF are all frame types a desk understands. */
export const TO_STAFF: readonly string[] = Object.keys(KNOWN);

/**
 * parseStaffFrame reads one text frame. Null for a type of a newer server, which an
 * older desk ignores; a SyntaxError for something that is no frame.
 */
export function parseStaffFrame(text: string): ToStaff | null {
  const value = JSON.parse(text) as { type?: unknown } | null;
  if (typeof value !== "object" || value === null || typeof value.type !== "string") {
    throw new SyntaxError("a frame without a type");
  }
  return TO_STAFF.includes(value.type) ? (value as ToStaff) : null;
}
