import type { Locale } from "../../api/wire";

/** Severity: change asks to rewrite; block never goes out. */
export type Severity = "change" | "block";

/** Finding is one thing in a text that must not be said to a customer. */
export interface Finding {
  words: string;
  severity: Severity;
  why: Record<Locale, string>;
  instead: Record<Locale, string>;
}

interface Rule {
  severity: Severity;
  find: RegExp;
  /** unless, right before the words, turns the sentence round: 不保本, 不会向您要密码. */
  unless: RegExp;
  why: Record<Locale, string>;
  instead: Record<Locale, string>;
}

const SECRET =
  "(?:密码|验证码|校验码|动态码|口令|安全码|cvv2?|(?<![a-z])(?:pin|otp)(?![a-z])|passcode|password|verification code|security code|one[- ]time code)";
const GIVE =
  "(?:告诉|发|报|说|念|给|读|提供|截图|打过来|在(?:聊天|这里|这儿|对话框)[^，。]{0,4}(?:输|填|写|打)|tell|send|give|share|read|text me|provide)";
const NOT =
  /(?:不要|不会|不用|不能|不得|不可|别|勿|请勿|切勿|从不|绝不|不需要|无需|never|not|don['’]t|won['’]t)[^，。！？；,.!?;]{0,14}$/i;

const RULES: readonly Rule[] = [
  {
    severity: "block",
    find: new RegExp(
      `${SECRET}[^，。！？；,.!?;]{0,10}?${GIVE}|${GIVE}[^，。！？；,.!?;]{0,12}?${SECRET}|${SECRET}(?:是多少|是什么|多少)|what(?:['’]s| is) (?:your|the) [a-z ]{0,8}${SECRET}`,
      "gi",
    ),
    unless: NOT,
    why: {
      zh: "工作人员任何时候都不能向客户要密码、验证码，这句话发不出去。",
      en: "Staff never ask for a password or a code. This can't be sent.",
    },
    instead: {
      zh: "请在屏幕弹出的安全框里由您本人输入，我看不到内容。",
      en: "Please type it yourself in the secure box; I can't see it.",
    },
  },
  {
    severity: "change",
    find: /保本|保息|刚兑|稳赚|包赚|肯定赚|一定赚|绝对赚|必赚|不会亏|保证(?:有)?(?:收益|盈利)|零风险|无风险|没有风险|没风险|guaranteed? (?:return|profit|principal)s?|risk[- ]free|can['’]?t lose|no risk/gi,
    unless: /(?:不|非|并不|不能|不会|未|没有|无法|is not|isn['’]t|not|never)\s*(?:a\s|能|会|是)?$/i,
    why: {
      zh: "不能承诺收益或说没有风险。",
      en: "Returns and safety must not be promised.",
    },
    instead: {
      zh: "产品有风险，过往业绩不代表以后的收益，请以产品说明书为准。",
      en: "The product carries risk and past results don't promise future ones; please see its terms.",
    },
  },
  {
    severity: "change",
    find: /(?:肯定|一定|保证|包)(?:能|会)?(?:批|过审|通过|下款|到账|解冻)|guarantee(?:d)? approval|definitely be approved/gi,
    unless: /(?:不|不能|无法|not|never)\s*$/i,
    why: { zh: "审批和到账结果不能由坐席承诺。", en: "An agent can't promise an approval or an arrival." },
    instead: {
      zh: "我已帮您提交，结果以系统通知为准，有进展会第一时间告诉您。",
      en: "I've submitted it for you; the system will notify you of the result.",
    },
  },
  {
    severity: "change",
    find: /过了今天就没|再不买就|赶紧买|错过就没|最后(?:一天|机会)快买|buy (?:it )?now or/gi,
    unless: /(?:不要|别|不必|don['’]t)\s*$/i,
    why: { zh: "不能催促客户做决定。", en: "A customer must not be hurried into a decision." },
    instead: {
      zh: "您慢慢考虑，有不清楚的随时问我。",
      en: "Take your time; ask me anything that isn't clear.",
    },
  },
  {
    severity: "change",
    find: /不关我(?:的)?事|不归我管|你自己(?:看|查|想办法)|听不懂吗|说了多少遍|不知道，?自己|not my problem|i already told you/gi,
    unless: /(?!)/,
    why: { zh: "这样说客户会觉得被推开。", en: "This pushes the customer away." },
    instead: {
      zh: "这件事我帮您一起看，请稍等一下。",
      en: "Let me look into it with you, one moment please.",
    },
  },
];

/** findings reads a text before it is sent; empty when it may go out as it is. */
export function findings(text: string): Finding[] {
  const plain = text.normalize("NFKC").replace(/[\u200b-\u200d\ufeff]/g, "");
  const out: Finding[] = [];
  for (const rule of RULES) {
    for (const hit of plain.matchAll(rule.find)) {
      // A word that turns the sentence round may stand before the words or inside them.
      if (rule.unless.test(plain.slice(0, hit.index)) || rule.unless.test(inner(hit[0]))) continue;
      out.push({ words: hit[0], severity: rule.severity, why: rule.why, instead: rule.instead });
      break;
    }
  }
  return out;
}

/** inner is a hit without its last word, so that "密码不要告诉…" is seen as a warning and not as a request. */
function inner(words: string): string {
  return words.replace(new RegExp(`(?:${GIVE}|${SECRET})$`, "i"), "");
}
