import { createContext, useContext } from "react";
import type { SupervisorApi } from "../api";
import type { Locale, Words } from "../i18n";

/** Page is what every part of this page uses. */
export interface Page {
  api: SupervisorApi;
  t: Words;
  locale: Locale;
}

/** PageContext hands it down. */
export const PageContext = createContext<Page | null>(null);

/** usePage is the page of who is signed in. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error("usePage stands outside a page");
  return page;
}

/** lasting writes a number of seconds. */
export function lasting(s: number, t: Words): string {
  if (s < 60) return t.seconds(s);
  if (s < 3600) return t.minutes(Math.floor(s / 60), s % 60);
  return t.hours(Math.floor(s / 3600), Math.floor((s % 3600) / 60));
}

/** ago is how many whole seconds lie between two times. */
export function ago(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 1000));
}

/** clock writes a time of day. */
export function clock(at: string, locale: Locale): string {
  return new Date(at).toLocaleTimeString(locale === "en" ? "en-GB" : "zh-CN", { hour12: false });
}

/** queueName is how people call a queue. */
export function queueName(queue: string, t: Words): string {
  return t.queueNames[queue] ?? queue;
}
