import type { Conversation } from "./state";

/** Tone is how pressing a timer is. */
export type Tone = "calm" | "soon" | "late";

/** Timing is what a conversation's clock shows, in whole seconds. */
export interface Timing {
  /** first: nothing said yet since taking over · reply: the customer spoke last · silence: we did. */
  kind: "first" | "reply" | "silence";
  seconds: number;
  tone: Tone;
}

/** LIMITS are the seconds from which a timer is pressing (soon) and overdue (late). */
export const LIMITS: Record<Timing["kind"], { soon: number; late: number }> = {
  first: { soon: 15, late: 30 },
  reply: { soon: 30, late: 60 },
  silence: { soon: 120, late: 240 },
};

/**
 * timingOf reads a conversation's clock from the transcript alone, so that a reload
 * changes nothing. The first response counts from the notice that a person took over.
 */
export function timingOf(c: Conversation, now: number): Timing {
  const since = Date.parse(c.file.since) || 0;
  const after = c.messages.filter((m) => Date.parse(m.at) >= since);
  const said = after.some((m) => m.author === "agent") || c.pending.some((p) => p.delivery !== "failed");
  if (!said) {
    const over = after.filter((m) => m.author === "system").at(-1);
    return timing("first", over ? Date.parse(over.at) : since || now, now);
  }
  const last = c.messages.filter((m) => m.author === "customer" || m.author === "agent").at(-1);
  const waits = c.pending.filter((p) => p.delivery !== "failed").at(-1);
  const spoke = last ? Date.parse(last.at) : now;
  if (waits && Date.parse(waits.at) >= spoke) return timing("silence", Date.parse(waits.at), now);
  return timing(last?.author === "customer" ? "reply" : "silence", spoke, now);
}

function timing(kind: Timing["kind"], from: number, now: number): Timing {
  const seconds = Math.max(0, Math.floor((now - from) / 1000));
  const { soon, late } = LIMITS[kind];
  return { kind, seconds, tone: seconds >= late ? "late" : seconds >= soon ? "soon" : "calm" };
}

/** slotTime writes a booked time as the bank wrote it, in the bank's zone: its day, weekday and time of day. */
export function slotTime(at: string, locale: "zh" | "en"): string {
  return new Date(`${at.slice(0, 16)}Z`).toLocaleString(locale === "en" ? "en-GB" : "zh-CN", {
    month: "numeric",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
}

/** minutes writes seconds as m:ss, or h:mm:ss from an hour on. */
export function minutes(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n: number): string => String(n).padStart(2, "0");
  const h = Math.floor(s / 3600);
  return h > 0
    ? `${h}:${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`
    : `${Math.floor(s / 60)}:${two(s % 60)}`;
}

/** Certificate is what an agent may do by law and its last day. */
export interface Certificate {
  name: string;
  until: string;
  /** days is how many days are left; negative when it has ended. */
  days: number;
}

/** certificateOf finds the certificate among a person's tags, written as "name 至 yyyy-mm-dd". */
export function certificateOf(tags: readonly string[], now: number): Certificate | null {
  for (const tag of tags) {
    const found = /^(.+?)\s*至\s*(\d{4}-\d{2}-\d{2})$/.exec(tag);
    if (!found?.[1] || !found[2]) continue;
    const end = Date.parse(`${found[2]}T23:59:59`);
    return { name: found[1], until: found[2], days: Math.floor((end - now) / 86_400_000) };
  }
  return null;
}
