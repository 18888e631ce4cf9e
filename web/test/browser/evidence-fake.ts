// A small stand-in for the API of recordings: one session of twenty seconds, and the
// states a list and a player must have a word for. For the web's own browser tests only.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Check, Opening, Recording } from "../../src/evidence/core/wire.ts";
import { STAFF } from "./desk-fake.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webm": "video/webm",
};
const MEDIA = join(import.meta.dirname, "recording");
const AGENT = { id: "A02", name: "何芳", name_en: "He Fang", number: "880202" };

const recording = (session: string, over: Partial<Recording> = {}): Recording => ({
  session,
  conversation: "8f0a4f64-0f7e-4a55-a2a8-6c1f3f1f0a11",
  started_at: "2026-11-22T09:12:00Z",
  length_ms: 20_000,
  customer: { name: "王**", number: "C008" },
  agent: AGENT,
  flow: "pin_remote",
  title: "密码重置（视频核实）",
  role: "reviewer",
  outcome: "passed",
  state: "closed",
  segments: 1,
  bytes: 2_400_000,
  ...over,
});

const SESSIONS = [
  recording("s-whole"),
  recording("s-sound", { title: "贷款面签", role: "double_record", outcome: "failed" }),
  recording("s-crash", { state: "crashed", segments: 2, title: "大额转账授权", outcome: "refused" }),
  recording("s-broken", { state: "damaged", title: "挂失补卡", outcome: "" as never }),
  recording("s-now", { state: "recording", title: "" }),
];

const track = (person: string, source: string, codec: "opus" | "vp8", file: string, over = {}) => ({
  file,
  person,
  source,
  codec,
  first_ms: 0,
  last_ms: 20_000,
  lost: 0,
  gaps: [] as { from_ms: number; to_ms: number }[],
  ...over,
});

const box = (id: string, a: number[], b: number[]): object => ({
  mark: {
    id,
    shape: "box",
    source: "screen",
    color: "#d6336c",
    points: [a, b].map(([x, y]) => ({ x, y })),
    view: 0,
  },
});

const form = (step: string, step_title: string, slots: object[]): object => ({
  event: "form",
  flow: "pin_remote",
  title: "密码重置",
  step,
  step_title,
  slots,
});

/** EVENTS are what happened in the session: at, kind, body. */
const EVENTS: [number, string, object][] = [
  [0, "consent", { by: "customer", to: "recording", given: true }],
  [0, "consent", { by: "agent", to: "recording", given: true }],
  [
    10,
    "state",
    { event: "recording", by: "system", present: ["王**", "何芳"], links: {}, sharing: "screen" },
  ],
  [20, "script", form("card", "选择卡片", [{ label: "卡片", value: "", by: "" }])],
  [
    30,
    "script",
    {
      event: "review.list",
      title: "核实本人",
      items: [
        { item: "face", zh: "本人与证件照片一致", en: "The person matches the photograph", state: "open" },
        { item: "alone", zh: "身边没有别人指挥", en: "Nobody directs the customer", state: "open" },
        {
          item: "risk",
          zh: "风险揭示：新密码只能本人知道",
          en: "Risk: the new PIN is for you only",
          state: "open",
        },
      ],
    },
  ],
  [1500, "transcript", { seq: 11, author: "agent", by: "A02", text: "王女士您好，我是何芳，工号 880202。" }],
  [3200, "transcript", { seq: 12, author: "customer", text: "你好，我取款密码锁了" }],
  [4000, "script", { event: "review.item", item: "face", state: "ok", by: "A02" }],
  [5000, "script", form("reason", "说明原因", [{ label: "卡片", value: "尾号 0317", by: "customer" }])],
  [6000, "annotation", box("m1", [0.2, 0.3], [0.5, 0.6])],
  [8000, "disclosure", { event: "review.read", item: "risk", by: "A02" }],
  [9500, "disclosure", { event: "review.answer", item: "risk", answer: "yes" }],
  [9800, "annotation", { unmark: { id: "m1" } }],
  [10_000, "script", { event: "review.item", item: "risk", state: "ok", by: "A02" }],
  [
    12_000,
    "script",
    form("confirm", "核对后确认", [
      { label: "卡片", value: "尾号 0317", by: "customer" },
      { label: "原因", value: "忘记密码", by: "agent" },
    ]),
  ],
  [12_500, "transcript", { seq: 13, author: "bot", text: "请核对后点确认。" }],
  [14_000, "state", { event: "share.paused", by: "customer" }],
  [16_000, "state", { event: "share.resumed", by: "customer" }],
  [17_000, "script", { event: "review.item", item: "alone", state: "ok", by: "A02" }],
  [18_500, "transcript", { seq: 14, author: "customer", text: "好了，谢谢" }],
];

const both = [
  track("customer", "screen", "vp8", "customer-screen.webm"),
  track("customer", "mic", "opus", "customer-mic.webm"),
  track("agent", "mic", "opus", "agent-mic.webm", { gaps: [{ from_ms: 13_000, to_ms: 15_000 }] }),
];

