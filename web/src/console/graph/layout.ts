/** Box is a node to be placed, with its size. */
export interface Box {
  id: string;
  width: number;
  height: number;
}

/** Line is a way to be drawn between two nodes; label is the width its label needs, 0 for none. */
export interface Line {
  id: string;
  from: string;
  to: string;
  label: number;
}

/** Point is a place on the canvas. */
export interface Point {
  x: number;
  y: number;
}

/** Placed is a node in its place: x and y are its upper left corner, row counts from the top. */
export interface Placed extends Box, Point {
  row: number;
}

/** Drawn is a way with the points it passes, and where the middle of its label is. */
export interface Drawn {
  id: string;
  points: Point[];
  label: Point | null;
  /** back is a way that leads up again. */
  back: boolean;
}

/** Layout is all nodes and ways in their places. */
export interface Layout {
  nodes: Map<string, Placed>;
  lines: Map<string, Drawn>;
  width: number;
  height: number;
}

/** LABEL is how high a label is. */
export const LABEL = 20;
const GAP_X = 18;
const GAP_Y = 13;
const THREAD = 8;
const LANE = 11;
const RUN = 7;
const MARGIN = 16;

/** Item is what stands in a row: a node, or the place where a way passes or has its label. */
interface Item {
  id: string;
  width: number;
  height: number;
  node: boolean;
  x: number;
  up: Item[];
  down: Item[];
}

/**
 * layoutOf places a graph in rows from top to bottom. Every way down passes each row between its
 * ends at a place of its own, and labels have places of their own too; a way that would close a
 * circle goes up in a lane at the left. So nothing lies on anything else. The same graph is always
 * placed the same.
 */
