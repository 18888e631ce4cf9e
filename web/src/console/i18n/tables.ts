import type { Locale } from "./index";

/** Pair is a name in Chinese and English. */
type Pair = readonly [zh: string, en: string];

/** TABLES are the tables that are shipped, by file name. */
const TABLES: Record<string, Pair> = {
  branches: ["网点信息", "Branches"],
  deposit_rates: ["存款利率", "Deposit rates"],
  fees: ["服务收费", "Fees"],
  fx: ["外汇牌价", "Exchange rates"],
  holidays: ["节假日", "Holidays"],
  limits: ["交易限额", "Limits"],
  lpr: ["贷款市场报价利率", "Loan prime rate"],
  products: ["理财产品", "Wealth products"],
  thresholds: ["业务阈值", "Thresholds"],
};

/** COLUMNS are their columns; the English half of a column ends with _en. */
const COLUMNS: Record<string, Pair> = {
  id: ["编号", "Number"],
  name: ["名称", "Name"],
  alias: ["别名", "Also called"],
  city: ["城市", "City"],
  district: ["区县", "District"],
  address: ["地址", "Address"],
  phone: ["电话", "Phone"],
  weekday: ["工作日", "Weekdays"],
  weekend: ["周末", "Weekends"],
  counters: ["窗口数", "Counters"],
  self_service: ["自助区", "Self-service"],
  step_free: ["无障碍", "Step-free"],
  services: ["可办业务", "Services"],
  product: ["产品", "Product"],
  term: ["期限", "Term"],
  rate: ["年利率 %", "Rate a year %"],
  min_amount: ["起点金额", "Least amount"],
  from: ["生效日", "From"],
  until: ["失效日", "Until"],
  item: ["项目", "Item"],
  channel: ["渠道", "Channel"],
  fee: ["费用", "Fee"],
  unit: ["单位", "Unit"],
  cap: ["上下限", "Cap"],
  note: ["说明", "Note"],
  currency: ["币种", "Currency"],
  code: ["代码", "Code"],
  spot_buy: ["现汇买入", "Spot, we buy"],
  cash_buy: ["现钞买入", "Notes, we buy"],
  spot_sell: ["现汇卖出", "Spot, we sell"],
  cash_sell: ["现钞卖出", "Notes, we sell"],
  at: ["报价时间", "Quoted at"],
  date: ["日期", "Date"],
  kind: ["类别", "Kind"],
  level: ["身份等级", "Level"],
  per_transaction: ["单笔", "A transaction"],
  per_day: ["每日", "A day"],
  per_year: ["每年", "A year"],
  one_year: ["1 年期", "1 year"],
  five_year: ["5 年期以上", "5 years and over"],
  rating: ["风险等级", "Risk rating"],
  benchmark: ["业绩参考", "Benchmark"],
  redemption: ["赎回", "Redemption"],
  quick_redeem_day: ["每日快赎上限", "Quick redemption a day"],
  quick: ["快赎", "Quick redemption"],
  state: ["状态", "State"],
  sheet: ["说明书", "Product sheet"],
  value: ["数值", "Value"],
  meaning: ["含义", "Meaning"],
};

/** tableName is what a table is called; one added later keeps its file's name. */
export function tableName(name: string, locale: Locale): string {
  return TABLES[name]?.[locale === "en" ? 1 : 0] ?? name;
}

/** columnName is what a column is called; a column nobody named keeps its own. */
export function columnName(column: string, locale: Locale): string {
  const half = column.endsWith("_en");
  const known = COLUMNS[half ? column.slice(0, -3) : column]?.[locale === "en" ? 1 : 0];
  if (known === undefined) return column;
  return half ? `${known}${locale === "en" ? " (English)" : "（英文）"}` : known;
}
