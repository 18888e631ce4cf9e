import { describe, expect, it } from "vitest";
import type { Message, ToCustomer } from "../../api/wire";
import { waitBefore } from "./backoff";
import { parseFrame } from "./frames";
import { newId } from "./ids";
import { looksSecret } from "./outbox";
import type { ChatState, Event } from "./state";
import { initialState, lastSeq, moodOf, reduce, streamingText } from "./state";

const text = (seq: number, over: Partial<Message> = {}): ToCustomer => ({
  type: "message",
  message: {
    seq,
    turn: seq,
    at: "2026-01-05T00:00:00Z",
    author: "bot",
    kind: "text",
    text: `m${seq}`,
    actions: [],
    ...over,
  },
});

function run(frames: ToCustomer[], from = initialState("zh", "standard")): ChatState {
  return frames.reduce((state, frame) => reduce(state, { type: "frame", frame }).state, from);
}

const queued = (id: string): Event => ({
  type: "queued",
  item: {
    frame: { type: "tap", id, action: "a" },
    label: "好",
    at: "2026-01-05T00:00:00Z",
    conversation: "k",
  },
});

describe("reduce", () => {
  it("reports a gap and leaves the state alone", () => {
    const state = run([text(1)]);
    const step = reduce(state, { type: "frame", frame: text(3) });
    expect(step.gap).toBe(true);
    expect(step.state).toBe(state);
  });

  it("ignores a message it holds", () => {
    const state = run([text(1), text(2)]);
    expect(reduce(state, { type: "frame", frame: text(2) }).state).toBe(state);
  });

  it("begins at any seq and takes older pages only when they fit", () => {
    let state = run([text(7), text(8)], { ...initialState("zh", "standard"), floating: true });
    expect(lastSeq(state)).toBe(8);
    const older = [5, 6].map((n) => (text(n) as Extract<ToCustomer, { type: "message" }>).message);
    state = reduce(state, { type: "older", messages: older.slice(0, 1) }).state;
    expect(state.base).toBe(6);
    state = reduce(state, { type: "older", messages: older }).state;
    expect(state.messages.map((m) => m.seq)).toEqual([5, 6, 7, 8]);
  });

  it("replaces a draft by the committed message and ignores late drafts", () => {
    const draft = (n: number, t: string, attempt = 1): ToCustomer => ({
      type: "draft",
      draft: { input: "i1", attempt, n, text: t },
    });
    let state = run([draft(1, "利率"), draft(0, "您好，")]);
    expect(state.streaming && streamingText(state.streaming)).toBe("您好，利率");
    state = run([draft(0, "重来", 2)], state);
    expect(state.streaming && streamingText(state.streaming)).toBe("重来");
    state = run([text(1, { input: "i1" }), draft(1, "晚了", 2)], state);
    expect(state.streaming).toBeNull();
  });

  it("keeps a tap in sight until its turn is on the screen", () => {
    let state = reduce(run([text(1)]), queued("i9")).state;
    state = run([{ type: "accepted", id: "i9", seq: 2 }], state);
    expect(state.pending).toHaveLength(1);
    state = run([text(2, { input: "i9" })], state);
    expect(state.pending).toHaveLength(0);
  });

  it("tells a passing refusal from a final one", () => {
    const error = (code: "busy" | "too_large"): ToCustomer => ({
      type: "error",
      id: "i9",
      error: { code, message: "原因" },
    });
    const state = reduce(initialState("zh", "standard"), queued("i9")).state;
    expect(run([error("busy")], state).pending[0]?.delivery).toBe("queued");
    expect(run([error("too_large")], state).pending[0]).toMatchObject({ delivery: "failed", reason: "原因" });
  });

  it("shows thinking until the answer is there, and never while an agent speaks", () => {
    const state = reduce(reduce(initialState("zh", "standard"), queued("i9")).state, {
      type: "written",
      id: "i9",
    }).state;
    expect(moodOf(state, false, false)).toBe("thinking");
    expect(moodOf(run([text(1, { input: "i9" })], state), false, false)).toBe("idle");
    expect(
      moodOf(
        { ...state, server: { speaker: "agent", employee: "", locale: "zh", edition: "standard" } },
        false,
        false,
      ),
    ).toBe("idle");
  });
});

describe("small parts", () => {
  it("makes UUIDs without randomUUID", () => {
    const source = { getRandomValues: <T>(a: T): T => a } as unknown as Crypto;
    expect(newId(source)).toBe("00000000-0000-4000-8000-000000000000");
  });
  it("waits longer and longer, bounded, with jitter", () => {
    expect(waitBefore(0, () => 0)).toBe(200);
    expect(waitBefore(0, () => 1)).toBe(400);
    expect(waitBefore(50, () => 1)).toBe(15_000);
  });
  it("knows what must not be written to disk", () => {
    for (const s of ["123456", "密码是123456", "6222 0212 3456 7890"]) expect(looksSecret(s), s).toBe(true);
    for (const s of ["转3500给李强", "给儿子转三千五", "3年定期利率"]) expect(looksSecret(s), s).toBe(false);
  });
  it("ignores a frame of a newer server and refuses what is no frame", () => {
    expect(parseFrame('{"type":"hologram"}')).toBeNull();
    expect(parseFrame('{"type":"toString"}')).toBeNull();
    expect(() => parseFrame("[]")).toThrow(SyntaxError);
  });
});
