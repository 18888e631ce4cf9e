import { en } from "./en";
import { type Words, zh } from "./zh";

export type { Words } from "./zh";

/** Locale is a language of the console. */
export type Locale = "zh" | "en";

/** words is the dictionary of a language. */
export function words(locale: Locale): Words {
  return locale === "en" ? en : zh;
}

/**
 * inLocale picks one half of a sentence the server gives in both: 中文 / English. What has
 * no English half is given back whole.
 */
export function inLocale(text: string, locale: Locale): string {
  const at = text.lastIndexOf(" / ");
  if (at < 0) return text;
  const [chinese, english] = [text.slice(0, at), text.slice(at + 3)];
  if (!/[\u4e00-\u9fff]/.test(chinese) || /[\u4e00-\u9fff]/.test(english)) return text;
  return locale === "en" ? english : chinese;
}

/** named looks a code up in a list of names and gives the code itself when it is not there. */
export function named(names: Record<string, string>, code: string): string {
  return names[code] ?? code;
}

/** moment writes a time to the minute; today's without the day. */
export function moment(at: string | undefined, locale: Locale, now: Date = new Date()): string {
  if (!at) return "";
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return at;
  const clock = time.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (time.toDateString() === now.toDateString()) return `${locale === "en" ? "today" : "今天"} ${clock}`;
  const pad = (n: number): string => String(n).padStart(2, "0");
  const year = time.getFullYear() === now.getFullYear() ? "" : `${time.getFullYear()}-`;
  return `${year}${pad(time.getMonth() + 1)}-${pad(time.getDate())} ${clock}`;
}

/** dayOf is a time's day as 2006-01-02, in the reader's zone. */
export function dayOf(time: Date): string {
  const pad = (n: number): string => String(n).padStart(2, "0");
  return `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`;
}
