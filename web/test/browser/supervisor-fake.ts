// A small stand-in for the API of the supervisors' wall. For the web's own browser
// tests only.
import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { WebSocketServer } from "ws";
import type { Rule, Wall, WallAgent, WallCase, WallQueue } from "../../src/supervisor/api.ts";
import { STAFF } from "./desk-fake.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const NOW = "2026-11-22T10:00:00Z";

const rate = (in_time: number, asked: number): Wall["today"] => ({
  in_time,
  asked,
  percent: asked === 0 ? -1 : Math.floor((in_time * 100) / asked),
});

const queue = (name: string, over: Partial<WallQueue> = {}): WallQueue => ({
  queue: name,
  waiting: 0,
  longest_s: 0,
  wait_s: 10,
  spread_s: 10,
  booked: 0,
  due: 0,
  on: 12,
  free: 5,
  live: 3,
  open: true,
  today: rate(90, 100),
  half_hour: rate(18, 20),
  ...over,
});

const agent = (n: number): WallAgent => ({
  id: `A${n}`,
  name: `坐席${n}`,
  number: `88${n}`,
  presence: (["ready", "busy", "away", "wrapup"] as const)[n % 4] ?? "ready",
  skills: ["general"],
  serves: n % 3,
  capacity: 3,
  queues: n % 3 > 0 ? ["general"] : [],
  ...(n % 3 > 0 ? { since: "2026-11-22T09:52:00Z" } : { idle: "2026-11-22T09:59:20Z" }),
});

const live = (n: number, over: Partial<WallCase> = {}): WallCase => ({
  conversation: `8f0a4f64-0f7e-4a55-a2a8-6c1f3f1f0a${10 + n}`,
  handoff: `h-${n}`,
  queue: "general",
  customer: "王**",
  agent: "A102",
  name: "何芳",
  number: "880202",
  since: "2026-11-22T09:50:00Z",
  flow: "银行卡挂失",
  step: "确认卡号",
  silent_s: 0,
  ...over,
});

/** SupervisorFake is a running fake. */
export interface SupervisorFake {
  url: string;
  asked: string[];
  /** frames are what the page sent over the desk's socket. */
  frames: string[];
  /** fail makes the wall answer with a refusal, or well again. */
  fail(on: boolean): void;
  stop(): Promise<void>;
}

