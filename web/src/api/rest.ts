import type {
  Accepted,
  Cast,
  ErrorCode,
  History,
  PictureList,
  SamplePaper,
  SecureBox,
  SecureKey,
  SourceDocument,
  Ticket,
  Token,
  TrayEvent,
} from "./wire";

/** Refusal is an answer of the server that was not a success, with its sentence for people. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode | "network" | "unknown",
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** Api is the REST half of the protocol, bound to one server and one bearer token. */
export interface Api {
  signIn(as: string): Promise<Token>;
  device(): Promise<Token>;
  ticket(): Promise<Ticket>;
  secureKey(): Promise<SecureKey>;
  secure(ref: string, box: SecureBox): Promise<Accepted>;
  source(passage: string): Promise<SourceDocument>;
  history(conversation: string, after: number): Promise<History>;
  cast(): Promise<Cast>;
  visitor(): Promise<{ customer: string }>;
  scriptedAgent(on: boolean): Promise<void>;
  /** sendCapture sends the picture or film that a card asks for. */
  sendCapture(conversation: string, ref: string, picture: Blob): Promise<void>;
  /** samplePaper is what stands on the demo's paper for a request; refused anywhere else. */
  samplePaper(conversation: string, ref: string): Promise<SamplePaper>;
  /** captures are the pictures of a conversation that the caller serves. */
  captures(conversation: string): Promise<PictureList>;
  /** picture is one of them. */
  picture(conversation: string, id: string): Promise<Blob>;
  tray(signal: AbortSignal, onEvent: (event: TrayEvent) => void): Promise<void>;
}

/**
 * restApi makes the calls of an Api. `server` is an origin without a trailing
 * slash, or "" for the page's own; `token` is asked at every call, because it
 * lives in memory and may be renewed.
 */
export function restApi(server: string, token: () => string | null): Api {
  async function call(method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json" };
    const bearer = token();
    if (bearer) headers.Authorization = `Bearer ${bearer}`;
    if (body instanceof Blob) headers["Content-Type"] = body.type;
    else if (body !== undefined) headers["Content-Type"] = "application/json";
    let response: Response;
    try {
      response = await fetch(`${server}${path}`, {
        method,
        headers,
        credentials: "omit",
        cache: "no-store",
        ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      });
    } catch {
      throw new Refusal(0, "network", "连不上服务器，请检查网络后再试。Can't reach the server.");
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
  async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await call(method, path, body);
    return (await response.json()) as T;
  }
  return {
    signIn: (as) => json("POST", "/api/v1/demo/sign-in", { as }),
    device: () => json("POST", "/api/v1/devices", {}),
    ticket: () => json("POST", "/api/v1/tickets", {}),
    secureKey: () => json("GET", "/api/v1/secure/key"),
    secure: (ref, box) => json("POST", `/api/v1/secure/${encodeURIComponent(ref)}`, box),
    source: (passage) => json("GET", `/api/v1/sources/${encodeURIComponent(passage)}`),
    history: (conversation, after) =>
      json("GET", `/api/v1/conversations/${encodeURIComponent(conversation)}/messages?after=${after}`),
    cast: () => json("GET", "/api/v1/demo/cast"),
    visitor: () => json("POST", "/api/v1/demo/visitor", {}),
    sendCapture: async (conversation, ref, picture) => {
      await call(
        "POST",
        `/api/v1/conversations/${encodeURIComponent(conversation)}/captures?ref=${encodeURIComponent(ref)}`,
        picture,
      );
    },
    samplePaper: (conversation, ref) =>
      json("GET", `/api/v1/demo/captures/${encodeURIComponent(conversation)}?ref=${encodeURIComponent(ref)}`),
    captures: (conversation) =>
      json("GET", `/api/v1/desk/conversations/${encodeURIComponent(conversation)}/captures`),
    picture: async (conversation, id) =>
      (
        await call(
          "GET",
          `/api/v1/desk/conversations/${encodeURIComponent(conversation)}/captures/${encodeURIComponent(id)}`,
        )
      ).blob(),
    scriptedAgent: async (on) => {
      await call("POST", "/api/v1/demo/agent", { on });
    },
    tray: async (signal, onEvent) => {
      const headers: Record<string, string> = { Accept: "text/event-stream" };
      const bearer = token();
      if (bearer) headers.Authorization = `Bearer ${bearer}`;
      const response = await fetch(`${server}/api/v1/demo/tray`, { headers, signal, cache: "no-store" });
      if (!response.ok) throw await refusal(response);
      if (!response.body) throw new Refusal(0, "unknown", "这个浏览器不能接收实时事件。");
      await readEvents(response.body, onEvent);
    },
  };
}

/** refusal reads an error answer: ours ({code, message}) or RFC 9457 ({title, detail}). */
async function refusal(response: Response): Promise<Refusal> {
  let code: ErrorCode | "unknown" = "unknown";
  let message = `服务器没有接受这次请求（${response.status}）。`;
  try {
    const body = (await response.json()) as {
      code?: ErrorCode;
      message?: string;
      detail?: string;
      title?: string;
    };
    code = body.code ?? code;
    message = body.message ?? body.detail ?? body.title ?? message;
  } catch {
    // Not JSON: the status alone has to do.
  }
  return new Refusal(response.status, code, message);
}

/** readEvents reads a text/event-stream body: the data lines of each event are one JSON value. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  onEvent: (event: TrayEvent) => void,
): Promise<void> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    rest += decoder.decode(value, { stream: true }).replace(/\r\n/g, "\n");
    const blocks = rest.split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const data = block
        .split("\n")
        .filter((line) => line.startsWith("data:"))
        .map((line) => line.slice(5).trim())
        .join("\n");
      if (data !== "") onEvent(JSON.parse(data) as TrayEvent);
    }
  }
}
