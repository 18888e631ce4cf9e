import type { ComponentType } from "preact";
import type { Agent, Locale, Session, Signal } from "../../api/wire";

/** SessionPanelProps is what a remote session's panel gets from the chat. */
export interface SessionPanelProps {
  session: Session;
  agent: Agent | null;
  locale: Locale;
  elder: boolean;
  /** connected is false while the chat's socket is away. */
  connected: boolean;
  /** relayOnly sends all media over TURN: for tests and for pages that hide addresses. */
  relayOnly: boolean;
  /** send passes signalling to the other side; false when the socket is away just now. */
  send(signal: Signal): boolean;
  /** subscribe hears the session's signals; the result unsubscribes. */
  subscribe(listener: (signal: Signal) => void): () => void;
  /** sharing tells the page before its picture leaves, and after it has stopped. */
  sharing(on: boolean): void;
  /** minimised draws one line only; the session goes on. */
  minimised: boolean;
  minimise(on: boolean): void;
}

/** SessionPanel is the seam for media: the room behind src/rtc gives one. */
export type SessionPanel = ComponentType<SessionPanelProps>;

/** SessionNow is what the page around the chat is told of a session. */
export interface SessionNow {
  id: string;
  state: "offered" | "live";
  agent: string;
  locale: Locale;
  sharing: "screen" | "camera" | "none";
  end(): void;
}
