import type { Locale } from "../../api/wire";
import { en } from "./en";
import type { Dictionary } from "./zh";
import { zh } from "./zh";

export type { Dictionary } from "./zh";

/** words is the dictionary of a locale. */
export function words(locale: Locale): Dictionary {
  return locale === "en" ? en : zh;
}

/** slotTime is a day with its weekday and a time of day as the bank wrote it, in the bank's zone. */
export function slotTime(at: string, locale: Locale): string {
  return new Date(`${at.slice(0, 16)}Z`).toLocaleString(locale === "en" ? "en-GB" : "zh-CN", {
    month: locale === "en" ? "short" : "long",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone: "UTC",
  });
}

/** clock is the time of day of an RFC 3339 time, in the customer's zone. */
export function clock(at: string, locale: Locale): string {
  return new Date(at).toLocaleTimeString(locale === "en" ? "en-GB" : "zh-CN", {
    hour: "2-digit",
    minute: "2-digit",
  });
}
