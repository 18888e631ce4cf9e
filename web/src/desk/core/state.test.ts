import { describe, expect, it } from "vitest";
import type { Message } from "../../api/wire";
import { otherOf, owns, toggled, WRAP_CODES } from "./passing";
import { type DeskState, type Event, initialState, reduce } from "./state";
import { certificateOf, minutes, timingOf } from "./timing";
import { type Case, parseStaffFrame, TO_STAFF, type ToStaff, type Waiting } from "./wire";

const AT = "2026-03-02T10:00:00Z";
const ms = (seconds: number): number => Date.parse(AT) + seconds * 1000;
const at = (seconds: number): string => new Date(ms(seconds)).toISOString();

function message(seq: number, over: Partial<Message> = {}): Message {
  return {
    seq,
    turn: seq,
    at: at(seq),
    author: "customer",
    kind: "text",
    text: `m${seq}`,
    actions: [],
    ...over,
  };
}

function file(id: string, over: Partial<Case> = {}): Case {
  return {
    conversation: id,
    handoff: `h-${id}`,
    queue: "general",
    reason: "客户要求人工",
    customer: { name: "王**", level: "L1", rows: [] },
    slots: [],
    messages: [message(1), message(2, { author: "bot" })],
    since: AT,
    edition: "standard",
    locale: "zh",
    ...over,
  };
}

const waiting = (id: string): Waiting => ({
  handoff: `h-${id}`,
  conversation: id,
  queue: "general",
  customer: "王**",
  reason: "r",
  since: AT,
});

function run(...events: (Event | ToStaff)[]): DeskState {
  return after(initialState(), ...events);
}

function after(state: DeskState, ...events: (Event | ToStaff)[]): DeskState {
  return events.reduce((s, e) => reduce(s, isFrame(e) ? { type: "frame", frame: e } : e).state, state);
}

function isFrame(e: Event | ToStaff): e is ToStaff {
  return TO_STAFF.includes(e.type);
}

const welcome: ToStaff = { type: "welcome", queue: [waiting("q")], presence: "away" };
const taken = (id: string): ToStaff => ({ type: "taken", case: file(id) });

