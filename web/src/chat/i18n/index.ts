import type { Locale } from "../../api/wire";
import { en } from "./en";
import type { Dictionary } from "./zh";
import { zh } from "./zh";

export type { Dictionary } from "./zh";

/** words is the dictionary of a locale. */
export function words(locale: Locale): Dictionary {
  return locale === "en" ? en : zh;
}

/** clock is the time of day of an RFC 3339 time, in the customer's zone. */
export function clock(at: string, locale: Locale): string {
  return new Date(at).toLocaleTimeString(locale === "en" ? "en-GB" : "zh-CN", {
    hour: "2-digit",
    minute: "2-digit",
  });
}
