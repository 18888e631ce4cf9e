// A small server that speaks the protocol well enough to click through the pages. It is
// for the web's own browser tests only: the real program has tests of its own.
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import type { Card, FromCustomer, Message, State, ToCustomer } from "../src/api/wire.ts";
import { CAST, SOURCE } from "./fake-data.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const PAGES: Record<string, string> = {
  "/": "/index.html",
  "/chat": "/chat.html",
  "/duo": "/duo.html",
  "/desk": "/desk.html",
  "/console": "/console.html",
};

interface Conversation {
  log: Message[];
  sockets: Set<WebSocket>;
  taken: Map<string, number>;
  state: State;
  settings: { locale: "zh" | "en"; edition: "standard" | "elder" };
  name: string;
}

/** FakeServer is a running fake; secrets are the values that came decrypted from secure boxes. */
export interface FakeServer {
  url: string;
  secrets: Record<string, string>[];
  /** frames are all texts that came over sockets, to prove what did not. */
  frames: string[];
  conversation(as: string): Conversation;
  cut(as: string): void;
  say(as: string, over: Partial<Message>): void;
  state(as: string, over: Partial<State>): void;
  stop(): Promise<void>;
}

export async function startFake(root: string): Promise<FakeServer> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const conversations = new Map<string, Conversation>();
  const tickets = new Map<string, string>();
  const trays = new Set<ServerResponse>();
  const secrets: Record<string, string>[] = [];
  const frames: string[] = [];
  let n = 0;

  function conversation(as: string): Conversation {
    const known = conversations.get(as);
    if (known) return known;
    const p = CAST.customers.find((c) => c.id === as);
    const c: Conversation = {
      log: [],
      sockets: new Set(),
      taken: new Map(),
      name: p?.name ?? "",
      state: { speaker: "bot", employee: "xiaoan", locale: "zh", edition: "standard", mood: "idle" },
      settings: {
        locale: p?.locale === "en" ? "en" : "zh",
        edition: p?.edition === "elder" ? "elder" : "standard",
      },
    };
    conversations.set(as, c);
    push(c, { text: "您好，我是小安，请问要办什么？" });
    push(c, {
      kind: "card",
      text: "您尾号0317的三年定期还有3天到期",
      card: card("needs", "今天也许您想办", {
        options: [
          {
            id: "need1",
            label: "您尾号0317的三年定期还有3天到期",
            note: "定期到期前三天，我们会提醒您一次；不办就按原条件转存。",
          },
        ],
      }),
      actions: [{ id: "dismiss1", label: "不再提示" }],
    });
    return c;
  }
  function send(ws: WebSocket, frame: ToCustomer): void {
    ws.send(JSON.stringify(frame));
  }
  function all(c: Conversation, frame: ToCustomer): void {
    for (const ws of c.sockets) send(ws, frame);
  }
  function push(c: Conversation, over: Partial<Message>): void {
    const seq = c.log.length + 1;
    const m: Message = {
      seq,
      turn: over.author === "customer" ? seq : (c.log[seq - 2]?.turn ?? seq),
      at: new Date().toISOString(),
      author: "bot",
      author_id: c.state.employee,
      kind: "text",
      text: "",
      actions: [],
      ...over,
    };
    c.log.push(m);
    all(c, { type: "message", message: m });
  }
  function tray(kind: "sms" | "ledger", customer: string, title: string, text: string, code = ""): void {
    for (const response of trays)
      response.write(
        `data: ${JSON.stringify({ at: new Date().toISOString(), kind, customer, title, text, ...(code ? { code } : {}) })}\n\n`,
      );
  }
  function take(c: Conversation, as: string, frame: FromCustomer, ws: WebSocket): void {
    switch (frame.type) {
      case "ping":
        send(ws, { type: "pong" });
        return;
      case "hello":
      case "seen":
      case "signal":
        return;
      default:
    }
    const before = c.taken.get(frame.id);
    if (before !== undefined) {
      send(ws, { type: "accepted", id: frame.id, seq: before, replayed: true });
      return;
    }
    const input = frame.id;
    if (frame.type === "send" || frame.type === "tap") {
      push(c, {
        author: "customer",
        author_id: as,
        input,
        text: frame.type === "send" ? frame.text : labelOf(c, frame.action),
      });
      answer(c, as, input, frame.type === "send" ? frame.text : frame.action);
    } else if (frame.type === "settings") {
      c.settings = { locale: frame.locale, edition: frame.edition };
    } else if (frame.type === "employee") {
      c.state = { ...c.state, employee: frame.employee };
      all(c, { type: "state", state: { ...c.state, ...c.settings } });
      push(c, { input, text: "我是小达，刚才填的都在，我们接着办。" });
    }
    c.taken.set(frame.id, c.log.length);
    send(ws, { type: "accepted", id: frame.id, seq: c.log.length });
  }
  function answer(c: Conversation, as: string, input: string, said: string): void {
    if (said.includes("利率") || said.includes("三年定期")) {
      all(c, { type: "draft", draft: { input, attempt: 1, n: 0, text: "三年期整存整取" } });
      push(c, {
        input,
        kind: "answer",
        text: "三年期整存整取现在是年利率 1.55%。",
        source: { article: "deposit-rates", passage: "p1", title: "人民币存款挂牌利率", row: "三年" },
        generated: true,
      });
    } else if ((said.includes("转给") && !said.includes("老王")) || said.includes("给儿子转")) {
      push(c, {
        input,
        kind: "card",
        text: "好，转给李强 3000 元。",
        card: card("form", "转账汇款", {
          step: 2,
          steps: 4,
          rows: [
            { name: "payee", label: "收款人", value: "李强", by: "customer" },
            { name: "from", label: "付款账户", value: "尾号 6688", by: "system" },
          ],
        }),
      });
      push(c, {
        input,
        kind: "confirm",
        text: "请核对：转给李强三千元，叁仟元整。",
        card: card("readback", "请核对这笔转账", {
          ref: "rb1",
          amount: { figures: "¥3,000.00", words: "叁仟元整" },
          rows: [
            { name: "payee", label: "收款人", value: "李强（儿子）" },
            { label: "收款行", value: "样本银行" },
            { label: "收款账号", value: "尾号 1029" },
            { label: "付款账户", value: "储蓄卡 尾号 6688" },
            { label: "手续费", value: "¥0.00" },
            { label: "到账", value: "实时到账" },
          ],
        }),
        actions: [
          { id: "yes", label: "确认转出 ¥3,000.00", style: "primary" },
          { id: "change", label: "修改" },
          { id: "no", label: "不转了" },
        ],
      });
    } else if (said === "yes") {
      push(c, {
        input,
        kind: "secure",
        text: "验证码已发到您尾号 0088 的手机，请填在安全框里。",
        card: card("secure", "输入短信验证码", {
          ref: "box1",
          secure: {
            ref: "box1",
            fields: [{ name: "sms_code", label: "短信验证码", digits: 6 }],
            expires_at: new Date(Date.now() + 300_000).toISOString(),
          },
        }),
      });
      tray("sms", as, "示例银行", "您正在转账 ¥3,000.00 给李强，验证码 482913，切勿告诉任何人。", "482913");
    } else if (said.includes("人工") || said.includes("person")) {
      c.state = { ...c.state, speaker: "queue", queue: { place: 2, wait_s: 240 } };
      all(c, { type: "state", state: { ...c.state, ...c.settings } });
      push(c, {
        input,
        kind: "notice",
        author: "system",
        text: "正在为您转人工，前面还有 1 位。",
        card: card("queue", "正在为您转人工", {
          rows: [
            { name: "place", label: "前面还有", value: "1 位" },
            { name: "wait", label: "大约", value: "3 分钟" },
          ],
          note: "等的时候可以继续办理",
        }),
        actions: [
          { id: "leave", label: "不等了" },
          { id: "book", label: "约个时间" },
        ],
      });
    } else if (said === "book") {
      push(c, {
        input,
        kind: "notice",
        author: "system",
        text: "同事可以按您方便的时间回来找您，就在这个对话里。选一个时间，或者直接说，比如“明天上午十点”。",
        actions: ["10:30", "11:00", "11:30", "12:00"].map((at) => ({
          id: `book@2026-11-23T${at}:00+08:00`,
          label: `明天${at}`,
        })),
      });
    } else if (said.startsWith("book@")) {
      const { queue: _, ...rest } = c.state;
      c.state = { ...rest, speaker: "bot", booked: said.slice(5) };
      all(c, { type: "state", state: { ...c.state, ...c.settings } });
      push(c, {
        input,
        kind: "notice",
        author: "system",
        text: "约好了：11月23日（星期一）10:30。到时同事会在这个对话里找您，不会打电话向您要密码和验证码。",
        actions: [
          { id: "book", label: "改时间" },
          { id: "unbook", label: "取消预约" },
        ],
      });
    } else if (said.includes("老王")) {
      push(c, {
        input,
        kind: "ask",
        text: "您有两位老王，转给哪一位？",
        card: card("payees", "选择收款人", {
          options: [
            { id: "p1", label: "王建军", note: "样本银行 尾号 3321" },
            { id: "p2", label: "王志明", note: "示例银行 尾号 7780" },
          ],
        }),
      });
    } else {
      push(c, {
        input,
        text: `您说的是“${said}”，我记下了。`,
        actions: [
          { id: "a1", label: "查余额" },
          { id: "a2", label: "转账" },
        ],
      });
    }
  }
  async function api(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const text = await read(request);
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    const as = (request.headers.authorization ?? "").replace("Bearer token-", "");
    const json = (value: unknown, status = 200): void => {
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(value));
    };
    const token = (who: string) => ({
      token: `token-${who}`,
      subject: `c:${who}`,
      name: CAST.customers.find((c) => c.id === who)?.name ?? who,
      roles: ["customer"],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    });
    if (path === "/api/v1/demo/sign-in") json(token(String(body.as)));
    else if (path === "/api/v1/devices") json(token("anonymous"));
    else if (path === "/api/v1/tickets") {
      const ticket = `t${++n}`;
      tickets.set(ticket, as);
      json({ ticket });
    } else if (path === "/api/v1/secure/key")
      json({ key_id: "k1", spki: publicKey.export({ type: "spki", format: "der" }).toString("base64") });
    else if (path.startsWith("/api/v1/secure/")) {
      secrets.push(open(privateKey, body.values as Record<string, string>));
      const c = conversation(as);
      push(c, { author: "system", kind: "notice", input: String(body.id), text: "已收到安全框" });
      push(c, {
        kind: "card",
        text: "已转出三千元给李强，已到账。",
        card: card("receipt", "转账成功", {
          ref: "HD20260105-000128",
          amount: { figures: "¥3,000.00", words: "叁仟元整" },
          rows: [
            { label: "收款人", value: "李强" },
            { label: "付款账户", value: "尾号 6688" },
            { label: "时间", value: "2026-01-05 10:21:08" },
          ],
        }),
      });
      tray("ledger", as, "转出", "尾号 6688 -¥3,000.00");
      json({ id: body.id, seq: c.log.length, replayed: false, messages: [] });
    } else if (path.startsWith("/api/v1/sources/")) json(SOURCE);
    else if (path === "/api/v1/demo/cast") json(CAST);
    else if (path === "/api/v1/demo/visitor") json({ customer: "C003" });
    else if (path === "/api/v1/demo/agent") response.writeHead(204).end();
    else if (path === "/api/v1/demo/tray") {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": open\n\n");
      trays.add(response);
      request.on("close", () => trays.delete(response));
    } else json({ code: "not_found", message: "没有这个地址" }, 404);
  }
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://x").pathname;
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "authorization, content-type");
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    if (path.startsWith("/api/")) {
      void api(request, response, path);
      return;
    }
    const file = join(root, PAGES[path] ?? path);
    readFile(file).then(
      (data) =>
        response
          .writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" })
          .end(data),
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server, path: "/api/v1/socket" });
  sockets.on("connection", (ws) => {
    let as = "";
    ws.on("message", (data) => {
      const text = String(data);
      frames.push(text);
      const frame = JSON.parse(text) as FromCustomer;
      if (frame.type !== "hello") {
        take(conversation(as), as, frame, ws);
        return;
      }
      as = tickets.get(frame.ticket) ?? "anonymous";
      tickets.delete(frame.ticket);
      const c = conversation(as);
      if (frame.locale) c.settings.locale = frame.locale;
      if (frame.edition) c.settings.edition = frame.edition;
      send(ws, {
        type: "welcome",
        welcome: {
          v: 1,
          conversation: `k-${as}`,
          last_seq: c.log.length,
          node: "n1",
          release: "r1",
          customer: c.name,
          employees: [
            {
              id: "xiaoan",
              name: "小安",
              job: "咨询与推荐",
              greeting: "您好",
              hue: "#0c6e74",
              on_duty: true,
            },
            { id: "xiaoda", name: "小达", job: "业务办理", greeting: "您好", hue: "#3d5aa8", on_duty: true },
          ],
          state: c.state,
          ...c.settings,
        },
      });
      for (const m of c.log.slice(frame.last_seq ?? 0)) send(ws, { type: "message", message: m });
      send(ws, { type: "caught_up", seq: c.log.length });
      c.sockets.add(ws);
      ws.on("close", () => c.sockets.delete(ws));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    frames,
    conversation,
    cut: (as) => {
      for (const ws of conversation(as).sockets) ws.terminate();
    },
    say: (as, over) => push(conversation(as), over),
    state: (as, over) => {
      const c = conversation(as);
      c.state = { ...c.state, ...over };
      all(c, { type: "state", state: { ...c.state, ...c.settings } });
    },
    stop: async () => {
      for (const response of trays) response.end();
      for (const ws of sockets.clients) ws.terminate();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function card(kind: Card["kind"], title: string, over: Partial<Card>): Card {
  return { kind, title, rows: [], options: [], ...over };
}

function labelOf(c: Conversation, action: string): string {
  for (const m of c.log.slice().reverse()) {
    const found = m.actions.find((a) => a.id === action) ?? m.card?.options.find((o) => o.id === action);
    if (found) return found.label;
  }
  return action;
}

function open(key: KeyObject, values: Record<string, string>): Record<string, string> {
  const opened: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    opened[name] = privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
      Buffer.from(value, "base64"),
    ).toString();
  }
  return opened;
}

async function read(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