describe("frames", () => {
  it("reads every type, ignores a newer one and refuses what is no frame", () => {
    for (const type of TO_STAFF) expect(parseStaffFrame(JSON.stringify({ type }))?.type).toBe(type);
    expect(parseStaffFrame('{"type":"whisper"}')).toBeNull();
    expect(parseStaffFrame('{"type":"toString"}')).toBeNull();
    for (const bad of ["", "3", "null", "{}", '{"type":1}'])
      expect(() => parseStaffFrame(bad)).toThrow(SyntaxError);
  });

  const frames: Record<ToStaff["type"], { before: ToStaff[]; frame: ToStaff; see(s: DeskState): void }> = {
    welcome: {
      before: [],
      frame: welcome,
      see: (s) => {
        expect(s.link).toBe("live");
        expect(s.queue).toHaveLength(1);
      },
    },
    queue: {
      before: [welcome],
      frame: { type: "queue", queue: null },
      see: (s) => expect(s.queue).toEqual([]),
    },
    ring: {
      before: [welcome, { type: "ring", ring: waiting("a") }],
      frame: { type: "ring", ring: waiting("a") },
      see: (s) => expect(s.rings).toHaveLength(1),
    },
    ring_over: {
      before: [welcome, { type: "ring", ring: waiting("a") }],
      frame: { type: "ring_over", handoff: "h-a" },
      see: (s) => expect(s.rings).toEqual([]),
    },
    taken: {
      before: [welcome, { type: "ring", ring: waiting("a") }],
      frame: taken("a"),
      see: (s) => {
        expect(s.rings).toEqual([]);
        expect(s.selected).toBe("a");
        expect(s.conversations[0]).toMatchObject({ own: true, messages: [{ seq: 1 }, { seq: 2 }] });
      },
    },
    message: {
      before: [welcome, taken("a"), taken("b")],
      frame: { type: "message", conversation: "a", message: message(3) },
      see: (s) => expect(s.conversations[0]).toMatchObject({ unread: 1, messages: [{}, {}, { seq: 3 }] }),
    },
    case: {
      before: [welcome, taken("a")],
      frame: { type: "case", case: file("a", { step: "confirm", messages: [] }) },
      see: (s) => expect(s.conversations[0]).toMatchObject({ file: { step: "confirm" }, messages: [{}, {}] }),
    },
    released: {
      before: [welcome, taken("a"), taken("b")],
      frame: { type: "released", conversation: "b" },
      see: (s) => {
        expect(s.selected).toBe("a");
        expect(s.notices[0]?.code).toBe("released");
      },
    },
    accepted: {
      before: [welcome],
      frame: { type: "accepted", presence: "ready" },
      see: (s) => expect(s.presence).toBe("ready"),
    },
    error: {
      before: [welcome, { type: "ring", ring: waiting("a") }],
      frame: { type: "error", handoff: "h-a", error: { code: "conflict", message: "已由同事接起" } },
      see: (s) => {
        expect(s.rings).toEqual([]);
        expect(s.notices[0]).toMatchObject({ kind: "error", text: "已由同事接起" });
      },
    },
    session: {
      before: [welcome, taken("a")],
      frame: {
        type: "session",
        conversation: "a",
        session: { id: "s", code: "4271", state: "offered", present: [] },
      },
      see: (s) => expect(s.conversations[0]?.file.session?.code).toBe("4271"),
    },
    signal: {
      before: [welcome],
      frame: { type: "signal", session_id: "s", signal: { kind: "state" } },
      see: (s) => expect(s.conversations).toEqual([]),
    },
    revealed: {
      before: [welcome, taken("a")],
      frame: { type: "revealed", conversation: "a", revealed: { seconds: 30, rows: [], messages: [] } },
      see: (s) => {
        expect(s.conversations[0]?.revealed?.seconds).toBe(30);
        expect(after(s, { type: "conceal", conversation: "a" }).conversations[0]?.revealed).toBeNull();
        expect(after(s, welcome).conversations[0]?.revealed).toBeNull();
      },
    },
    reviews: {
      before: [welcome],
      frame: {
        type: "reviews",
        reviews: [
          {
            id: "r",
            conversation: "a",
            kind: "review",
            role: "authoriser",
            flow: "phone_change",
            title: "授权",
            customer: "王**",
            state: "waiting",
            since: at(1),
            items: [],
            before: [],
          },
        ],
      },
      see: (s) => {
        expect(s.reviews.map((r) => r.id)).toEqual(["r"]);
        expect(after(s, { type: "reviews" }).reviews).toEqual([]);
        expect(after(s, welcome).reviews).toEqual([]);
      },
    },
    presence: {
      before: [welcome],
      frame: { type: "presence", presence: "busy" },
      see: (s) => {
        expect(s.presence).toBe("busy");
        expect(after(s, { type: "presence", presence: "wrapup" }).presence).toBe("wrapup");
        expect(after(s, { type: "presence", presence: "asleep" }).presence).toBe("busy");
      },
    },
    colleagues: {
      before: [welcome],
      frame: { type: "colleagues", id: "c", queues: ["general"] },
      see: (s) => expect(s.colleagues).toEqual({ id: "c", state: "here", people: [], queues: ["general"] }),
    },
    summary: {
      before: [welcome, taken("a")],
      frame: {
        type: "summary",
        id: "y",
        conversation: "a",
        summary: { request: "我想转账", done: [], text: "诉求：我想转账" },
      },
      see: (s) =>
        expect(s.conversations[0]?.summary).toEqual({ id: "y", state: "here", text: "诉求：我想转账" }),
    },
    pong: { before: [welcome], frame: { type: "pong" }, see: (s) => expect(s.link).toBe("live") },
  };
  for (const [type, { before, frame, see }] of Object.entries(frames)) {
    it(`reduces ${type}`, () => see(run(...before, frame)));
  }
});

