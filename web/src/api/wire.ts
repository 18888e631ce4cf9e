import type { components } from "./types.gen";

/**
 * The wire types. What stands in frames comes from the served document by way of
 * types.gen.ts (`npm run types`); the frames themselves are written here once more as
 * unions told apart by `type`, which the flat document can't say, and checked against it.
 */

/** VERSION is the protocol's version, said in the first frame of both sides. */
export const VERSION = 1;

type Schemas = components["schemas"];

export type Amount = Schemas["Amount"];
export type Row = Schemas["Row"];
export type Option = Schemas["Option"];
export type Table = Schemas["Table"];
export type SecureField = Schemas["SecureField"];
export type Secure = Schemas["Secure"];
export type Card = Schemas["Card"];
export type Action = Schemas["Action"];
export type Source = Schemas["Source"];
export type Signal = Schemas["Signal"];
export type Message = Schemas["Message"];
export type Employee = Schemas["Employee"];
export type Agent = Schemas["Agent"];
export type Queue = Schemas["Queue"];
export type Session = Schemas["Session"];
export type State = Schemas["State"];
export type Welcome = Schemas["Welcome"];
export type Draft = Schemas["Draft"];
export type Person = Schemas["Person"];
export type TrayEvent = Schemas["TrayEvent"];
export type WireError = Schemas["Error"];
export type Locale = Welcome["locale"];
export type Edition = Welcome["edition"];
export type Author = Message["author"];
export type Mood = NonNullable<State["mood"]>;
export type MessageKind = Message["kind"];
export type CardKind = Card["kind"];
export type ErrorCode = WireError["code"];
export type SignalKind = Signal["kind"];

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

/** Same is true only for equal unions: a frame type that the server adds or drops does not compile here. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
export const FRAMES_AGREE: [
  Same<FromCustomer["type"], Schemas["FromCustomer"]["type"]>,
  Same<ToCustomer["type"], Schemas["ToCustomer"]["type"]>,
] = [true, true];

export type Token = Schemas["Token"];
export type Ticket = Schemas["Ticket"];
export type SecureKey = Schemas["SecureKey"];
export type SecureBox = Schemas["SecureBox"];
export type SamplePaper = Schemas["SamplePaper"];
export type PictureList = Schemas["PictureList"];
export type Picture = Schemas["Picture"];
export type Accepted = Schemas["Accepted"];
export type History = Schemas["History"];
export type SourceDocument = Schemas["SourceDocument"];
export type Cast = Schemas["Cast"];
