import type { Locale } from "../../api/wire";

/** Canned is one polite sentence an agent uses every day; keys are what is typed after "/". */
export interface Canned {
  id: string;
  keys: string;
  zh: string;
  en: string;
}

/** CANNED are the phrases every desk has; {agent} becomes the agent's name. */
export const CANNED: readonly Canned[] = [
  {
    id: "hello",
    keys: "nh hi hello",
    zh: "您好，我是人工坐席{agent}，刚才您和小助手说的我都看到了，不用重复。",
    en: "Hello, I'm {agent}, a person. I can see what you told our assistant, so there's no need to repeat it.",
  },
  {
    id: "wait",
    keys: "sd wait",
    zh: "请稍等，我马上帮您查一下。",
    en: "One moment please, I'm checking it for you.",
  },
  { id: "thanks-wait", keys: "jd thanks", zh: "让您久等了，谢谢您的耐心。", en: "Thank you for waiting." },
  {
    id: "sorry",
    keys: "bq sorry",
    zh: "给您添麻烦了，很抱歉，这件事我跟到底。",
    en: "I'm sorry for the trouble. I'll stay with this until it's solved.",
  },
  {
    id: "slow",
    keys: "my slow",
    zh: "不着急，您慢慢来，我一直在。",
    en: "No hurry, take your time. I'm here.",
  },
  { id: "confirm", keys: "qr confirm", zh: "我跟您核对一下：", en: "Let me check this with you: " },
  {
    id: "box",
    keys: "aq box secure",
    zh: "请在屏幕上的安全框里由您本人输入，内容我这边看不到。",
    en: "Please type it yourself in the secure box on your screen; I can't see it.",
  },
  {
    id: "never",
    keys: "fz never scam",
    zh: "提醒您：我们不会向您要密码和验证码，谁要都不要给。",
    en: "A reminder: we never ask for passwords or codes. Don't give them to anybody.",
  },
  {
    id: "share",
    keys: "gx share",
    zh: "方便的话我们同屏看一下，您只需要点“同意”，密码那一格我看不到。",
    en: "If you like, we can look at the screen together. Just agree on your side; the secret boxes stay hidden from me.",
  },
  {
    id: "code",
    keys: "kl code",
    zh: "请看一下屏幕上的四位口令，和我报的一致再继续。",
    en: "Please compare the four digits on your screen with the ones I say before going on.",
  },
  {
    id: "fee",
    keys: "sxf fee",
    zh: "费用以确认页显示的为准，您确认前不会扣任何钱。",
    en: "The fee is the one on the confirmation card; nothing is charged before you confirm.",
  },
  {
    id: "terms",
    keys: "fx risk terms",
    zh: "产品有风险，请先看产品说明书，您考虑好再决定。",
    en: "The product carries risk. Please read its terms first and decide in your own time.",
  },
  {
    id: "submitted",
    keys: "tj submitted",
    zh: "已经帮您提交，结果会短信通知您。",
    en: "I've submitted it; you'll get the result by text message.",
  },
  {
    id: "back",
    keys: "jh back",
    zh: "剩下的步骤由小助手接着陪您办，前面填好的都在。",
    en: "Our assistant will take you through the rest; everything you filled in is kept.",
  },
  {
    id: "more",
    keys: "hy more else",
    zh: "请问还有别的可以帮您吗？",
    en: "Is there anything else I can do for you?",
  },
  {
    id: "bye",
    keys: "zj bye",
    zh: "感谢您的来访，祝您生活愉快，再见。",
    en: "Thank you for coming to us. Goodbye and all the best.",
  },
];

/** matching finds the phrases for what stands after the "/": by key, then by text. */
export function matching(
  typed: string,
  locale: Locale,
  agent: string,
): { id: string; text: string; keys: string }[] {
  const q = typed.trim().toLowerCase();
  return CANNED.map((c) => ({ id: c.id, keys: c.keys, text: c[locale].replace("{agent}", agent) })).filter(
    (c) => q === "" || c.keys.split(" ").some((k) => k.startsWith(q)) || c.text.toLowerCase().includes(q),
  );
}

/** slashOf is what was typed after a leading "/", or null when the text is no shortcut. */
export function slashOf(text: string): string | null {
  return /^[/／][^\n]{0,12}$/.test(text) ? text.slice(1) : null;
}
