import { describe, expect, it } from "vitest";
import type { FromCustomer, Message, ToCustomer } from "../../api/wire";
import type { ClientConfig, SocketLike, Timers } from "./client";
import { ChatClient } from "./client";
import { memoryOutbox } from "./outbox";
import { lastSeq } from "./state";

/** Clock is a virtual clock: nothing in these tests waits for real time. */
class Clock implements Timers {
  private t = Date.UTC(2026, 0, 5);
  private jobs: { at: number; run: () => void }[] = [];
  now(): Date {
    return new Date(this.t);
  }
  after(ms: number, run: () => void): () => void {
    const job = { at: this.t + ms, run };
    this.jobs.push(job);
    return () => {
      this.jobs = this.jobs.filter((j) => j !== job);
    };
  }
  advance(ms: number): void {
    const until = this.t + ms;
    for (;;) {
      const due = this.jobs.filter((j) => j.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.jobs = this.jobs.filter((j) => j !== due);
      this.t = due.at;
      due.run();
    }
    this.t = until;
  }
}

/** seeded is a small repeatable generator in [0, 1). */
function seeded(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let x = Math.imul(s ^ (s >>> 15), 1 | s);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * World is a server with a log, and a wire that fails as told: frames are lost with
 * the socket, doubled, or skipped (a lost hint).
 */
class World {
  log: Message[] = [];
  taken = new Map<string, number>();
  sockets: FakeSocket[] = [];
  constructor(readonly chance: (kind: "cut" | "double" | "skip") => boolean) {}

  take(socket: FakeSocket, frame: FromCustomer): void {
    if (frame.type === "hello") {
      socket.sent = frame.last_seq ?? 0;
      socket.deliver({
        type: "welcome",
        welcome: {
          v: 1,
          conversation: "k1",
          last_seq: this.log.length,
          node: "n1",
          release: "r1",
          customer: "",
          employees: [],
          state: { speaker: "bot", employee: "xiaoan", locale: "zh", edition: "standard" },
          locale: "zh",
          edition: "standard",
        },
      });
      this.catchUp(socket, false);
      socket.deliver({ type: "caught_up", seq: this.log.length });
      return;
    }
    if (frame.type === "send") {
      const before = this.taken.get(frame.id);
      if (before === undefined) {
        this.push({ author: "customer", text: frame.text, input: frame.id });
        this.push({ author: "bot", text: `re: ${frame.text}`, input: frame.id });
        this.taken.set(frame.id, this.log.length);
      }
      socket.deliver({
        type: "accepted",
        id: frame.id,
        seq: this.taken.get(frame.id) ?? 0,
        replayed: before !== undefined,
      });
      this.catchUp(socket);
    }
  }

  private push(m: { author: "customer" | "bot"; text: string; input: string }): void {
    const seq = this.log.length + 1;
    this.log.push({ seq, turn: seq, at: "2026-01-05T00:00:00Z", kind: "text", actions: [], ...m });
  }

  private catchUp(socket: FakeSocket, live = true): void {
    while (socket.sent < this.log.length) {
      const m = this.log[socket.sent++];
      if (!m || (live && this.chance("skip"))) continue;
      socket.deliver({ type: "message", message: m });
      if (this.chance("double")) socket.deliver({ type: "message", message: m });
    }
  }
}

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  sent = 0;
  open = true;
  private readonly inbox: FromCustomer[] = [];
  constructor(private readonly world: World) {}
  send(text: string): void {
    if (!this.open) return;
    // Cut before the server reads it, or after: both must be survived.
    if (this.world.chance("cut")) {
      this.cut();
      return;
    }
    // One frame at a time, as a server does: the client may send from inside a delivery.
    this.inbox.push(JSON.parse(text) as FromCustomer);
    if (this.inbox.length > 1) return;
    for (let frame = this.inbox[0]; frame; frame = this.inbox[0]) {
      this.world.take(this, frame);
      this.inbox.shift();
    }
    if (this.world.chance("cut")) this.cut();
  }
  deliver(frame: ToCustomer): void {
    if (!this.open) return;
    if (this.world.chance("cut")) {
      this.cut();
      return;
    }
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  close(): void {
    this.open = false;
  }
  cut(): void {
    if (!this.open) return;
    this.open = false;
    this.onclose?.({ code: 1006, reason: "" });
  }
}

function setUp(
  world: World,
  clock: Clock,
  outbox = memoryOutbox(),
): { client: ChatClient; opened: FakeSocket[] } {
  const opened: FakeSocket[] = [];
  let n = 0;
  const config: ClientConfig = {
    open: () => {
      const socket = new FakeSocket(world);
      opened.push(socket);
      return socket;
    },
    ticket: () => Promise.resolve("t"),
    final: () => null,
    outbox,
    device: "d1",
    chosen: { locale: null, edition: null },
    timers: clock,
    random: () => 0.5,
    newId: () => `i${++n}`,
  };
  return { client: new ChatClient(config), opened };
}

/** settle lets promises run. */
async function settle(): Promise<void> {
  for (let i = 0; i < 4; i++) await Promise.resolve();
}

describe("ChatClient", () => {
  it("loses and doubles nothing under random cuts, duplicates and lost hints", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seeded(seed);
      let faults = true;
      const world = new World((kind) => faults && random() < { cut: 0.08, double: 0.2, skip: 0.1 }[kind]);
      const clock = new Clock();
      const { client, opened } = setUp(world, clock);
      client.start();
      const said: string[] = [];
      for (let step = 0; step < 40; step++) {
        await settle();
        opened[opened.length - 1]?.onopen?.();
        if (random() < 0.5 && said.length < 15) {
          said.push(`line ${said.length}`);
          client.say(said[said.length - 1] ?? "");
        }
        clock.advance(Math.floor(random() * 6000));
      }
      faults = false;
      for (let i = 0; i < 12; i++) {
        clock.advance(40_000);
        await settle();
        opened[opened.length - 1]?.onopen?.();
      }
      const state = client.current();
      expect(state.pending, `seed ${seed}`).toEqual([]);
      expect(state.messages.map((m) => m.seq)).toEqual(world.log.map((m) => m.seq));
      const mine = state.messages.filter((m) => m.author === "customer").map((m) => m.text);
      expect(mine).toEqual(said);
      client.stop();
    }
  });

  it("keeps what was said without a network and sends it with the same id", async () => {
    const world = new World(() => false);
    const clock = new Clock();
    const outbox = memoryOutbox();
    const first = setUp(world, clock, outbox);
    first.client.say("您好");
    expect(first.client.current().pending[0]?.delivery).toBe("queued");
    first.client.stop();
    // The page was killed: a new client finds the line in the outbox.
    const second = setUp(world, clock, outbox);
    second.client.start();
    await settle();
    second.opened[0]?.onopen?.();
    expect(second.client.current().messages.map((m) => m.input)).toEqual(["i1", "i1"]);
    expect(outbox.load()).toEqual([]);
  });

  it("pings after 15 s and gives a silent socket up", async () => {
    const world = new World(() => false);
    const clock = new Clock();
    const { client, opened } = setUp(world, clock);
    client.start();
    await settle();
    opened[0]?.onopen?.();
    expect(client.current().link).toBe("live");
    clock.advance(15_000);
    expect(client.current().link).toBe("live");
    clock.advance(8_000);
    expect(client.current().link).toBe("offline");
    clock.advance(15_000);
    await settle();
    opened[1]?.onopen?.();
    expect(client.current().link).toBe("live");
    expect(lastSeq(client.current())).toBe(0);
  });

  it("does not come back after a final close", async () => {
    const world = new World(() => false);
    const clock = new Clock();
    const { client, opened } = setUp(world, clock);
    client.start();
    await settle();
    opened[0]?.onopen?.();
    opened[0]?.onclose?.({ code: 4003, reason: "版本不符" });
    clock.advance(120_000);
    await settle();
    expect(opened).toHaveLength(1);
    expect(client.current()).toMatchObject({ link: "refused", refusal: "版本不符" });
  });
});
