import { expect, test } from "vitest";
import { words } from "../i18n/index.ts";
import { asked, follow, headAt, moveTo, neighbour, run, speed, stamp, stopped } from "./clock.ts";
import { before, momentAt, readEvents } from "./record.ts";
import { placed, stepsOf, ticksOf } from "./ticks.ts";
import type { Opening } from "./wire.ts";

const line = (at_ms: number, kind: string, body: unknown): string => JSON.stringify({ at_ms, kind, body });
const mark = (id: string, shape: string, more: object = {}): object => ({
  mark: { id, shape, source: "screen", points: [{ x: 0.5, y: 0.5 }], view: 1, ...more },
});

const EVENTS = [
  line(0, "consent", { by: "customer", to: "recording", given: true }),
  line(5, "state", { event: "recording", by: "system", present: ["王**", "何芳"], sharing: "none" }),
  line(10, "script", { event: "form", title: "密码重置", step: "card", step_title: "选卡", slots: [] }),
  line(20, "script", {
    event: "review.list",
    title: "核实本人",
    items: [
      { item: "face", zh: "人证一致", en: "Face", state: "open" },
      { item: "risk", zh: "风险揭示", en: "Risk", state: "open" },
    ],
  }),
  line(1000, "transcript", { seq: 4, author: "customer", text: "我忘了密码" }),
  line(2000, "script", {
    event: "form",
    title: "密码重置",
    step: "confirm",
    step_title: "核对",
    slots: [{ label: "卡", value: "尾号 0317", by: "agent" }],
  }),
  line(2500, "script", {
    event: "form",
    title: "密码重置",
    step: "confirm",
    step_title: "核对",
    slots: [{ label: "卡", value: "尾号 0318", by: "customer" }],
  }),
  line(3000, "script", { event: "review.item", item: "face", state: "ok", by: "A02" }),
  line(4000, "disclosure", { event: "review.read", item: "risk", zh: "风险揭示", en: "Risk", by: "A02" }),
  line(4500, "disclosure", { event: "review.answer", item: "risk", answer: "yes" }),
  line(4900, "annotation", { viewport: { n: 1, x: 0, y: 100, w: 1000, h: 500 } }),
  line(
    5000,
    "annotation",
    mark("a", "box", {
      points: [
        { x: 0.1, y: 0.5 },
        { x: 0.2, y: 0.7 },
      ],
    }),
  ),
  line(5100, "annotation", mark("p", "pointer")),
  line(5500, "annotation", { viewport: { n: 2, x: 0, y: 200, w: 1000, h: 500 } }),
  "no event at all",
  line(6000, "annotation", { unmark: { id: "a" } }),
  line(7000, "annotation", mark("b", "tap")),
  line(8000, "state", { event: "share.stopped", by: "customer" }),
  line(9000, "consent", { by: "customer", to: "recording", given: false }),
].join("\n");

const opening = (more: Partial<Opening> = {}): Opening =>
  ({
    length_ms: 10_000,
    parts: [{ segment: 1, from_ms: 0, to_ms: 10_000, end: "closed" }],
    files: [],
    ...more,
  }) as Opening;

test("everything is as it was at the play head", () => {
  const r = readEvents(EVENTS);
  const start = momentAt(r, 500);
  expect([start.said, start.form?.step, start.list?.items.map((i) => i.state), start.marks.length]).toEqual([
    0,
    "card",
    ["open", "open"],
    0,
  ]);
  expect(start.standing?.present).toEqual(["王**", "何芳"]);
  const middle = momentAt(r, 4600);
  expect([middle.said, middle.form?.slots[0]?.value, middle.form?.slots[0]?.by]).toEqual([
    1,
    "尾号 0318",
    "customer",
  ]);
  expect(middle.list?.items).toMatchObject([
    { state: "ok", at: 3000, by: "A02" },
    { state: "open", shown: 4000, answer: "yes" },
  ]);
  expect(momentAt(r, 2100).form?.slots[0]?.by).toBe("agent");
  expect(momentAt(r, 3500).list?.items[1]?.answer).toBe("");
});

test("a mark stands from when it was drawn until it goes, and moves with the page", () => {
  const r = readEvents(EVENTS);
  const ids = (t: number): string[] => momentAt(r, t).marks.map((m) => m.id);
  expect(ids(4999)).toEqual([]);
  expect(ids(5200)).toEqual(["a", "p"]);
  expect(ids(5999)).toEqual(["a", "p"]);
  expect(ids(6000)).toEqual(["p"]);
  expect(ids(6700)).toEqual([]); // a pointer fades
  expect(ids(7500)).toEqual(["b"]);
  expect(ids(8000)).toEqual([]); // what it stood on is no longer shared
  expect(momentAt(r, 5400).marks[0]?.points[0]).toEqual({ x: 0.1, y: 0.5 });
  const scrolled = momentAt(r, 5600).marks[0]?.points[0]; // 100 px of 500 down
  expect(scrolled?.x).toBeCloseTo(0.1);
  expect(scrolled?.y).toBeCloseTo(0.3);
});

