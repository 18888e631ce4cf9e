import { expect, it } from "vitest";
import { sideBySide } from "./diff";

it("puts what was beside what is", () => {
  expect(sideBySide("…\n a\n-b\n-c\n+B\n d\n+e\n")).toEqual([
    { kind: "gap", old: "…", fresh: "…" },
    { kind: "same", old: "a", fresh: "a" },
    { kind: "changed", old: "b", fresh: "B" },
    { kind: "changed", old: "c", fresh: null },
    { kind: "same", old: "d", fresh: "d" },
    { kind: "changed", old: null, fresh: "e" },
  ]);
});
