// What the console's fake knows at the start: people, articles, an intent, employees, one trial.
import type { Article, EmployeeRow, IntentView, TryRequest, TryResult } from "../../src/console/wire.ts";

const article = (
  id: string,
  group: string,
  title: string,
  question: string,
  answer: string,
  similar: string[],
): Article => ({
  id,
  title: { zh: title, en: id },
  group,
  owner: "个人金融部",
  audience: ["customer"],
  question: { zh: question },
  similar: { zh: similar },
  valid: { from: "2026-01-01", until: id === "fx-rate" ? "2026-12-05" : "" },
  answer: { zh: answer, "zh-elder": "慢慢说。", en: "In English." },
  source: "《手册》第一章",
  keywords: ["定期"],
});

/** STAFF are the colleagues who can sign in. */
export const STAFF = [
  {
    id: "E01",
    name: "沈知",
    name_en: "Shen Zhi",
    role: "editor",
    roles: ["editor"],
    hue: "#1A8A9A",
    story: "写条目的人，每天从最费人工的未命中开始。",
  },
  {
    id: "E02",
    name: "曹严",
    name_en: "Cao Yan",
    role: "approver",
    roles: ["approver", "editor"],
    hue: "#B4467E",
    story: "第二双眼睛，不看完对比不点发布。",
  },
  {
    id: "D01",
    name: "彭工",
    name_en: "Peng Gong",
    role: "admin",
    roles: ["admin", "editor", "approver"],
    hue: "#5F6B73",
    story: "管权限、看审计、敢拔节点的人。",
  },
  {
    id: "A01",
    name: "林晓",
    name_en: "Lin Xiao",
    role: "agent",
    roles: ["agent"],
    hue: "#1F6FEB",
    story: "五年老坐席。",
  },
];

/** articlesAtFirst are the published articles. */
export const articlesAtFirst = (): Article[] => [
  article(
    "deposits-term-rate",
    "deposits",
    "定期存款利率",
    "定期存款利率是多少",
    "三年期年利率1.25%，按存入当日挂牌利率计息。",
    ["三年定期多少", "存三年给几个点"],
  ),
  article("fx-rate", "fx", "外汇牌价", "今天美元多少钱", "以当日牌价为准，页面每天 9:30 更新。", [
    "美元汇率",
    "日元现在啥价",
  ]),
  article("cards-lost", "cards", "挂失银行卡", "卡丢了怎么办", "说“挂失”，我先锁卡，再办正式挂失。", [
    "卡不见了",
  ]),
];

/** intentAtFirst is the only intent. */
export const intentAtFirst = (): IntentView => ({
  name: "deposit_rate",
  label: "查存款利率",
  label_en: "Deposit rates",
  kind: "knowledge",
  article: "deposits-term-rate",
  zh: 3,
  en: 1,
  thin: true,
  file: { path: "intents/deposit_rate.yaml", base: "i0", state: "published" },
  examples: { zh: ["三年定期多少", "存一年利息几个点", "利率看一眼"], en: ["deposit rate"] },
  overlaps: [
    {
      mine: "利率看一眼",
      intent: "fx_rate",
      label: "查外汇牌价",
      theirs: "外汇牌价看一眼",
      likeness: 0.82,
    },
  ],
});

/** employeesAtFirst are on duty. */
export const employeesAtFirst = (): EmployeeRow[] => [
  {
    id: "xiaoan",
    name: "小安",
    job: "咨询顾问",
    serves: "customer",
    scenes: ["balance"],
    knowledge: ["customer"],
    supervisor: "S01",
    greeting: "您好，我是数字员工小安，是机器人，不是真人。",
    hours: { zh: "每天 00:00-24:00", en: "Every day, around the clock", from: "00:00", until: "24:00" },
    hue: "#1F6FEB",
    file: { path: "employees/xiaoan.yaml", base: "e1", state: "published" },
    on_leave: false,
  },
  {
    id: "xiaoda",
    name: "小达",
    job: "业务经办",
    serves: "customer",
    scenes: ["balance", "transfer"],
    knowledge: ["customer"],
    supervisor: "S01",
    greeting: "您好，我是数字员工小达，动钱之前先念给您听。",
    hours: { zh: "每天 00:00-24:00", en: "Every day, around the clock", from: "00:00", until: "24:00" },
    hue: "#0E8A6B",
    file: { path: "employees/xiaoda.yaml", base: "e1", state: "published" },
    on_leave: false,
  },
];

/** tried is every step of one message. */
export function tried(body: TryRequest, release: string): TryResult {
  return {
    release,
    on: new Date().toISOString(),
    threshold: 0.5,
    understood: {
      intents: [
        { name: "deposit_rate", label: "查存款利率", p: 0.91 },
        { name: "fx_rate", label: "查外汇牌价", p: 0.05 },
      ],
      verdict: "act",
      in_scope: 0.97,
      entities: [{ kind: "term", text: "三年", value: "P3Y" }],
      alarms: [],
      acts: [],
      parts: [body.text],
      article: "deposits-term-rate",
      audience: ["customer"],
    },
    passages: [
      {
        place: 1,
        article: "deposits-term-rate",
        passage: "p1",
        title: "定期存款利率",
        text: "三年期年利率1.25%，按存入当日挂牌利率计息。",
        rows: ["整存整取 三年 1.25%"],
        source: "挂牌利率表",
        words_rank: 1,
        vector_rank: 2,
        fused: 0.0325,
        score: 0.97,
        answers: true,
        via: "table",
        audience: ["customer"],
      },
      {
        place: 2,
        article: "fx-rate",
        passage: "p2",
        title: "外汇牌价",
        text: "以当日牌价为准。",
        rows: [],
        source: "",
        words_rank: 0,
        vector_rank: 1,
        fused: 0.0164,
        score: 0.12,
        answers: false,
        via: "search",
        audience: ["customer"],
      },
    ],
    decided: { answer: "现在三年期整存整取年利率是 1.25%。", why: "表格里查到唯一一行" },
    steps: [
      { name: "understand", us: 180 },
      { name: "search", us: 3400 },
      { name: "decide", us: 95 },
    ],
  };
}
