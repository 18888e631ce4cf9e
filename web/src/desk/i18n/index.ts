import type { Locale } from "../../api/wire";
import { en } from "./en";
import { type Words, zh } from "./zh";

export type { Words } from "./zh";

/** words are the desk's words in a language. */
export function words(locale: Locale): Words {
  return locale === "en" ? en : zh;
}

/** clock writes the time of day of a message. */
export function clock(at: string, locale: Locale): string {
  return new Date(at).toLocaleTimeString(locale === "en" ? "en-GB" : "zh-CN", {
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}
