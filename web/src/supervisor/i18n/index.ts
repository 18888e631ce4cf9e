import { en } from "./en";
import { type Words, zh } from "./zh";

export type { Words } from "./zh";

/** Locale is a language of this page. */
export type Locale = "zh" | "en";

/** words are the words in a language. */
export function words(locale: Locale): Words {
  return locale === "en" ? en : zh;
}

/** half picks one half of a sentence the server gives in both: 中文 / English. */
export function half(text: string, locale: Locale): string {
  const at = text.lastIndexOf(" / ");
  if (at < 0) return text;
  return locale === "en" ? text.slice(at + 3) : text.slice(0, at);
}
