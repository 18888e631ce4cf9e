import { describe, expect, it } from "vitest";
import type { RunTurn } from "../wire";
import { marksOf, visitsOf } from "./path";

const turn = (...steps: string[]): RunTurn => ({
  said: [],
  calls: [],
  slots: [],
  flow: "pay",
  step: "",
  path: steps.map((s) => {
    const [flow = "", step = ""] = s.split("/");
    return { flow, step: step.replace("?", ""), skipped: step.endsWith("?") };
  }),
});

describe("the path of a run", () => {
  it("lights what was passed, and marks where it stands", () => {
    const visits = visitsOf([turn("pay/form"), turn("pay/form", "pay/warn?", "other/x", "pay/read")], "pay");
    expect(visits.map((v) => v.step)).toEqual(["form", "form", "warn", "read"]);
    const { steps, ways } = marksOf(visits);
    expect([...steps]).toEqual([
      ["form", "lit"],
      ["read", "now"],
    ]);
    expect([...ways.keys()]).toEqual(["form>warn", "warn>read"]);
  });

  it("is dark before anything was said", () => {
    expect(marksOf([]).steps.size).toBe(0);
  });
});
