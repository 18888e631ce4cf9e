/**
 * The wire types, mirroring internal/wire of the Go program field by field.
 * Once api/openapi.json is committed, `npm run types` makes types.gen.ts and this
 * file becomes a list of aliases on it.
 */

/** VERSION is the protocol's version, said in the first frame of both sides. */
export const VERSION = 1;

export type Locale = "zh" | "en";
export type Edition = "standard" | "elder";
export type Author = "customer" | "bot" | "agent" | "system";
export type Mood = "idle" | "listening" | "thinking" | "speaking";
export type MessageKind = "text" | "ask" | "card" | "confirm" | "secure" | "answer" | "notice";
export type CardKind =
  | "choice"
  | "payees"
  | "form"
  | "readback"
  | "secure"
  | "progress"
  | "receipt"
  | "table"
  | "queue"
  | "call"
  | "needs";
export type ErrorCode =
  | "bad_frame"
  | "bad_input"
  | "conflict"
  | "not_found"
  | "forbidden"
  | "unauthorized"
  | "too_large"
  | "busy"
  | "unavailable"
  | "closed";
export type SignalKind =
  | "offer"
  | "answer"
  | "candidate"
  | "ice"
  | "mark"
  | "unmark"
  | "state"
  | "end"
  | "want"
  | "share"
  | "viewport";

export interface Amount {
  figures: string;
  words?: string;
}

export interface Row {
  name?: string;
  label: string;
  value: string;
  by?: string;
}

export interface Option {
  id: string;
  label: string;
  note?: string;
}

export interface Table {
  columns: string[];
  rows: string[][];
}

export interface SecureField {
  name: string;
  label: string;
  digits?: number;
}

export interface Secure {
  ref: string;
  fields: SecureField[];
  expires_at?: string;
}

/** Card is drawn data: display strings only, masked and localised. */
export interface Card {
  kind: CardKind;
  title: string;
  ref?: string;
  amount?: Amount;
  rows: Row[];
  options: Option[];
  table?: Table;
  secure?: Secure;
  step?: number;
  steps?: number;
  note?: string;
}

export interface Action {
  id: string;
  label: string;
  style?: "primary" | "danger";
}

export interface Source {
  article: string;
  passage: string;
  title: string;
  row?: string;
}

export interface Signal {
  kind: SignalKind;
  body?: string;
}

/** Message is one committed message. */
export interface Message {
  seq: number;
  turn: number;
  at: string;
  author: Author;
  author_id?: string;
  input?: string;
  kind: MessageKind;
  text: string;
  card?: Card;
  actions: Action[];
  source?: Source;
  generated?: boolean;
  masked?: boolean;
}

export interface Employee {
  id: string;
  name: string;
  job: string;
  greeting: string;
  hue: string;
  on_duty: boolean;
}

export interface Agent {
  name: string;
  number: string;
  certificate?: string;
  hue?: string;
}

export interface Queue {
  place?: number;
  wait_s?: number;
}

/** Session is an open remote session. */
export interface Session {
  id: string;
  code: string;
  state: "offered" | "live" | "ended";
  sharing?: "screen" | "camera" | "none";
  present: string[];
}

export interface State {
  speaker: "bot" | "queue" | "agent";
  employee: string;
  mood?: Mood;
  agent?: Agent;
  queue?: Queue;
  flow?: string;
  step?: string;
  session?: Session;
}

export interface Welcome {
  v: number;
  conversation: string;
  last_seq: number;
  node: string;
  release: string;
  customer: string;
  employees: Employee[];
  state: State;
  locale: Locale;
  edition: Edition;
}

export interface Draft {
  input: string;
  attempt: number;
  n: number;
  text: string;
}

export interface WireError {
  code: ErrorCode;
  message: string;
  retry_after?: number;
}

/** FromCustomer is what a customer's client sends, told apart by type. */
export type FromCustomer =
  | {
      type: "hello";
      v: number;
      ticket: string;
      conversation?: string;
      last_seq?: number;
      device?: string;
      locale?: Locale;
      edition?: Edition;
    }
  | { type: "send"; id: string; text: string; seen: number }
  | { type: "tap"; id: string; action: string }
  | { type: "edit"; id: string; slot: string; value: string }
  | { type: "employee"; id: string; employee: string }
  | { type: "settings"; id: string; locale: Locale; edition: Edition }
  | { type: "mute"; id: string; need: string }
  | { type: "seen"; seq: number }
  | { type: "ping" }
  | { type: "signal"; session: string; signal: Signal };

/** ToCustomer is what the server sends, told apart by type. */
export type ToCustomer =
  | { type: "welcome"; welcome: Welcome }
  | { type: "message"; message: Message }
  | { type: "accepted"; id: string; seq?: number; replayed?: boolean }
  | { type: "draft"; draft: Draft }
  | { type: "state"; state: State }
  | { type: "error"; error: WireError; id?: string }
  | { type: "pong" }
  | { type: "signal"; session: string; signal: Signal }
  | { type: "caught_up"; seq?: number };

export interface Token {
  token: string;
  subject: string;
  name: string;
  roles: string[];
  expires_at: string;
}

export interface Ticket {
  ticket: string;
}

export interface SecureKey {
  key_id: string;
  spki: string;
}

export interface SecureBox {
  conversation: string;
  id: string;
  key_id: string;
  values: Record<string, string>;
}

export interface Accepted {
  id: string;
  seq: number;
  replayed: boolean;
  messages: Message[];
}

export interface History {
  conversation: string;
  last_seq: number;
  messages: Message[];
}

export interface SourceDocument {
  article: string;
  title: string;
  text: string;
  origin: string;
  from?: string;
  until?: string;
  table?: Table;
  row: number;
}

export interface Person {
  id: string;
  name: string;
  age?: number;
  story: string;
  story_en: string;
  role: string;
  edition?: string;
  locale?: string;
  tags: string[];
  lines: string[];
  hue: string;
}

export interface Cast {
  customers: Person[];
  staff: Person[];
}

export interface TrayEvent {
  at: string;
  kind: "sms" | "ledger";
  customer: string;
  title: string;
  text: string;
  code?: string;
}
