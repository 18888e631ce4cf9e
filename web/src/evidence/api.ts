import { signedSender } from "../api/signed";
import type { Check, Opening, RecordingList } from "./core/wire";

/** Filter is what the list is searched by; what is empty chooses all. */
export interface Filter {
  from: string;
  to: string;
  agent: string;
  customer: string;
  conversation: string;
}

const BASE = "/api/v1/evidence";

/** evidenceApi makes the calls; `token` is asked at each and signs in anew with renew. */
export function evidenceApi(token: (renew: boolean) => Promise<string>) {
  const send = signedSender(BASE, token);
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
