import { useCallback, useEffect, useState } from "preact/hooks";
import { restApi } from "../api/rest";
import type { Cast, TrayEvent } from "../api/wire";
import { waitBefore } from "../chat/core/backoff";

const KEY = "pingdui.hall.english";
const api = restApi("", () => null);

/** useEnglish remembers the hall's language on this device. */
export function useEnglish(): [boolean, () => void] {
  const [english, setEnglish] = useState(() => localStorage.getItem(KEY) === "1");
  useEffect(() => {
    document.documentElement.lang = english ? "en" : "zh-CN";
    localStorage.setItem(KEY, english ? "1" : "0");
  }, [english]);
  return [english, () => setEnglish(!english)];
}

/** useCast fetches the demo's cast; again tries once more after a failure. */
export function useCast(): { cast: Cast | null; trouble: string; again: () => void } {
  const [cast, setCast] = useState<Cast | null>(null);
  const [trouble, setTrouble] = useState("");
  const again = useCallback(() => {
    setTrouble("");
    api.cast().then(setCast, (error: unknown) => {
      setTrouble(error instanceof Error ? error.message : String(error));
    });
  }, []);
  useEffect(again, [again]);
  return { cast, trouble, again };
}

/** useHallToken is the hall's own visitor token, in memory: the tray and the bells need one. */
export function useHallToken(): string | null {
  const [token, setToken] = useState<string | null>(null);
  useEffect(() => {
    api.signIn("anonymous").then(
      (t) => setToken(t.token),
      // The hall says what is wrong where the cast is missing; the tray stays empty.
      () => setToken(null),
    );
  }, []);
  return token;
}

/**
 * useTray follows the demo's texts and ledger entries, newest first, at most 40. The
 * stream carries the bearer token in a header: EventSource can't, so it is a fetch.
 */
export function useTray(token: string | null): { events: TrayEvent[]; live: boolean } {
  const [events, setEvents] = useState<TrayEvent[]>([]);
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (token === null) return;
    const stop = new AbortController();
    const bound = restApi("", () => token);
    const follow = async (): Promise<void> => {
      for (let attempt = 0; !stop.signal.aborted; attempt++) {
        setLive(true);
        const began = Date.now();
        await bound
          .tray(stop.signal, (event) => {
            // After a reconnect the server may tell the last ones again.
            setEvents((before) =>
              before.some((b) => b.at === event.at && b.text === event.text && b.customer === event.customer)
                ? before
                : [event, ...before].slice(0, 40),
            );
          })
          .catch(() => undefined);
        if (stop.signal.aborted) return;
        setLive(false);
        if (Date.now() - began > 10_000) attempt = 0;
        await new Promise((done) => setTimeout(done, waitBefore(attempt + 2, Math.random)));
      }
    };
    void follow();
    return () => stop.abort();
  }, [token]);
  return { events, live };
}
