import type { Locale } from "../../api/wire";

const zh = {
  name: "小伴",
  open: "问小伴",
  keys: "Ctrl+K",
  title: "问小伴 · 规程、话术、对客口径",
  note: "只有同事看得到",
  used: "已放进回复框，发出前请再看一遍",
  noCase: "先选中一位您正在接待的客户",
  internal: "内部内容不能放进给客户的回复",
  close: "收起",
};

const en: typeof zh = {
  name: "Xiao Ban",
  open: "Ask Xiao Ban",
  keys: "Ctrl+K",
  title: "Ask Xiao Ban · procedures, scripts, wording",
  note: "Only colleagues see this",
  used: "It is in your reply box. Read it again before you send it",
  noCase: "First choose a customer you are serving",
  internal: "Internal text can't go into a reply to a customer",
  close: "Close",
};

/** askWords are the words of the drawer in a language. */
export function askWords(locale: Locale): typeof zh {
  return locale === "en" ? en : zh;
}
