import { expect, test } from "vitest";
import { sayings } from "./sayings";

test("three items between semicolons are a list, the sentence before stays text", () => {
  expect(sayings("都免费。\n同行（柜面）0.00元/笔；同行（ATM）0.00元/笔；跨行（ATM）0.02%按金额。")).toEqual([
    { text: "都免费。" },
    { items: ["同行（柜面）0.00元/笔", "同行（ATM）0.00元/笔", "跨行（ATM）0.02%按金额"] },
  ]);
  expect(sayings("A: 1 yuan; B: 2 yuan; C: 0.5 yuan")).toEqual([
    { items: ["A: 1 yuan", "B: 2 yuan", "C: 0.5 yuan"] },
  ]);
});

test("prose with semicolons and short answers stay as they are", () => {
  expect(sayings("第一年免费；以后每年10元。")).toEqual([{ text: "第一年免费；以后每年10元。" }]);
  expect(sayings("可以。先去柜面；再填表；最后签字。")).toEqual([
    { text: "可以。先去柜面；再填表；最后签字。" },
  ]);
  expect(sayings("一行\n两行")).toEqual([{ text: "一行\n两行" }]);
});