/** startSupervisorFake serves the built pages of `root` and a wall with four alarms. */
export async function startSupervisorFake(root: string): Promise<SupervisorFake> {
  const asked: string[] = [];
  const frames: string[] = [];
  let failing = false;
  const rules: Wall["rules"] = (["wait", "rate", "nobody", "silent"] as const).map((kind) => ({
    kind,
    queue: "",
    enabled: true,
    threshold: { wait: 60, rate: 80, nobody: 0, silent: 90 }[kind],
  }));
  const alarm = (
    id: string,
    kind: Rule["kind"],
    name: string,
    value: number,
    threshold: number,
    over = {},
  ) => ({
    id,
    kind,
    queue: name,
    value,
    threshold,
    raised_at: "2026-11-22T09:58:00Z",
    ...over,
  });
  const alarms: Wall["alarms"] = [
    alarm("al-1", "wait", "general", 95, 60),
    alarm("al-2", "rate", "elder", 71, 80),
    alarm("al-3", "nobody", "safety", 2, 0),
    alarm("al-4", "silent", "general", 130, 90, { handoff: "h-1", agent: "何芳（A102）" }),
  ];
  const wall = (all: URLSearchParams): Wall => {
    const agents = Array.from({ length: 120 }, (_, i) => agent(101 + i)).filter(
      (a) =>
        (all.get("presence") ?? a.presence) === a.presence &&
        a.id > (all.get("after") ?? "") &&
        (all.get("agent") ?? a.number) === a.number,
    );
    return {
      at: NOW,
      today: rate(1734, 2040),
      half_hour: rate(78, 96),
      queues: [
        queue("general", {
          waiting: 6,
          longest_s: 95,
          wait_s: 140,
          spread_s: 60,
          booked: 4,
          due: 1,
          live: 41,
        }),
        queue("elder", { half_hour: rate(20, 28) }),
        queue("safety", { waiting: 2, longest_s: 41, on: 0, free: 0, wait_s: 0, spread_s: 0, live: 0 }),
        queue("wealth", { open: false, on: 0, free: 0, live: 0, half_hour: rate(0, 0) }),
      ],
      duty: { ready: 8200, busy: 15100, away: 900, wrapup: 1400 },
      alarms,
      rules,
      agents: agents.slice(0, 50),
      more_agents: agents.length > 50,
      live: [
        live(1, { silent_s: 130 }),
        live(2, {
          name: "罗志远",
          number: "880303",
          agent: "A103",
          customer: "李**",
          code: "4821",
          session: "s-1",
          session_state: "live",
        }),
        live(3, { queue: "elder", customer: "赵**", held: NOW, silent_s: 15 }),
      ].filter((c) => (all.get("queue") ?? c.queue) === c.queue),
      more_live: false,
      skills: [
        { queue: "general", skill: "general" },
        { queue: "safety", skill: "security" },
      ],
    };
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    const path = url.pathname.replace("/api/v1", "");
    const json = (status: number, body?: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (!url.pathname.startsWith("/api/")) return void page(url.pathname, response);
    let raw = "";
    request.on("data", (part) => {
      raw += part;
    });
    request.on("end", () => {
      asked.push(`${request.method} ${path}${url.search} ${raw}`.trim());
      const seen = /^\/supervisor\/alarms\/(.+)\/seen$/.exec(path)?.[1];
      if (path === "/demo/cast") return json(200, { customers: [], staff: STAFF, employees: [] });
      if (path === "/demo/sign-in") {
        const as = (JSON.parse(raw || "{}") as { as?: string }).as ?? "";
        const person = STAFF.find((p) => p.id === as);
        return json(200, {
          token: `t-${as}`,
          expires_at: "2036-01-01T00:00:00Z",
          subject: `s:${as}`,
          name: person?.name ?? as,
          roles: [person?.role ?? "agent"],
        });
      }
      if (path === "/tickets") return json(200, { ticket: "once" });
      if (path === "/supervisor/wall") {
        if (failing)
          return json(500, {
            code: "unavailable",
            message: "大屏暂时读不到数据 / the wall can't be read now",
          });
        return json(200, wall(url.searchParams));
      }
      if (seen) {
        const one = alarms.find((a) => a.id === seen);
        if (one) one.seen_by = "韩梅（S01）";
        return json(204);
      }
      if (path === "/supervisor/rules") {
        const rule = JSON.parse(raw) as Rule;
        const at = rules.findIndex((r) => r.kind === rule.kind && r.queue === rule.queue);
        rules.splice(at < 0 ? rules.length : at, at < 0 ? 0 : 1, { ...rule, set_by: "韩梅（S01）" });
        return json(204);
      }
      json(404, { code: "not_found", message: path });
    });
  });
  const desk = new WebSocketServer({ server, path: "/api/v1/desk/socket" });
  desk.on("connection", (socket) => {
    const say = (frame: object): void => socket.send(JSON.stringify(frame));
    socket.on("message", (data) => {
      const frame = JSON.parse(String(data)) as Record<string, string>;
      frames.push(String(data));
      if (frame.type !== "visit") return;
      const { conversation, id, mode } = frame;
      say({ type: "accepted", id, conversation });
      const session = {
        id: "s-1",
        code: "4821",
        state: "live",
        present: ["李女士", "罗志远", ...(mode === "read" ? [] : ["韩梅 880101"])],
        ...(mode === "read" ? {} : { visitor: { name: "韩梅", number: "880101", mode } }),
      };
      if (mode === "read")
        say({
          type: "case",
          conversation,
          case: {
            conversation,
            flow_title: "密码重置",
            step_title: "人脸核实",
            slots: [],
            session,
            messages: [
              { seq: 1, author: "customer", at: NOW, text: "我的手机号是 138****5678" },
              { seq: 2, author: "agent", at: NOW, text: "请看镜头" },
            ],
          },
        });
      else if (mode !== "leave") say({ type: "session", conversation, session });
      if (mode === "listen")
        say({
          type: "message",
          conversation,
          message: { seq: 3, author: "customer", at: NOW, text: "好的" },
        });
    });
  });
  async function page(path: string, response: ServerResponse): Promise<void> {
    const name = extname(path) === "" ? `${path}.html` : path;
    try {
      const file = await readFile(join(root, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    frames,
    fail: (on) => {
      failing = on;
    },
    stop: () =>
      new Promise((resolve) => {
        for (const socket of desk.clients) socket.terminate();
        desk.close();
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
