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
const GAP_X = 22;
const GAP_Y = 13;
const THREAD = 10;
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
 * layoutOf places a graph in rows from top to bottom. Ways that would close a circle lead up;
 * every way passes each row between its ends at a place of its own, and labels have places of
 * their own too, so that nothing lies on anything else. The same graph is always placed the same.
 */
export function layoutOf(boxes: readonly Box[], all: readonly Line[]): Layout {
  const known = new Set(boxes.map((b) => b.id));
  const lines = all.filter((l) => known.has(l.from) && known.has(l.to) && l.from !== l.to);
  const back = backward(boxes, lines);
  const rank = ranks(boxes, lines, back);
  const rows: Item[][] = [];
  const items = new Map<string, Item>();
  const put = (row: number, item: Item): Item => {
    while (rows.length <= row) rows.push([]);
    rows[row]?.push(item);
    return item;
  };
  for (const b of boxes) {
    const item: Item = { id: b.id, width: b.width, height: b.height, node: true, x: 0, up: [], down: [] };
    items.set(b.id, put(2 * (rank.get(b.id) ?? 0), item));
  }
  // Nodes stand in even rows, labels in the odd ones between.
  const chains = new Map<string, Item[]>();
  for (const l of lines) {
    const up = back.has(l.id);
    const top = items.get(up ? l.to : l.from) as Item;
    const bottom = items.get(up ? l.from : l.to) as Item;
    const [first, last] = [2 * (rank.get(top.id) ?? 0) + 1, 2 * (rank.get(bottom.id) ?? 0) - 1];
    const chain: Item[] = [];
    let before = top;
    for (let row = first; row <= last; row++) {
      const labelled = l.label > 0 && row === (up ? last : first);
      const item: Item = {
        id: `${l.id}@${row}`,
        width: labelled ? l.label : THREAD,
        height: labelled ? LABEL : 0,
        node: false,
        x: 0,
        up: [before],
        down: [],
      };
      before.down.push(item);
      chain.push(put(row, item));
      before = item;
    }
    before.down.push(bottom);
    bottom.up.push(before);
    chains.set(l.id, chain);
  }
  order(rows);
  spread(rows);
  const left = Math.min(0, ...rows.flat().map((i) => i.x - i.width / 2));
  for (const item of rows.flat()) item.x += MARGIN - left;
  const right = Math.max(0, ...rows.flat().map((i) => i.x + i.width / 2));
  const tops: number[] = [];
  let y = MARGIN;
  for (const row of rows) {
    tops.push(y);
    y += Math.max(4, ...row.map((i) => i.height)) + GAP_Y;
  }
  const heightOf = (row: number): number => (tops[row + 1] ?? y) - (tops[row] ?? 0) - GAP_Y;
  const nodes = new Map<string, Placed>();
  for (const b of boxes) {
    const row = rank.get(b.id) ?? 0;
    const slack = (heightOf(2 * row) - b.height) / 2;
    nodes.set(b.id, {
      ...b,
      x: (items.get(b.id) as Item).x - b.width / 2,
      y: (tops[2 * row] ?? 0) + slack,
      row,
    });
  }
  const drawn = new Map<string, Drawn>();
  for (const l of lines) {
    const up = back.has(l.id);
    const [topId, bottomId] = up ? [l.to, l.from] : [l.from, l.to];
    const top = nodes.get(topId) as Placed;
    const bottom = nodes.get(bottomId) as Placed;
    const chain = chains.get(l.id) as Item[];
    const points: Point[] = [
      { x: port(items.get(topId) as Item, "down", chain[0] as Item), y: top.y + top.height },
    ];
    let label: Point | null = null;
    chain.forEach((item, i) => {
      const row = 2 * top.row + 1 + i;
      const at = tops[row] ?? 0;
      points.push({ x: item.x, y: at }, { x: item.x, y: at + heightOf(row) });
      if (item.height > 0) label = { x: item.x, y: at + heightOf(row) / 2 };
    });
    points.push({ x: port(items.get(bottomId) as Item, "up", chain.at(-1) as Item), y: bottom.y });
    drawn.set(l.id, { id: l.id, points: up ? points.reverse() : points, label, back: up });
  }
  return { nodes, lines: drawn, width: right + MARGIN, height: y - GAP_Y + MARGIN };
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

/** ranks puts each node one row below the lowest that leads to it. */
function ranks(
  boxes: readonly Box[],
  lines: readonly Line[],
  back: ReadonlySet<string>,
): Map<string, number> {
  const into = new Map<string, string[]>();
  for (const l of lines) {
    const [from, to] = back.has(l.id) ? [l.to, l.from] : [l.from, l.to];
    into.set(to, [...(into.get(to) ?? []), from]);
  }
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
          const w = item.node || t.node ? 1 : 6;
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

/** pathOf is a way as an SVG path: straight through the rows, bent between them. */
export function pathOf(points: readonly Point[]): string {
  const n = (v: number): string => String(Math.round(v * 10) / 10);
  let d = "";
  points.forEach((p, i) => {
    const before = points[i - 1];
    if (!before) d = `M${n(p.x)} ${n(p.y)}`;
    else if (Math.abs(before.x - p.x) < 0.5) d += `L${n(p.x)} ${n(p.y)}`;
    else {
      const half = (before.y + p.y) / 2;
      d += `C${n(before.x)} ${n(half)} ${n(p.x)} ${n(half)} ${n(p.x)} ${n(p.y)}`;
    }
  });
  return d;
}
