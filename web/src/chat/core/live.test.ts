import { describe, expect, it } from "vitest";
import type { Message } from "../../api/wire";
import { liveSeqs } from "./live";

const m = (seq: number, turn: number, over: Partial<Message> = {}): Message => ({
  seq,
  turn,
  at: "2026-01-05T00:00:00Z",
  author: "bot",
  kind: "text",
  text: "",
  actions: [],
  ...over,
});
const yes = [{ id: "yes", label: "确认转出 ¥3,000.00" }];

describe("liveSeqs", () => {
  it("keeps a read-back alive through a question and its plain answer", () => {
    const log = [
      m(1, 1, { kind: "confirm", actions: yes }),
      m(2, 2, { author: "customer" }),
      m(3, 2, { kind: "answer" }),
    ];
    expect(liveSeqs(log, false)).toEqual(new Set([1]));
  });
  it("closes the old read-back when a newer one stands", () => {
    const log = [m(1, 1, { kind: "confirm", actions: yes }), m(2, 2, { kind: "confirm", actions: yes })];
    expect(liveSeqs(log, false)).toEqual(new Set([2]));
  });
  it("closes everything before a receipt, but never the opening needs", () => {
    const card = { title: "", rows: [], options: [] };
    const log = [
      m(1, 1, { kind: "card", card: { kind: "needs", ...card } }),
      m(2, 2, { kind: "secure" }),
      m(3, 3, { kind: "card", card: { kind: "receipt", ...card } }),
    ];
    expect(liveSeqs(log, false)).toEqual(new Set([1, 3]));
  });
  it("lets news of the queue take no question's place, and its button count while queued", () => {
    const leave = [{ id: "leave", label: "不等了" }];
    const log = [
      m(1, 1, { author: "system", kind: "notice", actions: leave }),
      m(2, 1, { kind: "confirm", actions: yes }),
      m(3, 2, { author: "system", kind: "notice", actions: leave }),
    ];
    expect(liveSeqs(log, true)).toEqual(new Set([1, 2, 3]));
    expect(liveSeqs(log, false)).toEqual(new Set([2]));
  });
  it("lets the call-back said last be pressed beside the question that is open", () => {
    const times = [{ id: "book@2026-11-23T10:00:00+08:00", label: "明天10:00" }];
    const booked = [
      { id: "book", label: "改时间" },
      { id: "unbook", label: "取消预约" },
    ];
    const log = [
      m(1, 1, { kind: "confirm", actions: yes }),
      m(2, 2, { author: "system", kind: "notice", actions: times }),
      m(3, 3, { author: "system", kind: "notice", actions: booked }),
    ];
    expect(liveSeqs(log.slice(0, 2), false)).toEqual(new Set([1, 2]));
    expect(liveSeqs(log, false)).toEqual(new Set([1, 3]));
  });
});
