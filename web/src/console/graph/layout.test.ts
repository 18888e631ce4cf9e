import { describe, expect, it } from "vitest";
import { type Box, type Layout, type Line, layoutOf, pathOf } from "./layout";

const box = (id: string): Box => ({ id, width: 180, height: 70 });
const line = (from: string, to: string, label = 0): Line => ({ id: `${from}>${to}`, from, to, label });

/** random is a small generator of numbers that are the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

function someGraph(seed: number): { boxes: Box[]; lines: Line[] } {
  const next = random(seed);
  const count = 4 + Math.floor(next() * 26);
  const boxes = Array.from({ length: count }, (_, i) => box(`n${i}`));
  const lines = new Map<string, Line>();
  for (let i = 0; i + 1 < count; i++) lines.set(`n${i}>n${i + 1}`, line(`n${i}`, `n${i + 1}`));
  for (let i = 0; i < count; i++) {
    const l = line(
      `n${Math.floor(next() * count)}`,
      `n${Math.floor(next() * count)}`,
      Math.floor(next() * 3) * 60,
    );
    if (l.from !== l.to) lines.set(l.id, l);
  }
  return { boxes, lines: [...lines.values()] };
}

interface Area {
  name: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function areas(layout: Layout, lines: readonly Line[]): Area[] {
  const nodes = [...layout.nodes.values()].map((n) => ({
    name: n.id,
    left: n.x,
    right: n.x + n.width,
    top: n.y,
    bottom: n.y + n.height,
  }));
  const labels = lines.flatMap((l) => {
    const at = layout.lines.get(l.id)?.label;
    return at
      ? [{ name: l.id, left: at.x - l.label / 2, right: at.x + l.label / 2, top: at.y - 9, bottom: at.y + 9 }]
      : [];
  });
  return [...nodes, ...labels];
}

const overlap = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

describe("layoutOf", () => {
  it("puts steps in rows, branches side by side, and leads circles up", () => {
    const lines = [
      line("form", "quote"),
      line("quote", "ok", 60),
      line("quote", "no", 60),
      line("no", "form"),
    ];
    const layout = layoutOf(["form", "quote", "ok", "no"].map(box), lines);
    const rows = Object.fromEntries([...layout.nodes].map(([id, n]) => [id, n.row]));
    expect(rows).toEqual({ form: 0, quote: 1, ok: 2, no: 2 });
    expect([...layout.lines.values()].filter((l) => l.back).map((l) => l.id)).toEqual(["no>form"]);
    const up = layout.lines.get("no>form")?.points ?? [];
    expect(up[0]?.y).toBeGreaterThan(up.at(-1)?.y ?? 0);
    expect(Math.min(...up.map((p) => p.x))).toBeLessThan(
      Math.min(...[...layout.nodes.values()].map((n) => n.x)),
    );
    const down = layout.lines.get("quote>ok");
    const quote = layout.nodes.get("quote");
    expect(down?.points[0]?.y).toBe((quote?.y ?? 0) + 70);
    expect(down?.label?.y).toBeGreaterThan((quote?.y ?? 0) + 70);
  });

  it("lays nothing on anything else, in forty graphs", () => {
    const wrong: string[] = [];
    for (let seed = 1; seed <= 40; seed++) {
      const { boxes, lines } = someGraph(seed);
      const layout = layoutOf(boxes, lines);
      const all = areas(layout, lines);
      const steps = areas(layout, []);
      for (const [i, a] of all.entries()) {
        for (const b of all.slice(i + 1))
          if (overlap(a, b)) wrong.push(`${a.name} lies on ${b.name} in graph ${seed}`);
        if (a.left < 0 || a.right > layout.width || a.bottom > layout.height)
          wrong.push(`${a.name} is out of the paper in graph ${seed}`);
      }
      // No way passes through a node: where it stands or lies straight, it is beside them.
      for (const l of layout.lines.values())
        for (const [i, p] of l.points.entries()) {
          const q = l.points[i + 1];
          if (!q || (p.x !== q.x && p.y !== q.y) || i === 0 || i + 2 === l.points.length) continue;
          const thread = {
            name: l.id,
            left: Math.min(p.x, q.x) - 1,
            right: Math.max(p.x, q.x) + 1,
            top: Math.min(p.y, q.y),
            bottom: Math.max(p.y, q.y),
          };
          for (const n of steps)
            if (overlap(n, thread)) wrong.push(`${l.id} crosses ${n.name} in graph ${seed}`);
        }
    }
    expect(wrong).toEqual([]);
  }, 30_000);

  it("leads down unless it must lead up, and is the same each time", () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { boxes, lines } = someGraph(seed);
      const layout = layoutOf(boxes, lines);
      for (const l of lines) {
        const [from, to] = [layout.nodes.get(l.from), layout.nodes.get(l.to)];
        if (layout.lines.get(l.id)?.back) expect(to?.row).toBeLessThan(from?.row ?? 0);
        else expect(to?.row).toBeGreaterThan(from?.row ?? 0);
      }
      expect(layoutOf(boxes, lines)).toEqual(layout);
    }
  });

  it("takes an empty graph, a step alone, a way to itself and one to nowhere", () => {
    expect(layoutOf([], []).nodes.size).toBe(0);
    const layout = layoutOf([box("a")], [line("a", "a"), line("a", "moon")]);
    expect(layout.nodes.get("a")?.row).toBe(0);
    expect(layout.lines.size).toBe(0);
  });

  it("draws a path through its points", () => {
    expect(
      pathOf([
        { x: 10, y: 0 },
        { x: 10, y: 20 },
        { x: 30, y: 40 },
      ]),
    ).toBe("M10 0L10 20C10 30 30 30 30 40");
    expect(
      pathOf([
        { x: 40, y: 0 },
        { x: 40, y: 20 },
        { x: 0, y: 20 },
      ]),
    ).toBe("M40 0L40 14Q40 20 34 20L0 20");
  });
});
