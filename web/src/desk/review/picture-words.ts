import type { Locale } from "../../api/wire";

const zh = {
  title: "客户拍的材料",
  reading: "正在识别",
  loading: "正在打开",
  nothingAsked: "这一张只看，不识别",
  notFound: "没有认出，由客户填写",
  unsure: "不确定，由客户确认",
  fields: {
    name: "姓名或名称",
    payee: "收款方",
    authority: "签发机关",
    income: "收入",
    place: "地点",
    amount: "金额",
    date: "日期",
    valid_until: "有效期至",
    card_tail: "卡号尾号",
  } as Record<string, string>,
};

const en: typeof zh = {
  title: "What the customer photographed",
  reading: "Being read",
  loading: "Opening",
  nothingAsked: "To look at only",
  notFound: "Not made out: the customer fills it in",
  unsure: "Unsure: the customer confirms it",
  fields: {
    name: "Name",
    payee: "Payee",
    authority: "Authority",
    income: "Income",
    place: "Place",
    amount: "Amount",
    date: "Date",
    valid_until: "Valid until",
    card_tail: "Card's last digits",
  },
};

/** pictureWords are the words about customers' pictures in a language. */
export function pictureWords(locale: Locale): typeof zh {
  return locale === "en" ? en : zh;
}
