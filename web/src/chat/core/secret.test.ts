import { describe, expect, it } from "vitest";
import { filled, typed } from "./secret";

const account = { name: "account_no", label: "对方账号", digits_min: 12, digits_max: 19 };
const code = { name: "sms_code", label: "短信验证码", digits: 6 };

describe("a secure field", () => {
  it("takes an account number however it is pasted", () => {
    expect(typed(account, "6217 0000-0000 5555")).toBe("6217000000005555");
    expect(typed(account, "62170000000055551234")).toBe("6217000000005555123");
  });

  it("is filled within its bounds", () => {
    expect(filled(account, "62170000000")).toBe(false);
    expect(filled(account, "621700000000")).toBe(true);
    expect(filled(account, "6217000000005555123")).toBe(true);
  });

  it("keeps a code to its length and a password as it is", () => {
    expect(typed(code, "24 68 10 9")).toBe("246810");
    expect(filled(code, "24681")).toBe(false);
    expect(filled(code, "246810")).toBe(true);
    const free = { name: "password", label: "密码" };
    expect(typed(free, "a b1")).toBe("a b1");
    expect(filled(free, "")).toBe(false);
    expect(filled(free, "x")).toBe(true);
  });
});
