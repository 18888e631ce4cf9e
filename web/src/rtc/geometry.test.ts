import { describe, expect, it } from "vitest";
import { centre, clampToSurface, fromSurface, pictureRect, toFractions, toPage, toSurface } from "./geometry";

const view = { n: 1, x: 0, y: 300, w: 1000, h: 500, page_w: 1000, page_h: 3000, dpr: 2 };

describe("pictureRect", () => {
  it("puts bars left and right of a tall picture", () => {
    expect(pictureRect({ w: 100, h: 200 }, { w: 400, h: 200 })).toEqual({ x: 150, y: 0, w: 100, h: 200 });
  });
  it("puts bars above and below a wide picture", () => {
    expect(pictureRect({ w: 200, h: 100 }, { w: 200, h: 400 })).toEqual({ x: 0, y: 150, w: 200, h: 100 });
  });
  it("is empty while the video has no size", () => {
    expect(pictureRect({ w: 0, h: 0 }, { w: 200, h: 400 }).w).toBe(0);
  });
});

describe("the surface", () => {
  const picture = pictureRect({ w: 1600, h: 900 }, { w: 800, h: 600 });
  it("is empty on the bars", () => {
    expect(toSurface({ x: 400, y: 10 }, picture)).toBeNull();
    expect(toSurface({ x: 400, y: 595 }, picture)).toBeNull();
  });
  it("goes there and back", () => {
    for (const at of [
      { x: 0, y: 75 },
      { x: 400, y: 300 },
      { x: 800, y: 525 },
      { x: 123, y: 456 },
    ]) {
      const there = toSurface(at, picture);
      expect(there).not.toBeNull();
      if (!there) return;
      const back = fromSurface(there, picture);
      expect(back.x).toBeCloseTo(at.x, 9);
      expect(back.y).toBeCloseTo(at.y, 9);
    }
  });
  it("keeps a drag inside", () => {
    expect(clampToSurface({ x: -50, y: 9999 }, picture)).toEqual({ x: 0, y: 1 });
    expect(clampToSurface({ x: 1, y: 1 }, { x: 0, y: 0, w: 0, h: 0 })).toEqual({ x: 0, y: 0 });
  });
});

describe("the page", () => {
  it("adds the scroll position of the view the agent saw", () => {
    expect(toPage({ x: 0.5, y: 0.5 }, view)).toEqual({ x: 500, y: 550 });
    expect(toPage({ x: 0.5, y: 0.5 }, { ...view, y: 0 })).toEqual({ x: 500, y: 250 });
  });
  it("keeps a place within an element that moves and grows", () => {
    const inside = toFractions({ x: 150, y: 220 }, { x: 100, y: 200, w: 100, h: 40 });
    expect(inside).toEqual({ x: 0.5, y: 0.5 });
    expect(fromSurface(inside, { x: 10, y: 900, w: 300, h: 80 })).toEqual({ x: 160, y: 940 });
  });
  it("finds the middle of a box", () => {
    expect(
      centre([
        { x: 0, y: 10 },
        { x: 20, y: 30 },
      ]),
    ).toEqual({ x: 10, y: 20 });
  });
});
