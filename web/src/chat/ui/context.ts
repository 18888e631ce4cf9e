import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Api } from "../../api/rest";
import type { ChatClient } from "../core/client";
import type { ChatState } from "../core/state";
import type { Dictionary } from "../i18n";
import type { SpeechEngine } from "../speech/engine";
import type { StaffMode } from "../staff/link";

/** Room is what every part of the chat's screen needs. */
export interface Room {
  client: ChatClient;
  api: Api;
  speech: SpeechEngine;
  t: Dictionary;
  state: ChatState;
  elder: boolean;
  /** say something polite to a screen reader and, briefly, on the screen. */
  announce(text: string): void;
  openSource(passage: string): void;
  /** signIn is the page's own way to sign in; null where there is none. */
  signIn: (() => void) | null;
  /** staff is set where the chat serves a colleague. */
  staff: StaffMode | null;
}

const RoomContext = createContext<Room | null>(null);

export const RoomProvider = RoomContext.Provider;

/** useRoom gives the room; it throws outside a chat. */
export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (!room) throw new Error("useRoom outside a chat");
  return room;
}

/** useChatState draws again after every change of the client. */
export function useChatState(client: ChatClient): ChatState {
  const [state, setState] = useState(client.current());
  useEffect(() => {
    setState(client.current());
    return client.subscribe(() => setState(client.current()));
  }, [client]);
  return state;
}
