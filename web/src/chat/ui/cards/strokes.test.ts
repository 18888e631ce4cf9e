import { describe, expect, it } from "vitest";
import { longEnough, type Point, path } from "./strokes";

const line = (n: number): Point[] => Array.from({ length: n }, (_, i): Point => [i % 320, 60]);

describe("a drawn signature", () => {
  it("is a path of its strokes", () => {
    expect(
      path([
        [
          [1, 2],
          [3, 4],
        ],
        [[5, 6]],
      ]),
    ).toBe("M1 2L3 4M5 6");
  });
  it("fits one edit however long it is drawn", () => {
    const text = path([line(5000), line(5000)]);
    expect(text.length).toBeLessThanOrEqual(1900);
    expect(text).toMatch(/^M0 60/);
    expect(text.match(/M/g)).toHaveLength(2);
  });
  it("is no slip of the finger", () => {
    expect(longEnough([line(3)])).toBe(false);
    expect(longEnough([line(5), line(5)])).toBe(true);
  });
});
