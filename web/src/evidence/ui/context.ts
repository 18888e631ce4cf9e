import { createContext, useContext } from "react";
import type { EvidenceApi } from "../api";
import type { Locale, Words } from "../i18n";

/** Page is what every part of these pages uses. */
export interface Page {
  api: EvidenceApi;
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

/** day writes a date with its time of day. */
export function day(at: string, locale: Locale): string {
  return new Date(at).toLocaleString(locale === "en" ? "en-GB" : "zh-CN", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
}