describe("desk state", () => {
  const say: Event = {
    type: "say",
    conversation: "a",
    pending: { id: "p1", text: "您好", at: at(9), delivery: "queued", reason: "" },
  };

  it("puts the committed message in the pending one's place", () => {
    const s = run(welcome, taken("a"), say, { type: "written", id: "p1" }, { type: "accepted", id: "p1" });
    expect(s.conversations[0]?.pending[0]?.delivery).toBe("accepted");
    const done = after(s, {
      type: "message",
      conversation: "a",
      message: message(3, { author: "agent", input: "p1" }),
    });
    expect(done.conversations[0]?.pending).toEqual([]);
  });

  it("keeps words and drafts over a cut, sends them again, and drops what is ours no more", () => {
    let s = run(welcome, taken("a"), taken("b"), say, { type: "written", id: "p1" });
    s = after(
      s,
      { type: "draft", conversation: "a", text: "半句" },
      { type: "link", link: "offline" },
      welcome,
    );
    expect(s.conversations.map((c) => c.stale)).toEqual([true, true]);
    expect(s.conversations[0]?.pending[0]?.delivery).toBe("queued");
    s = after(s, taken("a"), { type: "settled" });
    expect(s.conversations).toMatchObject([{ id: "a", stale: false, draft: "半句" }]);
    expect(s.notices.map((n) => n.code)).toEqual(["lost"]);
  });

  it("asks for the transcript again once when a message is missing", () => {
    const s = run(welcome, taken("a"));
    const gap: Event = { type: "frame", frame: { type: "message", conversation: "a", message: message(5) } };
    const first = reduce(s, gap);
    expect(first.reopen).toEqual(["a"]);
    expect(first.state.conversations[0]?.messages).toHaveLength(2);
    expect(reduce(first.state, gap).reopen).toEqual([]);
    const whole = after(first.state, {
      type: "taken",
      case: file("a", { messages: [1, 2, 3, 4, 5].map((n) => message(n)) }),
    });
    expect(whole.conversations[0]?.messages.map((m) => m.seq)).toEqual([1, 2, 3, 4, 5]);
  });

  it("tries a busy message again and keeps a refused one with its reason", () => {
    const s = run(welcome, taken("a"), say, { type: "written", id: "p1" });
    const busy = after(s, { type: "error", id: "p1", error: { code: "busy", message: "稍候" } });
    expect(busy.conversations[0]?.pending[0]?.delivery).toBe("queued");
    const no = after(s, { type: "error", id: "p1", error: { code: "forbidden", message: "不在您手上" } });
    expect(no.conversations[0]?.pending[0]).toMatchObject({ delivery: "failed", reason: "不在您手上" });
    expect(after(no, { type: "abandon", id: "p1" }).conversations[0]?.pending).toEqual([]);
  });

  it("does not take the agent away from a half-written answer", () => {
    const s = run(welcome, taken("a"), { type: "draft", conversation: "a", text: "我正在写" }, taken("b"));
    expect(s.selected).toBe("a");
  });

  it("never changes the state it was given", () => {
    const before = run(welcome, taken("a"), say);
    const copy = structuredClone(before);
    after(before, welcome, taken("b"), { type: "released", conversation: "a" }, { type: "settled" });
    expect(before).toEqual(copy);
  });
});

