// The cast and the document of the fake server.
import type { Person } from "../src/api/wire.ts";

const person = (
  id: string,
  name: string,
  age: number,
  story: string,
  role: string,
  hue: string,
  more: Partial<Person> = {},
): Person => ({
  id,
  name,
  age,
  story,
  story_en: `${name}: a story in English`,
  role,
  hue,
  name_en: name,
  lines_en: [],
  tags: [],
  lines: [],
  ...more,
});
/** CAST is the fake cast. */
export const CAST = {
  customers: [
    person(
      "C001",
      "王秀英",
      72,
      "存折换了新卡，三年定期还有三天到期，想给儿子转点钱",
      "customer",
      "#b4533c",
      { edition: "elder" },
    ),
    person("C002", "李伟", 34, "有房贷，信用卡后天到期，通讯录里有两个老王", "customer", "#2f6f9f"),
    person("C003", "陈静", 29, "有一笔不认识的扣款，想弄清楚是谁扣的", "customer", "#7a4f9a"),
    person("C006", "Emily Chen", 31, "用护照开户，只说英文", "customer", "#2c7a5b", { locale: "en" }),
    person("C008", "吴桂芬", 80, "耳朵不好，孙女常帮忙", "customer", "#8a6d1f", { edition: "elder" }),
    person("C010", "黄丽", 41, "手机和卡一起丢了，很着急", "customer", "#a03a5a"),
  ],
  staff: [
    person("A001", "林芳", 36, "长辈专席，会说方言", "agent", "#2f6f9f"),
    person("A002", "周凯", 29, "理财双录专席", "agent", "#3c7a4a"),
    person("S001", "何敏", 45, "当班主管，能授权", "supervisor", "#7a4f9a"),
    person("E001", "徐岚", 33, "知识与意图编辑", "editor", "#a05a2c"),
    person("P001", "郭峰", 50, "发布审批", "approver", "#455a64"),
  ],
};
/** SOURCE is the one document that opens. */
export const SOURCE = {
  article: "deposit-rates",
  title: "人民币存款挂牌利率",
  text: "自公布之日起执行。\n提前支取按支取日活期利率计息。",
  origin: "示例银行利率公告（演示）",
  from: "2026-01-05",
  until: "",
  row: 2,
  table: {
    columns: ["期限", "年利率", "起存"],
    rows: [
      ["一年", "1.10%", "50 元"],
      ["二年", "1.20%", "50 元"],
      ["三年", "1.55%", "50 元"],
    ],
  },
};
