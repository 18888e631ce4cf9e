import type { Locale } from "../../api/wire";

const zh = {
  title: "审核",
  board: "待审核",
  boardEmpty: "没有待审核的业务",
  roles: { tutor: "陪办", reviewer: "核实", authoriser: "授权", double_record: "双录" } as Record<
    string,
    string
  >,
  media: { chat: "文字", voice: "语音", video: "视频", screen: "同屏" } as Record<string, string>,
  take: "开始审核",
  by: (who: string) => `${who}在审`,
  barred: "您经办过，要由另一位同事授权",
  clock: (t: string) => `已用 ${t}`,
  limit: (s: number) => (s > 0 ? `${s} 秒内授权` : "已超过 60 秒，客户在等"),
  done: (n: number, of: number) => `已核对 ${n} / ${of}`,
  optional: "可选",
  ok: "已核对",
  no: "不符",
  again: "撤回这一项",
  at: (time: string) => `${time} 打勾`,
  noAt: (time: string) => `${time} 记为不符`,
  show: "念给客户",
  hide: "收起",
  shown: "客户正在看这一句",
  yes: (time: string) => `客户 ${time} 答：听懂了`,
  notYes: (time: string) => `客户 ${time} 答：没听懂，请再念一遍`,
  pass: "通过",
  missing: (what: string) => `还没有核对：${what}`,
  meet: "先发起同屏，和客户接通后再下结论",
  refuse: "不通过",
  unsafe: "有人指挥，停下",
  failed: "没办成",
  leave: "放回",
  reason: "不通过的理由（客户会看到）",
  send: "确定不通过",
  cancel: "取消",
  deciding: "正在提交……",
  decided: "已有结论，正在交还客户",
  outcomes: { passed: "通过", refused: "不通过", unsafe: "疑似有人指挥", failed: "没办成" } as Record<
    string,
    string
  >,
  before: "同事的结论",
};

const en: typeof zh = {
  title: "Review",
  board: "To review",
  boardEmpty: "Nothing waits for a review",
  roles: {
    tutor: "Beside the customer",
    reviewer: "Check",
    authoriser: "Authorise",
    double_record: "Recorded sale",
  },
  media: { chat: "chat", voice: "voice", video: "video", screen: "screen" },
  take: "Take it",
  by: (who) => `${who} works on it`,
  barred: "You had a hand in this: another colleague must decide",
  clock: (t) => `${t} so far`,
  limit: (s) => (s > 0 ? `Decide within ${s} s` : "Over 60 s, the customer waits"),
  done: (n, of) => `${n} of ${of} checked`,
  optional: "optional",
  ok: "Checked",
  no: "Not so",
  again: "Take back",
  at: (time) => `ticked ${time}`,
  noAt: (time) => `not so ${time}`,
  show: "Read to customer",
  hide: "Put away",
  shown: "The customer sees these words",
  yes: (time) => `Customer at ${time}: understood`,
  notYes: (time) => `Customer at ${time}: not understood, read it again`,
  pass: "Approve",
  missing: (what) => `Not checked yet: ${what}`,
  meet: "Open the session and meet the customer first",
  refuse: "Refuse",
  unsafe: "Directed by somebody: stop",
  failed: "Not finished",
  leave: "Put back",
  reason: "Why it is refused (the customer reads it)",
  send: "Refuse",
  cancel: "Cancel",
  deciding: "Sending…",
  decided: "Decided, the customer is being handed back",
  outcomes: {
    passed: "approved",
    refused: "refused",
    unsafe: "directed by somebody",
    failed: "not finished",
  },
  before: "What colleagues decided",
};

/** ReviewWords are the words of the review panel and its board. */
export type ReviewWords = typeof zh;

/** reviewWords gives them in a language. */
export function reviewWords(locale: Locale): ReviewWords {
  return locale === "en" ? en : zh;
}