export function layoutOf(boxes: readonly Box[], all: readonly Line[]): Layout {
  const known = new Set(boxes.map((b) => b.id));
  const lines = all.filter((l) => known.has(l.from) && known.has(l.to) && l.from !== l.to);
  const back = backward(boxes, lines);
  const down = lines.filter((l) => !back.has(l.id));
  const up = lines.filter((l) => back.has(l.id));
  const rank = ranks(boxes, down);
  // Nodes stand in odd rows; labels, and the runs of ways that go up, in the even ones between.
  if (boxes.length === 0) return { nodes: new Map(), lines: new Map(), width: 0, height: 0 };
  const rowOf = (id: string): number => 2 * (rank.get(id) ?? 0) + 1;
  const rows: Item[][] = [[]];
  const items = new Map<string, Item>();
  const put = (row: number, id: string, width: number, height: number, node = false): Item => {
    const item: Item = { id, width, height, node, x: 0, up: [], down: [] };
    while (rows.length <= row) rows.push([]);
    rows[row]?.push(item);
    return item;
  };
  for (const b of boxes) items.set(b.id, put(rowOf(b.id), b.id, b.width, b.height, true));
  const of = (id: string): Item => items.get(id) as Item;
  const tie = (above: Item, below: Item): void => {
    above.down.push(below);
    below.up.push(above);
  };
  const chains = new Map<string, Item[]>();
  for (const l of down) {
    const chain: Item[] = [];
    for (let row = rowOf(l.from) + 1; row < rowOf(l.to); row++) {
      const labelled = l.label > 0 && chain.length === 0;
      const item = put(row, `${l.id}@${row}`, labelled ? l.label : THREAD, labelled ? LABEL : 0);
      tie(chain.at(-1) ?? of(l.from), item);
      chain.push(item);
    }
    tie(chain.at(-1) as Item, of(l.to));
    chains.set(l.id, chain);
  }
  for (const l of up) {
    const leaves = put(rowOf(l.from) + 1, `${l.id}@from`, l.label || THREAD, l.label > 0 ? LABEL : 0);
    const comes = put(rowOf(l.to) - 1, `${l.id}@to`, THREAD, 0);
    tie(of(l.from), leaves);
    tie(comes, of(l.to));
    chains.set(l.id, [leaves, comes]);
  }
  order(rows);
  spread(rows);

  // Ways up run sideways at the foot of the even rows, each at a height of its own.
  const runs = rows.map((): string[] => []);
  for (const l of up) {
    runs[rowOf(l.from) + 1]?.push(`${l.id}@from`);
    runs[rowOf(l.to) - 1]?.push(`${l.id}@to`);
  }
  const lanes = lanesOf(up.map((l) => ({ id: l.id, from: rowOf(l.to) - 1, until: rowOf(l.from) + 1 })));
  const left = Math.min(...rows.flat().map((i) => i.x - i.width / 2));
  const shift = MARGIN - left + (up.length > 0 ? GAP_X + LANE * Math.max(...lanes.values()) : 0);
  for (const item of rows.flat()) item.x += shift;
  const right = Math.max(0, ...rows.flat().map((i) => i.x + i.width / 2));
  const tops: number[] = [];
  let y = MARGIN;
  const tall = (row: readonly Item[], i: number): number =>
    Math.max(0, ...row.map((item) => item.height)) + RUN * (runs[i]?.length ?? 0);
  for (const [i, row] of rows.entries()) {
    tops.push(y);
    const height = tall(row, i);
    if (i > 0 || height > 0) y += Math.max(2, height) + GAP_Y;
  }
  const topOf = (row: number): number => tops[row] ?? y;
  const endOf = (row: number): number => topOf(row) + Math.max(2, tall(rows[row] ?? [], row));
  const nodes = new Map<string, Placed>();
  for (const b of boxes) {
    const row = rowOf(b.id);
    const slack = (endOf(row) - topOf(row) - b.height) / 2;
    nodes.set(b.id, { ...b, x: of(b.id).x - b.width / 2, y: topOf(row) + slack, row: rank.get(b.id) ?? 0 });
  }
  const runAt = (row: number, id: string): number =>
    endOf(row) - RUN * ((runs[row]?.length ?? 0) - (runs[row]?.indexOf(id) ?? 0) - 0.5);
  const drawn = new Map<string, Drawn>();
  for (const l of down) {
    const [from, to] = [nodes.get(l.from) as Placed, nodes.get(l.to) as Placed];
    const chain = chains.get(l.id) as Item[];
    const points: Point[] = [{ x: port(of(l.from), "down", chain[0] as Item), y: from.y + from.height }];
    for (const [i, item] of chain.entries()) {
      const row = rowOf(l.from) + 1 + i;
      points.push({ x: item.x, y: topOf(row) }, { x: item.x, y: endOf(row) });
    }
    points.push({ x: port(of(l.to), "up", chain.at(-1) as Item), y: to.y });
    const label = l.label > 0 ? { x: chain[0]?.x ?? 0, y: topOf(rowOf(l.from) + 1) + LABEL / 2 } : null;
    drawn.set(l.id, { id: l.id, points, label, back: false });
  }
  for (const l of up) {
    const [from, to] = [nodes.get(l.from) as Placed, nodes.get(l.to) as Placed];
    const [leaves, comes] = chains.get(l.id) as [Item, Item];
    const [low, high] = [rowOf(l.from) + 1, rowOf(l.to) - 1];
    const [a, b] = [runAt(low, `${l.id}@from`), runAt(high, `${l.id}@to`)];
    const x = shift + left - GAP_X - LANE * (lanes.get(l.id) ?? 0);
    const points: Point[] = [
      { x: port(of(l.from), "down", leaves), y: from.y + from.height },
      { x: leaves.x, y: topOf(low) },
      { x: leaves.x, y: a },
      { x, y: a },
      { x, y: b },
      { x: comes.x, y: b },
      { x: comes.x, y: endOf(high) },
      { x: port(of(l.to), "up", comes), y: to.y },
    ];
    const label = l.label > 0 ? { x: leaves.x, y: topOf(low) + LABEL / 2 } : null;
    drawn.set(l.id, { id: l.id, points, label, back: true });
  }
  return { nodes, lines: drawn, width: right + MARGIN, height: y - GAP_Y + MARGIN };
}

