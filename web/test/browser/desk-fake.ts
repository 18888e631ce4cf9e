// A small fake of the staff socket, for the desk's own browser test: one waiting list, one
// customer who answers. The real program has tests of its own.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { Card, Message, Person } from "../../src/api/wire.ts";
import type { Case, FromStaff, ToStaff, Waiting } from "../../src/desk/core/wire.ts";
import { SOURCE } from "../fake-data.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

const staff = (
  id: string,
  name: string,
  role: string,
  story: string,
  hue: string,
  tags: string[],
): Person => ({
  id,
  name,
  name_en: { A01: "Lin Xiao", A03: "Luo Zhiyuan", S01: "Han Mei" }[id] ?? name,
  role,
  story,
  story_en: "Five years on the desk",
  hue,
  tags,
  lines: [],
  lines_en: [],
});

/** STAFF is the fake's cast. */
export const STAFF: Person[] = [
  staff("A01", "林晓", "agent", "五年老坐席，手里能同时稳住三位客户。", "#1F6FEB", [
    "general",
    "银行从业资格 至 2099-06-30",
  ]),
  staff("A03", "罗志远", "agent", "双录一次过的多，证书这周就到期。", "#7A6A2B", [
    "wealth",
    `理财销售资格 至 ${new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)}`,
  ]),
  staff("S01", "韩梅", "supervisor", "当班主管，能授权。", "#7a4f9a", []),
  staff("E01", "徐岚", "editor", "知识与意图编辑", "#a05a2c", []),
];

/** DeskFake is a running fake. */
export interface DeskFake {
  url: string;
  frames: FromStaff[];
  /** ring puts a customer into the queue and rings the agent. */
  ring(conversation: string, over?: Partial<Waiting>): void;
  /** wait puts a customer into the queue only. */
  wait(conversation: string, over?: Partial<Waiting>): void;
  /** say adds a message of the conversation and sends it. */
  say(conversation: string, over: Partial<Message>): void;
  /** wrapUp says what hand-backs do: nothing (the usual), or they begin a wrap-up. */
  wrapUp(on: boolean): void;
  /** summaries says what becomes of questions for one. */
  summaries(how: "given" | "late" | "refused"): void;
  /** sumUp answers a late one. */
  sumUp(): void;
  /** presence is changed by the server itself. */
  presence(presence: string): void;
  /** change alters and drops what stands beside the messages of a conversation, and sends it. */
  change(conversation: string, over: Partial<Case>, drop?: ("held" | "guest")[]): void;
  cut(): void;
  /** lose takes a conversation away without a word, as while the desk is cut off. */
  lose(conversation: string): void;
  session(conversation: string, state: "offered" | "live" | "ended"): void;
  stop(): Promise<void>;
}

interface Held {
  waiting: Waiting;
  file: Case;
  owned: boolean;
}

