import type { Point, Viewport } from "./geometry";

// The bodies of signals; docs/remote-signalling.md describes them.

/** RtcSignal is one frame of signalling; body is JSON of the kind. */
export interface RtcSignal {
  kind:
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
    | "viewport"
    | "record"
    | "script";
  body?: string;
}

/** Role is whose side this page is. */
export type Role = "customer" | "agent" | "supervisor";

/** SourceKind is what a person sends. */
export type SourceKind = "mic" | "cam" | "screen" | "doc";

/** Line says what a media line of an offer is for. */
export interface Line {
  mid: string;
  kind: SourceKind;
  peer: string;
  publish?: boolean;
}

/** Mark is what the agent draws; points are fractions of the shared surface. */
export interface Mark {
  id: string;
  shape: "pointer" | "box" | "stroke" | "tap";
  source: "screen" | "cam";
  points: Point[];
  color?: string;
  /** view is the number of the viewport report the agent saw. */
  view: number;
}

/** Share is what the customer wants to show and what came of it. */
export interface Share {
  kind: "screen" | "camera" | "none";
  consent?: boolean;
  surface?: string;
  handle?: string;
  origin?: string;
  paused?: boolean;
  allowed: boolean;
  reason?: string;
}

/** Visitor is a supervisor in a session: listening, heard by the agent alone, or by all. */
export interface Visitor {
  name: string;
  number: string;
  mode: "listen" | "whisper" | "barge";
}

/** SessionView is the session as everybody in it sees it. */
export interface SessionView {
  session: {
    id: string;
    code: string;
    state: "offered" | "live" | "ended";
    sharing?: string;
    present: string[];
    visitor?: Visitor;
  };
  agent?: { name: string; number: string; certificate?: string; hue?: string };
  links?: Record<string, string>;
  clients?: Record<string, string>;
  paused?: boolean;
}

/** End is why a session ended. */
export interface End {
  by: string;
  reason: string;
}

export interface OfferBody {
  client: string;
  epoch: number;
  n: number;
  sdp: string;
  lines: Line[];
}

export interface IceBody {
  client: string;
  epoch: number;
  servers: RTCIceServer[];
}

export interface WantBody {
  ask?: "screen" | "camera";
}

/** Inbound is what a server sends, by kind. */
export interface Inbound {
  offer: OfferBody;
  ice: IceBody;
  want: WantBody;
  share: Share;
  state: SessionView;
  end: End;
  mark: Mark;
  unmark: { id?: string };
  viewport: Viewport;
  record: Recording;
}

/** Recording says who has agreed to being recorded, and whether it is; reason says why it failed. */
export interface Recording {
  given?: { customer?: boolean; agent?: boolean };
  on?: boolean;
  reason?: string;
}

/** parse reads a body; null when it is no JSON object. */
export function parse<K extends keyof Inbound>(_kind: K, body: string | undefined): Inbound[K] | null {
  try {
    const value: unknown = JSON.parse(body ?? "");
    return typeof value === "object" && value !== null ? (value as Inbound[K]) : null;
  } catch {
    return null;
  }
}
