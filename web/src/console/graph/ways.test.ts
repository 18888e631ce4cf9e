import { describe, expect, it } from "vitest";
import { words } from "../i18n";
import type { FlowGraph } from "../wire";
import { gist, labelOf, plainText, sayOf, stepAtLine, waysOf, widthOf } from "./ways";

const graph: FlowGraph = {
  flow: "pay",
  name: { zh: "缴费", en: "pay" },
  nodes: [
    {
      id: "form",
      kind: "ask",
      line: 10,
      until: 11,
      texts: [{ path: "$.slots[0].ask", name: "ask", text: { zh: "缴多少？", en: "How much?" }, line: 6 }],
    },
    { id: "pay", kind: "call", irreversible: true, detail: "bank.pay", line: 12, until: 20, texts: [] },
    { id: "end", kind: "end", detail: "done", line: 21, until: 21, texts: [] },
  ],
  edges: [
    { from: "form", to: "pay", kind: "below", path: "$.steps[0].next" },
    { from: "pay", to: "end", kind: "below", path: "$.steps[1].next" },
    { from: "pay", to: "form", kind: "code", label: "wrong_code", path: "$.steps[1].call.codes.wrong_code" },
    { from: "pay", to: "form", kind: "code", label: "expired", path: "$.steps[1].call.codes.expired" },
    { from: "pay", to: "form", kind: "on", label: "refused", path: "$.steps[1].call.on.refused" },
  ],
};

describe("ways", () => {
  it("draws what leads from one step to another as one line, with a word for the rest", () => {
    const ways = waysOf(graph, "zh", words("zh"));
    expect(ways.map((w) => [w.id, w.label])).toEqual([
      ["form>pay", ""],
      ["pay>end", "办成"],
      ["pay>form", "wrong_code 等 3 种"],
    ]);
    expect(ways[2]?.whole).toBe("wrong_code、expired、银行拒绝");
    expect(ways[2]?.edges).toHaveLength(3);
  });

  it("says what the customer reads, without the template's marks", () => {
    const [form, pay, end] = graph.nodes;
    if (!form || !pay || !end) throw new Error("three steps");
    expect(sayOf(form, "en", words("en"))).toBe("How much?");
    expect(sayOf(pay, "zh", words("zh"))).toBe("bank.pay");
    expect(sayOf(end, "zh", words("zh"))).toBe("办成");
    expect(plainText("转 {{ money .amount }}{{ if .memo }}，附言{{ .memo }}{{ end }}。")).toBe(
      "转 〈amount〉，附言〈memo〉。",
    );
    expect(labelOf({ from: "a", to: "b", kind: "branch", label: "" }, undefined, "en", words("en"))).toBe(
      "otherwise",
    );
  });

  it("finds the step of a line, and who asks for the slot of one", () => {
    expect(stepAtLine(graph, 15)).toBe("pay");
    expect(stepAtLine(graph, 6)).toBe("form");
    expect(stepAtLine(graph, 1)).toBe("");
    expect(stepAtLine(null, 1)).toBe("");
  });

  it("tells conditions apart by their last clause", () => {
    expect(gist('quote.refusal != nil && quote.refusal.code == "too_little"')).toBe("code = too_little");
    expect(gist("quote.refusal != nil")).toBe("quote.refusal ≠ nil");
    expect(gist('item.kind in ["debit", "passbook"]')).toBe("kind ∈ debit, passbook");
    expect(gist('kind == ""')).toBe('kind = ""');
    expect(gist("isHoliday")).toBe("isHoliday");
  });

  it("keeps labels within their room", () => {
    expect(widthOf("")).toBe(0);
    expect(widthOf("一二")).toBe(38);
    expect(widthOf("x".repeat(200))).toBe(150);
  });
});