describe("from hand to hand", () => {
  const no = (id: string, over: object = {}): ToStaff => ({
    type: "error",
    id,
    error: { code: "unavailable", message: "稍后" },
    ...over,
  });
  const back: Event = { type: "ask", conversation: "a", asked: "handback", note: "已解释" };
  const wrapping: ToStaff = { type: "presence", presence: "wrapup" };
  const gone: ToStaff = { type: "released", conversation: "a" };

  it("writes up what was handed back until the wrap-up ends by itself", () => {
    const s = run(welcome, taken("a"), back, wrapping, gone);
    expect(s.wrapUp).toEqual({ handoff: "h-a", who: "王**", note: "已解释", codes: [], sending: false });
    expect(after(s, { type: "presence", presence: "ready" })).toMatchObject({
      presence: "ready",
      wrapUp: null,
    });
    const sent = after(
      s,
      { type: "write_up", change: { codes: ["fee"] } },
      {
        type: "write_up",
        change: { sending: true },
      },
    );
    expect(after(sent, { type: "accepted", id: "w", handoff: "h-a" }).wrapUp).toBeNull();
    const refused = after(sent, no("w", { handoff: "h-a" }));
    expect(refused.wrapUp).toMatchObject({ codes: ["fee"], note: "已解释", sending: false });
    expect(refused.notices.at(-1)?.text).toBe("稍后");
    // A cut ends nothing: the server says how it stands.
    expect(after(sent, { ...welcome, presence: "wrapup" }).wrapUp).toMatchObject({ sending: false });
    expect(after(sent, { ...welcome, presence: "ready" }).wrapUp).toBeNull();
    expect(run(welcome, taken("a"), gone).wrapUp).toBeNull();
  });

  it("waits for a summary, and lives without it", () => {
    const s = run(welcome, taken("a"), { type: "sum_up", conversation: "a", id: "y" });
    expect(s.conversations[0]?.summary?.state).toBe("asked");
    const without = after(s, { type: "ask", conversation: "a", asked: "hold", id: "o" }, no("y"));
    expect(without.conversations[0]).toMatchObject({ summary: { state: "refused" }, asked: "hold" });
    expect(without.notices).toEqual([]);
    expect(after(s, welcome).conversations[0]?.summary).toBeNull();
  });

  it("knows by its id when a hold or an invitation was taken or refused", () => {
    const s = run(welcome, taken("a"), { type: "ask", conversation: "a", asked: "hold", id: "o" });
    expect(after(s, { type: "accepted", id: "x" }).conversations[0]?.asked).toBe("hold");
    expect(after(s, { type: "accepted", id: "o" }).conversations[0]?.asked).toBeNull();
    expect(after(s, no("o", { conversation: "a" })).conversations[0]?.asked).toBeNull();
    const list = run(welcome, { type: "ask_colleagues", id: "c" }, no("c"));
    expect(list).toMatchObject({ colleagues: { state: "refused" }, notices: [] });
  });

  it("says what became of a conversation that was passed on, left, or that nobody joined", () => {
    const told = (...events: (Event | ToStaff)[]) =>
      run(welcome, taken("a"), ...events).notices.map((n) => n.code);
    expect(told({ type: "ask", conversation: "a", asked: "transfer" }, gone)).toEqual(["passed_on"]);
    expect(told({ type: "ask", conversation: "a", asked: "leave" }, gone)).toEqual(["left"]);
    const guest = (joined: boolean): ToStaff => ({
      type: "case",
      case: file("a", { guest: { id: "A03", joined } }),
    });
    const alone: ToStaff = { type: "case", case: file("a") };
    expect(told(guest(false), alone)).toEqual(["uninvited"]);
    expect(told(guest(false), guest(true), alone)).toEqual([]);
  });

  it("tells owner from guest, and takes five codes at most", () => {
    const two = file("a", { owner: "A01", guest: { id: "A03", joined: true } });
    expect([owns(two, "A01"), owns(two, "A03"), owns(file("a"), "A01")]).toEqual([true, false, true]);
    expect([otherOf(two, "A01"), otherOf(two, "A03"), otherOf(file("a"), "A01")]).toEqual(["A03", "A01", ""]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    expect(toggled(["a", "b", "c", "d", "e"], "f")).toHaveLength(5);
    for (const code of WRAP_CODES) expect(code).toMatch(/^[a-z][a-z0-9-]{0,31}$/);
  });
});

describe("timing", () => {
  const conversation = (...messages: Message[]) => {
    const c = run({ type: "taken", case: file("a", { messages }) }).conversations[0];
    if (!c) throw new Error("no conversation");
    return c;
  };

  it("counts the first response from the moment a person took over", () => {
    const c = conversation(message(1), message(5, { author: "system" }));
    expect(timingOf(c, ms(12))).toEqual({ kind: "first", seconds: 7, tone: "calm" });
    expect(timingOf(c, ms(40))).toMatchObject({ kind: "first", tone: "late" });
  });

  it("tells a waiting customer from silence", () => {
    const c = conversation(message(5, { author: "system" }), message(6, { author: "agent" }));
    expect(timingOf(c, ms(16))).toEqual({ kind: "silence", seconds: 10, tone: "calm" });
    const asked = conversation(message(6, { author: "agent" }), message(10));
    expect(timingOf(asked, ms(45))).toEqual({ kind: "reply", seconds: 35, tone: "soon" });
  });

  it("writes minutes and reads certificates", () => {
    expect([0, 61, 3725].map(minutes)).toEqual(["0:00", "1:01", "1:02:05"]);
    expect(certificateOf(["general", "理财销售资格 至 2026-03-07"], ms(0))).toMatchObject({
      name: "理财销售资格",
      until: "2026-03-07",
      days: 5,
    });
    expect(certificateOf(["理财销售资格 至 2026-02-27"], ms(0))?.days).toBeLessThan(0);
    expect(certificateOf(["general"], ms(0))).toBeNull();
  });
});
