import { createContext, useContext, useSyncExternalStore } from "react";
import type { Api } from "../../api/rest";
import type { Locale, Token } from "../../api/wire";
import type { DeskClient } from "../core/client";
import type { DeskState } from "../core/state";
import type { Words } from "../i18n";
import type { SessionPort } from "../session/port";

/** Room is what every part of the desk stands on. */
export interface Room {
  client: DeskClient;
  api: Api;
  port: SessionPort;
  /** token is the signed-in person's; renew signs in anew. */
  token(renew: boolean): Promise<Token>;
  t: Words;
  locale: Locale;
  setLocale(locale: Locale): void;
  /** leave goes back to the choice of a person. */
  leave(): void;
}

/** RoomContext is given by the desk's root. */
export const RoomContext = createContext<Room | null>(null);

/** useRoom is the room; it throws outside of the desk, which is a defect of ours. */
export function useRoom(): Room {
  const room = useContext(RoomContext);
  if (!room) throw new Error("useRoom outside of the desk");
  return room;
}

/** useDesk is the desk's state, drawn again after every change. */
export function useDesk(): DeskState {
  const { client } = useRoom();
  return useSyncExternalStore(client.subscribe, client.current);
}
