import type { Words } from "../zh";
import { s } from "./plural";

/** todoWords are the English words of the day: to do, and what nothing answered. */
export const todoWords: Pick<Words, "todo" | "misses"> = {
  todo: {
    hello: (hour, name) =>
      `${hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening"}, ${name}`,
    sum: (n) =>
      n === 0
        ? "Nothing waits for you. Have a look at misses and expiring articles."
        : `${n} thing${s(n)} wait${n === 1 ? "s" : ""} for you.`,
    approve: "Waiting for my approval",
    approveNone: "No release waits for you",
    publish: "Approved, to be published",
    mine: "Proposed by me",
    mineNone: "Nothing on its way",
    drafts: "My drafts",
    draftsNone: "You have no drafts",
    draftsNoneHint: "Change and save an article, an intent or a table, and it shows here.",
    expiring: "Expiring in 30 days",
    expiringNone: "Nothing expires within 30 days",
    expired: (n) => `${n} more ${n === 1 ? "has" : "have"} expired already`,
    misses: "Misses, 7 days",
    missesGo: "See which →",
    missesTop: "Unanswered questions",
    missesAll: (n) => `All ${n} →`,
    missesNone: "Misses are not counted yet",
    thin: "Thin intents",
    problems: "Problems in the drafts",
    until: (day) => `Expires ${day}`,
    waiting: (title) => `Waits for approval: ${title}`,
  },
  misses: {
    note: (days: number, open: number) =>
      `Questions of the last ${days} days that found no answer; ${open} stand in no article yet. Personal data is masked.`,
    none: "Nothing went unanswered lately",
    times: "times",
    count: (n: number) => `asked ${n} times`,
    others: (list: readonly string[]) => `Also asked as: ${list.join("; ")}`,
    last: (at: string) => `Last asked ${at}`,
    staff: (n: number) => `${n} by staff`,
    write: "Write an article",
    merge: "Add to an article",
    written: (id: string) => `Stands in ${id}`,
    mergeTitle: "Which article does it belong to?",
    mergeHint: (text: string) =>
      `“${text}” becomes a similar question of it; you can still change it before saving.`,
    search: "Search title, question or id",
    nothing: "Nothing is near: search, or write a new article.",
  },
};
