// The player's own clock, and what keeps sound and pictures with it. Pure.

/** Clock is a play head: where it stood at a moment of the page, and how fast it goes. */
export interface Clock {
  length: number;
  playing: boolean;
  rate: number;
  /** at is where it stood at the moment since, in ms of the recording and of the page. */
  at: number;
  since: number;
}

/** RATES are the speeds to choose from. */
export const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export function stopped(length: number): Clock {
  return { length, playing: false, rate: 1, at: 0, since: 0 };
}

/** headAt is where the play head stands now. */
export function headAt(c: Clock, now: number): number {
  const at = c.playing ? c.at + (now - c.since) * c.rate : c.at;
  return Math.min(c.length, Math.max(0, at));
}

/** moveTo puts the play head somewhere; it goes on as it went. */
export function moveTo(c: Clock, to: number, now: number): Clock {
  return { ...c, at: Math.min(c.length, Math.max(0, to)), since: now };
}

/** run starts it, from the beginning when it stood at the end, or stops it. */
export function run(c: Clock, playing: boolean, now: number): Clock {
  const at = headAt(c, now);
  return { ...c, playing, at: playing && at >= c.length ? 0 : at, since: now };
}

/** speed changes how fast it goes. */
export function speed(c: Clock, rate: number, now: number): Clock {
  return { ...c, at: headAt(c, now), since: now, rate: Math.min(2, Math.max(0.5, rate)) };
}

/** CLOSE and FAR bound, in ms, what is left alone and what is jumped over. */
const CLOSE = 40;
const FAR = 250;

/** follow says what a sound or picture must do to be where the play head is. */
export function follow(own: number, head: number, rate: number): { jump: boolean; rate: number } {
  const off = own - head;
  if (Math.abs(off) > FAR) return { jump: true, rate };
  if (Math.abs(off) < CLOSE) return { jump: false, rate };
  return { jump: false, rate: rate * (off > 0 ? 0.9 : 1.1) };
}

/** neighbour is the next or the last event before the play head; null when there is none. */
export function neighbour(times: readonly number[], head: number, forward: boolean): number | null {
  // Somebody who presses twice quickly wants the one before, not the same again.
  const slack = forward ? 20 : 600;
  let found: number | null = null;
  for (const t of times) {
    if (forward && t > head + slack && (found === null || t < found)) found = t;
    if (!forward && t < head - slack && (found === null || t > found)) found = t;
  }
  return found;
}

/** stamp writes a time of the recording: 1:02:03 or 02:03, with tenths where they matter. */
export function stamp(ms: number, tenths = false): string {
  const whole = Math.max(0, ms);
  const seconds = Math.floor(whole / 1000);
  const two = (n: number): string => String(n).padStart(2, "0");
  const rest = tenths ? `.${Math.floor((whole % 1000) / 100)}` : "";
  const h = Math.floor(seconds / 3600);
  return `${h > 0 ? `${h}:` : ""}${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${rest}`;
}

/** Key is what a key asks of the player. */
export type Asked =
  | { kind: "toggle" }
  | { kind: "by"; ms: number }
  | { kind: "event"; forward: boolean }
  | { kind: "step"; n: number }
  | { kind: "edge"; end: boolean };

/** asked reads a key; null when it is none of the player's. */
export function asked(key: string): Asked | null {
  if (key === " " || key === "k") return { kind: "toggle" };
  if (key === "ArrowLeft") return { kind: "by", ms: -5000 };
  if (key === "ArrowRight") return { kind: "by", ms: 5000 };
  if (key === "ArrowUp") return { kind: "event", forward: false };
  if (key === "ArrowDown") return { kind: "event", forward: true };
  if (key === "Home") return { kind: "edge", end: false };
  if (key === "End") return { kind: "edge", end: true };
  if (/^[1-9]$/.test(key)) return { kind: "step", n: Number(key) - 1 };
  return null;
}
