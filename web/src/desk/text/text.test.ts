import { describe, expect, it } from "vitest";
import { CANNED, matching, slashOf } from "./canned";
import { findings } from "./forbidden";

const severity = (text: string): string =>
  findings(text)
    .map((f) => f.severity)
    .join() || "fine";

describe("forbidden wording", () => {
  it.each([
    "把验证码告诉我",
    "验证码发我一下",
    "麻烦您报一下密码",
    "请提供短信验证码",
    "您的CVV是多少，发给我",
    "验 证 码发我".replace(/ /g, "\u200b"),
    "在聊天里打出验证码就行",
    "what is your PIN",
    "tell me your password",
    "please send me the verification code",
    "别担心，把验证码发给我",
  ])("blocks %s", (text) => expect(severity(text)).toContain("block"));

  it.each([
    "这个产品保本",
    "肯定赚的",
    "放心，零风险",
    "贷款一定能批",
    "赶紧买吧",
    "这不关我的事",
    "It is risk-free",
  ])("asks to change %s", (text) => expect(severity(text)).toBe("change"));

  it.each([
    "请不要把验证码告诉任何人",
    "我们不会向您要密码和验证码",
    "密码千万不要告诉别人",
    "这款产品不保本",
    "产品并非保本，也不保证收益",
    "请您在安全框里输入验证码",
    "您可以在手机银行修改密码",
    "Never share your password with anyone",
    "Returns are not guaranteed",
    "您好，我马上帮您查",
  ])("lets %s go", (text) => expect(severity(text)).toBe("fine"));

  it("finds nothing in our own phrases and suggestions", () => {
    for (const c of CANNED) {
      expect([c.id, severity(c.zh), severity(c.en)]).toEqual([c.id, "fine", "fine"]);
    }
    for (const text of ["验证码发我", "保本", "一定能批", "赶紧买", "不关我事"]) {
      for (const f of findings(text)) {
        expect([severity(f.instead.zh), severity(f.instead.en)]).toEqual(["fine", "fine"]);
      }
    }
  });
});

describe("canned phrases", () => {
  it("are found by key and by text, with the agent's name in", () => {
    expect(matching("nh", "zh", "林晓")[0]?.text).toContain("我是人工坐席林晓");
    expect(matching("安全框", "zh", "").map((c) => c.id)).toEqual(["box"]);
    expect(matching("hello", "en", "Lin Xiao")[0]?.text).toContain("I'm Lin Xiao");
    expect(matching("", "zh", "")).toHaveLength(CANNED.length);
    expect(new Set(CANNED.map((c) => c.id)).size).toBe(CANNED.length);
  });
  it("open by a leading slash only", () => {
    expect(slashOf("/nh")).toBe("nh");
    expect(slashOf("／")).toBe("");
    expect(slashOf("3/4")).toBeNull();
    expect(slashOf("")).toBeNull();
  });
});
