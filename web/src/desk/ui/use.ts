import { useEffect, useRef, useState } from "react";
import { type RingSound, ringSound } from "../ring-sound";

/** useNow is the time in milliseconds, drawn again every second. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** Width is how much room the page has: three columns, two, or one with tabs. */
export type Width = "wide" | "middle" | "narrow";

const WIDE = "(min-width: 1120px)";
const MIDDLE = "(min-width: 640px)";

/** useWidth follows the window's width. */
export function useWidth(): Width {
  const [width, setWidth] = useState(widthNow);
  useEffect(() => {
    const lists = [matchMedia(WIDE), matchMedia(MIDDLE)];
    const look = (): void => setWidth(widthNow());
    for (const list of lists) list.addEventListener("change", look);
    return () => {
      for (const list of lists) list.removeEventListener("change", look);
    };
  }, []);
  return width;
}

function widthNow(): Width {
  if (matchMedia(WIDE).matches) return "wide";
  return matchMedia(MIDDLE).matches ? "middle" : "narrow";
}

/** useTitle flashes a second title while there is one. */
export function useTitle(usual: string, flash: string): void {
  useEffect(() => {
    document.title = flash === "" ? usual : flash;
    if (flash === "") return;
    let on = true;
    const timer = setInterval(() => {
      on = !on;
      document.title = on ? flash : usual;
    }, 900);
    return () => {
      clearInterval(timer);
      document.title = usual;
    };
  }, [usual, flash]);
}

const MUTED = "pingdui.desk.muted";

/** useRing rings while `ringing`; blocked is true when the browser wants a click first. */
export function useRing(ringing: boolean): { muted: boolean; blocked: boolean; toggle(): void } {
  const [muted, setMuted] = useState(() => localStorage.getItem(MUTED) === "1");
  const [blocked, setBlocked] = useState(false);
  const sound = useRef<RingSound | null>(null);
  useEffect(() => {
    if (!ringing || muted) return;
    sound.current ??= ringSound(window);
    const play = (): void => setBlocked(sound.current?.play() === false);
    play();
    const timer = setInterval(play, 2400);
    return () => clearInterval(timer);
  }, [ringing, muted]);
  useEffect(() => () => sound.current?.close(), []);
  return {
    muted,
    blocked: blocked && !muted && ringing,
    toggle: () => {
      localStorage.setItem(MUTED, muted ? "0" : "1");
      setMuted(!muted);
    },
  };
}
