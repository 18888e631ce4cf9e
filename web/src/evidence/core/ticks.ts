// What stands on the time line, in words. Pure.
import type { Words } from "../i18n";
import type { Fact, Record_ } from "./record";
import type { Finding, Opening } from "./wire";

/** Tick is a place, or a stretch, of the time line. */
export interface Tick {
  at: number;
  /** to is the end of a stretch; at for a place. */
  to: number;
  lane: "steps" | "items" | "marks" | "states" | "faults";
  kind: string;
  label: string;
  bad: boolean;
}

const LANES: Record<Fact["kind"], Tick["lane"]> = {
  step: "steps",
  read: "steps",
  item: "items",
  mark: "marks",
  consent: "states",
  state: "states",
};

/** label says what a fact was. */
export function label(f: Fact, t: Words, locale: string): string {
  const words = locale === "en" ? f.en : f.zh;
  const who = t.who[f.by] ?? f.by;
  switch (f.kind) {
    case "step":
      return words;
    case "read":
      return t.read(words);
    case "item":
      return t.ticked[f.name]?.(words) ?? words;
    case "consent":
      return f.name === "given" ? t.consentGiven(who) : t.consentTaken(who);
    case "mark":
      return t.shapes[f.name] ?? f.name;
    case "state": {
      const known = t.states[f.name] ?? f.name;
      return f.name.startsWith("link.") || f.name.startsWith("share.") ? `${who} ${known}` : known;
    }
  }
}

/** ticksOf are all places and stretches of a recording, in order of time. */
export function ticksOf(
  r: Record_,
  o: Opening,
  findings: readonly Finding[],
  t: Words,
  locale: string,
): Tick[] {
  const out: Tick[] = [];
  for (const f of r.facts) {
    out.push({
      at: f.at,
      to: f.at,
      lane: LANES[f.kind],
      kind: f.kind,
      label: label(f, t, locale),
      bad: f.bad,
    });
  }
  let end = 0;
  for (const p of o.parts) {
    if (p.from_ms > end + 500)
      out.push({ at: end, to: p.from_ms, lane: "faults", kind: "pause", label: t.notRecorded, bad: false });
    end = p.to_ms;
    if (p.end === "crashed")
      out.push({ at: p.to_ms, to: p.to_ms, lane: "faults", kind: "crash", label: t.crashed, bad: true });
  }
  if (o.length_ms > end + 500)
    out.push({ at: end, to: o.length_ms, lane: "faults", kind: "lost", label: t.cantPlay, bad: true });
  for (const file of o.files) {
    // A picture stands still whenever nothing moves: only silence of a microphone that was on is a fault.
    if (file.codec !== "opus") continue;
    for (const g of file.gaps) {
      if (g.from_ms < file.first_ms || g.to_ms > file.last_ms) continue;
      out.push({
        at: g.from_ms,
        to: g.to_ms,
        lane: "faults",
        kind: "gap",
        label: t.noSound(t.who[file.person] ?? file.person),
        bad: false,
      });
    }
  }
  for (const f of findings) {
    if (f.from_ms < 0) continue;
    out.push({
      at: f.from_ms,
      to: Math.max(f.from_ms, f.to_ms),
      lane: "faults",
      kind: "damage",
      label: locale === "en" ? f.text_en : f.text,
      bad: true,
    });
  }
  return out.sort((a, b) => a.at - b.at);
}

/** stepsOf are the steps of the script one can jump to: those of the form and what was read aloud. */
export function stepsOf(ticks: readonly Tick[]): Tick[] {
  return ticks.filter((tick) => tick.lane === "steps");
}

/** ROOM is the least, in px, a label needs to say anything. */
const ROOM = 30;

/** placed is how much room, in px, each label has before the next tick; 0 where too little: that stays a dot. */
export function placed(ticks: readonly Tick[], length: number, width: number): number[] {
  return ticks.map((tick, n) => {
    const next = ticks[n + 1];
    const room = (((next ? next.at : length) - tick.at) / Math.max(1, length)) * width - 16;
    return room < ROOM ? 0 : Math.floor(room);
  });
}
