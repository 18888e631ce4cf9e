/** Point is one place the pen was at. */
export type Point = [number, number];

/** mostChars is what fits the value of one edit. */
const mostChars = 1900;

/** longEnough tells a name from a slip of the finger. */
export function longEnough(strokes: Point[][]): boolean {
  return strokes.reduce((n, s) => n + s.length, 0) >= 8;
}

/** path writes strokes as an SVG path, thinned until it fits. */
export function path(strokes: Point[][]): string {
  for (let step = 1; ; step++) {
    const text = strokes
      .map((s) => s.filter((_, i) => i % step === 0 || i === s.length - 1))
      .map((s) => s.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x} ${y}`).join(""))
      .join("");
    if (text.length <= mostChars || step > 200) return text.slice(0, mostChars);
  }
}
