import type { Check, Opening, RecordingList } from "./core/wire";

/** Trouble is an answer that was no success, with its sentence for people. */
export class Trouble extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "Trouble";
  }
}

/** Filter is what the list is searched by; what is empty chooses all. */
export interface Filter {
  from: string;
  to: string;
  agent: string;
  customer: string;
  conversation: string;
}

const BASE = "/api/v1/evidence";

async function trouble(response: Response): Promise<Trouble> {
  let body: { code?: string; message?: string } = {};
  try {
    body = (await response.json()) as typeof body;
  } catch {
    // Not JSON: the status has to do.
  }
  const message =
    body.message ??
    `服务器没有接受（${response.status}），请稍后再试 / refused (${response.status}), try again`;
  return new Trouble(response.status, body.code ?? "unknown", message);
}

/** evidenceApi makes the calls; `token` is asked at each and signs in anew with renew. */
export function evidenceApi(token: (renew: boolean) => Promise<string>) {
  async function send(method: string, path: string, body?: unknown): Promise<Response> {
    const attempt = async (renew: boolean): Promise<Response> => {
      const headers: Record<string, string> = {
        Accept: "application/json",
        Authorization: `Bearer ${await token(renew)}`,
      };
      if (body !== undefined) headers["Content-Type"] = "application/json";
      try {
        return await fetch(BASE + path, {
          method,
          headers,
          credentials: "same-origin", // an opening's secret is a cookie of its own path
          cache: "no-store",
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch {
        throw new Trouble(
          0,
          "network",
          "连不上服务器，请检查网络后重试 / can't reach the server, check the network",
        );
      }
    };
    let response = await attempt(false);
    if (response.status === 401) response = await attempt(true);
    if (!response.ok) throw await trouble(response);
    return response;
  }
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await (await send(method, path, body)).json()) as T;
  const at = encodeURIComponent;
  return {
    sessions: (filter: Filter, before: string) => {
      const all = new URLSearchParams();
      for (const [key, value] of Object.entries({ ...filter, before })) if (value !== "") all.set(key, value);
      return json<RecordingList>("GET", `/sessions?${all}`);
    },
    open: (session: string, reason: string) =>
      json<Opening>("POST", `/sessions/${at(session)}/openings`, { reason }),
    opening: (id: string) => json<Opening>("GET", `/openings/${at(id)}`),
    close: async (id: string) => {
      await send("DELETE", `/openings/${at(id)}`);
    },
    check: (id: string) => json<Check>("POST", `/openings/${at(id)}/check`),
    events: async (o: Opening) =>
      o.events === "" ? "" : (await send("GET", filePath(o.id, o.events))).text(),
    fileUrl: (id: string, name: string) => BASE + filePath(id, name),
    packUrl: (id: string) => `${BASE}/openings/${at(id)}/pack`,
  };
}

function filePath(id: string, name: string): string {
  return `/openings/${encodeURIComponent(id)}/files/${encodeURIComponent(name)}`;
}

/** EvidenceApi is these pages' half of the protocol. */
export type EvidenceApi = ReturnType<typeof evidenceApi>;