/** startDeskFake serves the built pages in `root` and the staff socket. */
export async function startDeskFake(root: string): Promise<DeskFake> {
  const held = new Map<string, Held>();
  const frames: FromStaff[] = [];
  const sockets = new Set<WebSocket>();
  let presence = "away";
  let wraps = false;
  let summing: "given" | "late" | "refused" = "given";
  let late: (() => void) | null = null;
  let who = STAFF[0] as Person;
  let queue: Waiting[] = [];

  const all = (frame: ToStaff): void => {
    for (const ws of sockets) ws.send(JSON.stringify(frame));
  };
  const list = (): void => all({ type: "queue", queue });
  const get = (conversation: string): Held => {
    const one = held.get(conversation);
    if (!one) throw new Error(`no conversation ${conversation}`);
    return one;
  };
  function say(conversation: string, over: Partial<Message>): void {
    const { file, owned } = get(conversation);
    const message = line(file.messages.length + 1, over);
    file.messages.push(message);
    if (owned) all({ type: "message", conversation, message });
  }
  function take(frame: FromStaff, ws: WebSocket): void {
    frames.push(frame);
    const send = (out: ToStaff): void => ws.send(JSON.stringify(out));
    switch (frame.type) {
      case "hello":
        send({ type: "welcome", staff: who, queue, presence });
        for (const h of held.values()) if (h.owned) send({ type: "taken", case: h.file });
        return;
      case "ping":
        send({ type: "pong" });
        return;
      case "presence":
        presence = frame.presence;
        send({ type: "accepted", presence });
        return;
      case "accept": {
        const h = Array.from(held.values()).find((one) => one.waiting.handoff === frame.handoff);
        if (!h || !queue.includes(h.waiting)) {
          send({
            type: "error",
            handoff: frame.handoff,
            error: {
              code: "conflict",
              message: "这位客户已由其他同事接起 / another colleague has this customer",
            },
          });
          return;
        }
        queue = queue.filter((w) => w !== h.waiting);
        h.owned = true;
        send({ type: "accepted", handoff: frame.handoff });
        list();
        h.file.messages.push(
          line(h.file.messages.length + 1, { author: "system", text: `人工坐席${who.name}已接入` }),
        );
        send({ type: "taken", case: h.file });
        return;
      }
      case "decline":
        send({ type: "accepted", handoff: frame.handoff });
        send({ type: "ring_over", handoff: frame.handoff });
        return;
      case "send":
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        say(frame.conversation, { author: "agent", author_id: who.id, input: frame.id, text: frame.text });
        return;
      case "edit": {
        const { file } = get(frame.conversation);
        file.slots = file.slots.map((s) =>
          s.name === frame.slot ? { ...s, value: frame.value, by: "agent" } : s,
        );
        send({ type: "accepted", id: frame.id });
        send({ type: "case", case: { ...file, messages: [] } });
        return;
      }
      case "reveal":
        send({
          type: "revealed",
          conversation: frame.conversation,
          id: frame.id,
          revealed: {
            seconds: 30,
            rows: [{ name: "name", label: "姓名", value: "王秀英" }],
            messages: [{ seq: 1, author: "customer", text: "我是王秀英，13812345678" }],
          },
        });
        return;
      case "handback":
        get(frame.conversation).owned = false;
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        if (wraps) stand("wrapup");
        send({ type: "released", conversation: frame.conversation });
        return;
      case "wrapup":
        send({ type: "accepted", id: frame.id, handoff: frame.handoff });
        stand("ready");
        return;
      case "summary": {
        const text = "诉求：给儿子转三千\n未办完：转账：核对并确认";
        const { id, conversation } = frame;
        const summary = { request: "给儿子转三千", done: [], open: "转账：核对并确认", text };
        late = () => send({ type: "summary", id, conversation, summary });
        if (summing === "given") late();
        if (summing === "refused") {
          send({ type: "error", id, conversation, error: { code: "unavailable", message: "出错了" } });
        }
        return;
      }
      case "colleagues":
        send({
          type: "colleagues",
          id: frame.id,
          colleagues: [
            { id: "A03", name: "罗志远", number: "8003", presence: "ready", skills: ["wealth"], free: 2 },
            { id: "A07", name: "沈月", number: "8007", presence: "busy", skills: [], free: 0 },
          ],
          queues: ["card", "elder", "general", "wealth"],
        });
        return;
      case "transfer":
        get(frame.conversation).owned = false;
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        send({ type: "released", conversation: frame.conversation });
        return;
      case "invite":
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        change(frame.conversation, { owner: who.id, guest: { id: frame.to_agent, joined: false } });
        return;
      case "leave":
        get(frame.conversation).owned = false;
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        send({ type: "released", conversation: frame.conversation });
        return;
      case "hold":
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        change(frame.conversation, { held: new Date().toISOString() });
        return;
      case "resume":
        send({ type: "accepted", id: frame.id, conversation: frame.conversation });
        change(frame.conversation, {}, ["held"]);
        return;
      case "open": {
        const h = held.get(frame.conversation);
        if (h) send({ type: h.owned ? "taken" : "case", case: h.file });
        return;
      }
      case "session":
        session(frame.conversation, "offered");
        return;
      case "end_session":
        for (const h of held.values())
          if (h.file.session?.id === frame.session) session(h.file.conversation, "ended");
        return;
      case "signal":
        return;
    }
  }
  function stand(next: string): void {
    presence = next;
    all({ type: "presence", presence });
  }
  function change(conversation: string, over: Partial<Case>, drop: ("held" | "guest")[] = []): void {
    const h = get(conversation);
    h.file = { ...h.file, ...over };
    for (const name of drop) delete h.file[name];
    all({ type: "case", conversation, case: { ...h.file, messages: [] } });
  }
  function session(conversation: string, state: "offered" | "live" | "ended"): void {
    const h = get(conversation);
    const open = {
      id: "s1",
      code: "4271",
      state,
      sharing: "none" as const,
      present: state === "live" ? [who.name, h.waiting.customer] : [who.name],
    };
    if (state === "ended") delete h.file.session;
    else h.file.session = open;
    all({ type: "session", conversation, session: open });
  }
  function wait(conversation: string, over: Partial<Waiting> = {}): Held {
    const waiting: Waiting = {
      handoff: `h-${conversation}`,
      conversation,
      queue: "general",
      customer: "李*",
      reason: "客户要求人工",
      flow: "转账",
      step: "核对收款人",
      since: new Date(Date.now() - 23_000).toISOString(),
      ...over,
    };
    const one: Held = { waiting, file: caseOf(waiting), owned: false };
    held.set(conversation, one);
    queue = [...queue, waiting];
    list();
    return one;
  }

  const server: Server = createServer((request, response) => {
    void serve(root, request, response, (id) => {
      who = STAFF.find((s) => s.id === id) ?? who;
      return who;
    });
  });
  const wss = new WebSocketServer({ server, path: "/api/v1/desk/socket" });
  wss.on("connection", (ws) => {
    sockets.add(ws);
    ws.on("close", () => sockets.delete(ws));
    ws.on("message", (raw) => take(JSON.parse(String(raw)) as FromStaff, ws));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    frames,
    wait,
    ring: (conversation, over = {}) => {
      const { waiting } = wait(conversation, over);
      all({ type: "ring", ring: { ...waiting, ring_until: new Date(Date.now() + 20_000).toISOString() } });
    },
    say,
    session,
    change,
    wrapUp: (on) => {
      wraps = on;
    },
    summaries: (how) => {
      summing = how;
    },
    sumUp: () => late?.(),
    presence: stand,
    cut: () => {
      for (const ws of sockets) ws.close(4101, "reconnect and resume");
    },
    lose: (conversation) => {
      get(conversation).owned = false;
    },
    stop: async () => {
      for (const ws of sockets) ws.terminate();
      wss.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
  signIn: (id: string) => Person,
): Promise<void> {
  const path = new URL(request.url ?? "/", "http://x").pathname;
  const json = (value: unknown, status = 200): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  if (path === "/api/v1/demo/cast") return json({ customers: [], staff: STAFF });
  if (path === "/api/v1/tickets") return json({ ticket: "t" });
  if (path.startsWith("/api/v1/sources/")) return json(SOURCE);
  if (path === "/api/v1/demo/sign-in") {
    let body = "";
    for await (const part of request) body += part;
    const person = signIn((JSON.parse(body) as { as: string }).as);
    return json({
      token: "secret-token",
      subject: person.id,
      name: person.name,
      roles: [person.role],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
  }
  const file = path === "/desk" ? "/desk.html" : path;
  try {
    const content = await readFile(join(root, file));
    response
      .writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" })
      .end(content);
  } catch {
    response.writeHead(404).end();
  }
}

function line(seq: number, over: Partial<Message>): Message {
  return {
    seq,
    turn: seq,
    at: new Date().toISOString(),
    author: "customer",
    kind: "text",
    text: "",
    actions: [],
    ...over,
  };
}

function card(kind: Card["kind"], title: string, over: Partial<Card> = {}): Card {
  return { kind, title, rows: [], options: [], ...over };
}

function caseOf(w: Waiting): Case {
  const early = (seconds: number): string => new Date(Date.parse(w.since) - seconds * 1000).toISOString();
  const told: Partial<Message>[] = [
    { author: "bot", text: "您好，我是小达，想办什么业务？", at: early(80) },
    { text: "给儿子转三千五，不对，三千", at: early(66) },
    {
      author: "bot",
      kind: "card",
      text: "请选收款人",
      at: early(64),
      card: card("payees", "请选收款人", {
        options: [
          { id: "p1", label: "李*", note: "示例银行 尾号 8812" },
          { id: "p2", label: "李**", note: "示例银行 尾号 2046" },
        ],
      }),
    },
    { text: "第一个", at: early(50) },
    {
      author: "bot",
      kind: "confirm",
      text: "请核对：转给李*三千元",
      at: early(48),
      card: card("readback", "请核对转账", {
        amount: { figures: "¥3,000.00", words: "叁仟元整" },
        rows: [
          { label: "收款人", value: "李*" },
          { label: "收款账户", value: "示例银行 ****8812" },
          { label: "手续费", value: "¥0.00" },
        ],
      }),
    },
    { text: "手续费真的不要吗", at: early(30) },
    {
      author: "bot",
      kind: "answer",
      text: "本行账户之间转账不收手续费。",
      at: early(28),
      source: { article: "fees", passage: "p-1", title: "转账手续费标准" },
      generated: true,
    },
    {
      author: "bot",
      kind: "secure",
      text: "请输入短信验证码",
      at: early(20),
      card: card("secure", "短信验证码"),
    },
    { text: "密码是******，我不会弄", at: early(8), masked: true },
    { text: "人工", at: early(1) },
    { author: "system", text: "已为您转接人工，小达继续陪您办理", at: w.since },
  ];
  return {
    conversation: w.conversation,
    handoff: w.handoff,
    queue: w.queue,
    reason: w.reason,
    customer: {
      name: w.customer,
      level: "L1",
      phone: "138****2046",
      age: w.edition === "elder" ? 72 : 34,
      rows: [{ label: "称呼", value: "李先生" }],
    },
    flow: "transfer",
    flow_title: "转账",
    step: "confirm",
    step_title: "核对并确认",
    ...(w.passed ? { passed: w.passed } : {}),
    slots: [
      { name: "payee", label: "收款人", value: "李* ****8812", by: "customer" },
      { name: "amount", label: "金额", value: "¥3,000.00", by: "customer" },
      { name: "account", label: "付款账户", value: "工资卡 ****6621", by: "system" },
      { name: "note", label: "附言", value: "生活费", by: "customer" },
    ],
    messages: told.map((m, i) => line(i + 1, m)),
    since: w.since,
    edition: w.edition ?? "standard",
    locale: "zh",
  };
}