/** lanesOf gives each way up a lane, the short ones next to the graph; two in one lane never meet. */
function lanesOf(ways: readonly { id: string; from: number; until: number }[]): Map<string, number> {
  const taken: { from: number; until: number }[][] = [];
  const lanes = new Map<string, number>();
  const short = [...ways].sort((a, b) => a.until - a.from - (b.until - b.from));
  for (const way of short) {
    let lane = 0;
    while (taken[lane]?.some((o) => o.from <= way.until && way.from <= o.until)) lane++;
    taken[lane] = [...(taken[lane] ?? []), way];
    lanes.set(way.id, lane);
  }
  return lanes;
}

/** backward finds the ways that close a circle, walking from the first node in the order of the file. */
function backward(boxes: readonly Box[], lines: readonly Line[]): Set<string> {
  const out = new Map<string, Line[]>();
  for (const l of lines) out.set(l.from, [...(out.get(l.from) ?? []), l]);
  const state = new Map<string, "open" | "done">();
  const back = new Set<string>();
  const visit = (id: string): void => {
    state.set(id, "open");
    for (const l of out.get(id) ?? []) {
      if (state.get(l.to) === "open") back.add(l.id);
      else if (!state.has(l.to)) visit(l.to);
    }
    state.set(id, "done");
  };
  for (const b of boxes) if (!state.has(b.id)) visit(b.id);
  return back;
}

/** ranks puts each node one row below the lowest that leads down to it. */
function ranks(boxes: readonly Box[], down: readonly Line[]): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const l of down) into.set(l.to, [...(into.get(l.to) ?? []), l.from]);
  const rank = new Map<string, number>();
  const of = (id: string): number => {
    const known = rank.get(id);
    if (known !== undefined) return known;
    const found = Math.max(-1, ...(into.get(id) ?? []).map(of)) + 1;
    rank.set(id, found);
    return found;
  };
  for (const b of boxes) of(b.id);
  return rank;
}

/** order sorts each row so that few ways cross. */
function order(rows: Item[][]): void {
  const place = new Map<Item, number>();
  const number = (): void => {
    for (const row of rows) row.forEach((item, i) => void place.set(item, i));
  };
  const crossings = (): number => {
    number();
    let n = 0;
    for (const row of rows) {
      const ends: [number, number][] = row.flatMap((item, i) =>
        item.down.map((d): [number, number] => [i, place.get(d) ?? 0]),
      );
      for (let a = 0; a < ends.length; a++)
        for (let b = a + 1; b < ends.length; b++) {
          const [p, q] = [ends[a] as [number, number], ends[b] as [number, number]];
          if ((p[0] - q[0]) * (p[1] - q[1]) < 0) n++;
        }
    }
    return n;
  };
  const middle = (of: readonly Item[], own: number): number =>
    of.length === 0 ? own : of.reduce((sum, i) => sum + (place.get(i) ?? 0), 0) / of.length;
  let best = rows.map((row) => [...row]);
  let fewest = crossings();
  for (let round = 0; round < 12 && fewest > 0; round++) {
    const down = round % 2 === 0;
    const sweep = down ? rows : [...rows].reverse();
    for (const row of sweep) {
      number();
      const keys = new Map(row.map((item, i) => [item, middle(down ? item.up : item.down, i)]));
      row.sort(
        (a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0) || (place.get(a) ?? 0) - (place.get(b) ?? 0),
      );
    }
    const now = crossings();
    if (now < fewest) {
      fewest = now;
      best = rows.map((row) => [...row]);
    }
  }
  rows.splice(0, rows.length, ...best);
}