test("a mark that is drawn bit by bit is one, and its place is where it was whole", () => {
  const r = readEvents(
    [
      line(100, "annotation", mark("a", "box")),
      line(
        200,
        "annotation",
        mark("a", "box", {
          points: [
            { x: 0.1, y: 0.1 },
            { x: 0.2, y: 0.2 },
          ],
        }),
      ),
      line(300, "annotation", mark("b", "tap")),
    ].join("\n"),
  );
  expect(r.facts.map((f) => [f.at, f.name])).toEqual([
    [200, "box"],
    [300, "tap"],
  ]);
  expect(momentAt(r, 250).marks.map((m) => m.points.length)).toEqual([2]);
});

test("the time line has steps to jump to, faults and what the check found", () => {
  const zh = words("zh");
  const o = opening({
    length_ms: 12_000,
    parts: [
      { segment: 1, from_ms: 0, to_ms: 6000, end: "crashed", damaged: false },
      { segment: 2, from_ms: 8000, to_ms: 10_000, end: "closed", damaged: false },
    ],
    files: [
      {
        file: "customer-mic.webm",
        person: "customer",
        source: "mic",
        codec: "opus",
        first_ms: 1000,
        last_ms: 9000,
        lost: 0,
        gaps: [
          { from_ms: 0, to_ms: 1000 },
          { from_ms: 3000, to_ms: 4000 },
        ],
      },
    ],
  });
  const found = {
    fault: "block_changed",
    text: "内容被改动",
    text_en: "changed",
    segment: 2,
    block: 3,
    blocks: 1,
    from_ms: 9000,
    to_ms: 9900,
    offset: 5,
  };
  const ticks = ticksOf(readEvents(EVENTS), o, [found], zh, "zh");
  expect(stepsOf(ticks).map((s) => [s.at, s.label])).toEqual([
    [10, "选卡"],
    [2000, "核对"],
    [4000, "宣读：风险揭示"],
  ]);
  expect(ticks.filter((x) => x.lane === "faults").map((x) => [x.kind, x.at, x.to])).toEqual(
    [
      ["gap", 3000, 4000],
      ["crash", 6000, 6000],
      ["pause", 6000, 8000],
      ["damage", 9000, 9900],
      ["lost", 10_000, 12_000],
    ].sort((a, b) => Number(a[1]) - Number(b[1])),
  );
  expect(ticks.find((x) => x.at === 9000 && x.kind === "consent")?.label).toBe("客户撤回同意");
  expect(ticksOf(readEvents(""), opening(), [], zh, "zh")).toEqual([]);
});

test("a label has the room up to the next tick, or none", () => {
  const tick = (at: number) =>
    ({ at, to: at, lane: "steps", kind: "step", label: "核对", bad: false }) as const;
  expect(placed([tick(0), tick(100), tick(5000), tick(9990)], 10_000, 800)).toEqual([0, 376, 383, 0]);
});

test("the play head goes at its speed, stops at the end and starts again from there", () => {
  let c = run(stopped(10_000), true, 100);
  expect(headAt(c, 1100)).toBe(1000);
  c = speed(c, 2, 1100);
  expect(headAt(c, 2100)).toBe(3000);
  c = moveTo(c, 9000, 2100);
  expect(headAt(c, 2300)).toBe(9400);
  expect(headAt(c, 99_000)).toBe(10_000);
  c = run(c, false, 99_000);
  expect(headAt(c, 200_000)).toBe(10_000);
  expect(headAt(run(c, true, 200_000), 200_500)).toBe(1000);
  expect(headAt(moveTo(c, -50, 0), 10)).toBe(0);
});

test("a sound that is off is hurried, slowed or jumped", () => {
  expect(follow(1000, 1010, 1)).toEqual({ jump: false, rate: 1 });
  expect(follow(1000, 1100, 1).rate).toBeGreaterThan(1);
  expect(follow(1100, 1000, 1).rate).toBeLessThan(1);
  expect(follow(1000, 2000, 1).jump).toBe(true);
});

test("keys, neighbours and times", () => {
  expect(asked(" ")).toEqual({ kind: "toggle" });
  expect(asked("ArrowLeft")).toEqual({ kind: "by", ms: -5000 });
  expect(asked("ArrowDown")).toEqual({ kind: "event", forward: true });
  expect(asked("3")).toEqual({ kind: "step", n: 2 });
  expect(asked("0")).toBeNull();
  expect(neighbour([0, 1000, 5000], 1000, true)).toBe(5000);
  expect(neighbour([0, 1000, 5000], 1300, false)).toBe(0);
  expect(neighbour([0, 1000, 5000], 5000, true)).toBeNull();
  expect([stamp(62_340), stamp(62_340, true), stamp(3_725_000), stamp(-5)]).toEqual([
    "01:02",
    "01:02.3",
    "1:02:05",
    "00:00",
  ]);
  expect(before([{ at: 1 }, { at: 3 }], 2)?.at).toBe(1);
  expect(before([{ at: 1 }], 0)).toBeUndefined();
});
