import type { ComponentType } from "preact";
import type { Agent, Locale, Session, Signal } from "../../api/wire";

/** SessionPanelProps is what a remote session's panel gets from the chat. */
export interface SessionPanelProps {
  session: Session;
  agent: Agent | null;
  locale: Locale;
  elder: boolean;
  /** send passes signalling to the other side; false when the socket is away just now. */
  send(signal: Signal): boolean;
  /** subscribe hears the session's signals; the result unsubscribes. */
  subscribe(listener: (signal: Signal) => void): () => void;
  /** minimise gives the screen back to the chat; the session goes on. */
  minimise(): void;
}

/** SessionPanel is the seam for media: the room behind src/rtc gives one. */
export type SessionPanel = ComponentType<SessionPanelProps>;