function openingOf(session: string, reason: string): Opening {
  const r = SESSIONS.find((one) => one.session === session) ?? recording(session);
  const whole: Opening = {
    id: `o-${session}`,
    recording: r,
    viewer: { id: "S01", name: "韩梅", name_en: "Han Mei", number: "880101" },
    reason,
    opened_at: new Date().toISOString(),
    expires_at: new Date(Date.now() + 8 * 3_600_000).toISOString(),
    length_ms: 20_000,
    parts: [{ segment: 1, from_ms: 0, to_ms: 20_000, end: "closed", damaged: false }],
    files: both,
    events: "events.jsonl",
  };
  if (session === "s-sound") return { ...whole, files: both.slice(1) };
  if (session === "s-crash")
    return {
      ...whole,
      parts: [
        { segment: 1, from_ms: 0, to_ms: 7000, end: "crashed", damaged: false },
        { segment: 2, from_ms: 11_000, to_ms: 20_000, end: "closed", damaged: false },
      ],
    };
  if (session === "s-broken")
    return {
      ...whole,
      parts: [],
      files: [],
      events: "",
      problem: "录制文件损坏，做不出可播放的文件 / the recording is damaged and can't be played",
    };
  return whole;
}

/** EvidenceFake is a running fake; tamper makes the check find something, closeAll ends openings. */
export interface EvidenceFake {
  url: string;
  asked: string[];
  tamper(): void;
  closeAll(): void;
  stop(): Promise<void>;
}

/** startEvidenceFake serves the built pages of root and the fake API. */
export async function startEvidenceFake(root: string): Promise<EvidenceFake> {
  const asked: string[] = [];
  const open = new Map<string, Opening>();
  let tampered = false;
  const check = (): Check => ({
    ok: !tampered,
    at: new Date().toISOString(),
    seals: 22,
    files: 1,
    findings: tampered
      ? [
          {
            fault: "block_changed",
            text: "内容被改动",
            text_en: "the content was changed",
            file: "s-whole-1.pdev",
            segment: 1,
            block: 12,
            blocks: 1,
            from_ms: 11_000,
            to_ms: 12_000,
            offset: 40_960,
          },
        ]
      : [],
  });
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    };
    if (!url.pathname.startsWith("/api/")) return page(url.pathname, response);
    let text = "";
    for await (const part of request) text += String(part);
    const body = (text === "" ? {} : JSON.parse(text)) as { as?: string; reason?: string };
    const path = url.pathname.replace("/api/v1", "");
    if (path === "/demo/cast") return json(200, { customers: [], staff: STAFF });
    if (path === "/demo/sign-in") {
      const who = STAFF.find((p) => p.id === body.as);
      return json(200, {
        token: body.as,
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
        subject: `s:${body.as}`,
        name: who?.name ?? "",
        roles: [who?.role ?? ""],
      });
    }
    asked.push(`${request.method} ${path}${url.search} ${body.reason ?? ""}`.trim());
    const [, , kind, id = "", what = "", file = ""] = path.split("/");
    if (kind === "sessions" && what === "") {
      const agent = url.searchParams.get("agent") ?? "";
      return json(200, { sessions: agent === "" || agent === "880202" ? SESSIONS : [], more: false });
    }
    if (kind === "sessions") {
      const o = openingOf(id, body.reason ?? "");
      open.set(o.id, o);
      return json(200, o);
    }
    const o = open.get(id);
    if (!o)
      return json(410, {
        code: "closed",
        message: "这次打开已经结束，请重新打开并写明理由 / this opening has ended",
      });
    if (what === "check") return json(200, check());
    if (what === "" && request.method === "DELETE") {
      open.delete(id);
      return json(200, {});
    }
    if (what === "") return json(200, o);
    if (file === "events.jsonl") {
      const lines = EVENTS.map(([at_ms, k, b]) => JSON.stringify({ at_ms, kind: k, body: b }));
      response.writeHead(200, { "content-type": "application/x-ndjson" }).end(lines.join("\n"));
      return;
    }
    return ranged(file.replace("agent-", "customer-"), request, response);
  }
  async function page(path: string, response: ServerResponse): Promise<void> {
    const name = extname(path) === "" ? `${path}.html` : path;
    try {
      const raw = await readFile(join(root, name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(raw);
    } catch {
      response.writeHead(404).end();
    }
  }
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    tamper: () => {
      tampered = true;
    },
    closeAll: () => open.clear(),
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function ranged(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const raw = await readFile(join(MEDIA, name));
  const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const from = Number(asked?.[1] ?? 0);
  const to = asked?.[2] ? Number(asked[2]) : raw.length - 1;
  response
    .writeHead(asked ? 206 : 200, {
      "content-type": "video/webm",
      "accept-ranges": "bytes",
      "content-length": to - from + 1,
      ...(asked ? { "content-range": `bytes ${from}-${to}/${raw.length}` } : {}),
    })
    .end(raw.subarray(from, to + 1));
}