/** spread moves the items of each row to the middle of what they are tied to, in their order. */
function spread(rows: Item[][]): void {
  for (const row of rows) {
    let x = 0;
    for (const item of row) {
      item.x = x + item.width / 2;
      x += item.width + GAP_X;
    }
  }
  for (let round = 0; round < 24; round++) {
    const down = round % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wanted = row.map((item) => {
        // The last rounds look both ways, so that long ways come out straight.
        const ties = round < 18 ? (down ? item.up : item.down) : [...item.up, ...item.down];
        if (ties.length === 0) return item.x;
        let [sum, weight] = [0, 0];
        for (const t of ties) {
          const w = item.node || t.node ? 1 : 8;
          sum += w * t.x;
          weight += w;
        }
        return sum / weight;
      });
      const placed = apart(
        wanted,
        row.map((item) => item.width),
        row.map((item) => (item.node ? 2 : 1)),
      );
      for (const [i, item] of row.entries()) item.x = placed[i] ?? item.x;
    }
  }
}

/** apart moves wanted places as little as possible so that nothing overlaps (pooled neighbours). */
function apart(wanted: readonly number[], widths: readonly number[], weights: readonly number[]): number[] {
  const offset: number[] = [];
  let sum = 0;
  widths.forEach((w, i) => {
    if (i > 0) sum += ((widths[i - 1] ?? 0) + w) / 2 + GAP_X;
    offset.push(sum);
  });
  const pools: { value: number; weight: number; count: number }[] = [];
  wanted.forEach((w, i) => {
    let pool = { value: w - (offset[i] ?? 0), weight: weights[i] ?? 1, count: 1 };
    for (let last = pools.at(-1); last && last.value > pool.value; last = pools.at(-1)) {
      pools.pop();
      const weight = last.weight + pool.weight;
      pool = {
        value: (last.value * last.weight + pool.value * pool.weight) / weight,
        weight,
        count: last.count + pool.count,
      };
    }
    pools.push(pool);
  });
  return pools.flatMap((p) => new Array<number>(p.count).fill(p.value)).map((v, i) => v + (offset[i] ?? 0));
}

/** port is where a way leaves a node or comes to it: side by side, in the order of where they go. */
function port(item: Item, side: "up" | "down", other: Item): number {
  const ends = [...item[side]].sort((a, b) => a.x - b.x);
  const i = ends.indexOf(other);
  const room = Math.min(item.width - 36, 26 * (ends.length - 1));
  return ends.length < 2 ? item.x : item.x - room / 2 + (room * i) / (ends.length - 1);
}

/**
 * pathOf is a way as an SVG path: straight through the rows, bent between them; a run sideways
 * has round corners.
 */
export function pathOf(points: readonly Point[]): string {
  const n = (v: number): string => String(Math.round(v * 10) / 10);
  let d = "";
  for (const [i, p] of points.entries()) {
    const [before, after] = [points[i - 1], points[i + 1]];
    if (!before) {
      d = `M${n(p.x)} ${n(p.y)}`;
      continue;
    }
    const straight = Math.abs(before.x - p.x) < 0.5 || before.y === p.y;
    const corner =
      after && straight && (before.y === p.y) !== (after.y === p.y) && (after.y === p.y || after.x === p.x);
    if (corner) {
      const r = Math.min(6, length(before, p) / 2, length(p, after) / 2);
      const [a, b] = [toward(p, before, r), toward(p, after, r)];
      d += `L${n(a.x)} ${n(a.y)}Q${n(p.x)} ${n(p.y)} ${n(b.x)} ${n(b.y)}`;
    } else if (straight) d += `L${n(p.x)} ${n(p.y)}`;
    else {
      const half = (before.y + p.y) / 2;
      d += `C${n(before.x)} ${n(half)} ${n(p.x)} ${n(half)} ${n(p.x)} ${n(p.y)}`;
    }
  }
  return d;
}

const length = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

function toward(from: Point, to: Point, by: number): Point {
  const all = Math.max(0.001, length(from, to));
  return { x: from.x + ((to.x - from.x) * by) / all, y: from.y + ((to.y - from.y) * by) / all };
}
