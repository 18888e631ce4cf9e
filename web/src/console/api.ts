import type {
  ArticleList,
  ArticleSave,
  ArticleView,
  AuditList,
  Conflict,
  EmployeeRow,
  EmployeeSave,
  FileState,
  FlowChange,
  FlowComparison,
  FlowDrawing,
  FlowEdited,
  FlowList,
  FlowReach,
  FlowRun,
  FlowVersionRow,
  FlowVersions,
  FlowView,
  ImportResult,
  IntentRow,
  IntentSave,
  IntentView,
  MissList,
  NodeList,
  Preview,
  ReleaseList,
  ReleaseView,
  RunTurn,
  TableRow,
  TableSave,
  TableView,
  Todo,
  TryRequest,
  TryResult,
} from "./wire";

/** Problem is a refusal of the server: a sentence for people, and what is wrong by place. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: readonly string[] = [],
    readonly conflict: Conflict | null = null,
  ) {
    super(message);
    this.name = "Problem";
  }
}

/** ArticleFilter chooses articles; empty fields choose all. */
export interface ArticleFilter {
  q: string;
  group: string;
  audience: string;
  state: string;
  expiring: boolean;
  offset: number;
  limit: number;
}

type Params = Record<string, string | number | boolean>;

function query(params: Params): string {
  const all = new URLSearchParams();
  for (const [key, value] of Object.entries(params))
    if (value !== "" && value !== false && value !== 0) all.set(key, String(value));
  const text = all.toString();
  return text === "" ? "" : `?${text}`;
}

async function problem(response: Response): Promise<Problem> {
  try {
    const body = (await response.json()) as Partial<Conflict> & {
      code?: string;
      message?: string;
      details?: string[];
    };
    const conflict = body.code === "conflict" && body.path !== undefined ? (body as Conflict) : null;
    return new Problem(
      response.status,
      body.code ?? "unknown",
      body.message ?? `HTTP ${response.status}`,
      body.details ?? [],
      conflict,
    );
  } catch {
    const message = `服务器没有接受这次请求（${response.status}），请稍后再试 / the server refused (${response.status}), try again later`;
    return new Problem(response.status, "unknown", message);
  }
}

/**
 * consoleApi makes the console's calls. `token` is asked at every call; with renew it signs
 * in anew, which happens once when the server no longer takes the old token.
 */
export function consoleApi(token: (renew: boolean) => Promise<string>) {
  async function send(method: string, path: string, body: BodyInit | null, type: string): Promise<Response> {
    const attempt = async (renew: boolean): Promise<Response> => {
      const headers: Record<string, string> = {
        Accept: "application/json",
        Authorization: `Bearer ${await token(renew)}`,
      };
      if (body !== null) headers["Content-Type"] = type;
      try {
        return await fetch(`/api/v1/console${path}`, {
          method,
          headers,
          body,
          credentials: "omit",
          cache: "no-store",
        });
      } catch {
        throw new Problem(
          0,
          "network",
          "连不上服务器，请检查网络后重试 / can't reach the server, check the network",
        );
      }
    };
    let response = await attempt(false);
    if (response.status === 401) response = await attempt(true);
    if (!response.ok) throw await problem(response);
    return response;
  }
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const text = body === undefined ? null : JSON.stringify(body);
    const response = await send(method, path, text, "application/json");
    return (await response.json()) as T;
  }
  const at = encodeURIComponent;
  return {
    todo: () => call<Todo>("GET", "/me/todo"),
    articles: (f: ArticleFilter) => call<ArticleList>("GET", `/articles${query({ ...f })}`),
    article: (id: string) => call<ArticleView>("GET", `/articles/${at(id)}`),
    addArticle: (body: ArticleSave) => call<ArticleView>("POST", "/articles", body),
    saveArticle: (id: string, body: ArticleSave) => call<ArticleView>("PUT", `/articles/${at(id)}`, body),
    deleteArticle: (id: string, base: string) =>
      call<{ ok: boolean }>("DELETE", `/articles/${at(id)}${query({ base })}`),
    preview: (id: string) => call<Preview>("POST", `/articles/${at(id)}/preview`, {}),
    importFile: async (file: File, group: string, commit: boolean): Promise<ImportResult> => {
      const path = `/import${query({ name: file.name, group, commit })}`;
      return (await send("POST", path, file, "application/octet-stream")).json() as Promise<ImportResult>;
    },
    intents: async () => (await call<{ intents: IntentRow[] }>("GET", "/intents")).intents,
    intent: (name: string) => call<IntentView>("GET", `/intents/${at(name)}`),
    saveIntent: (name: string, body: IntentSave) => call<IntentView>("PUT", `/intents/${at(name)}`, body),
    tables: async () => (await call<{ tables: TableRow[] }>("GET", "/tables")).tables,
    table: (name: string) => call<TableView>("GET", `/tables/${at(name)}`),
    saveTable: (name: string, body: TableSave) => call<TableView>("PUT", `/tables/${at(name)}`, body),
    flows: () => call<FlowList>("GET", "/flows"),
    flow: (id: string) => call<FlowView>("GET", `/flows/${at(id)}`),
    saveFlow: (id: string, body: { base: string; yaml: string }) =>
      call<FlowView>("PUT", `/flows/${at(id)}`, body),
    drawFlow: (id: string, yaml: string) => call<FlowDrawing>("POST", `/flows/${at(id)}/graph`, { yaml }),
    editFlow: (id: string, yaml: string, change: FlowChange) =>
      call<FlowEdited>("POST", `/flows/${at(id)}/edit`, { yaml, change }),
    flowReach: (id: string, days: number) =>
      call<FlowReach>("GET", `/flows/${at(id)}/reach${query({ days })}`),
    runFlow: async (id: string, body: FlowRun) =>
      (await call<{ turns: RunTurn[] }>("POST", `/flows/${at(id)}/run`, body)).turns,
    flowVersions: (id: string) => call<FlowVersions>("GET", `/flows/${at(id)}/versions`),
    flowHashes: async () => (await call<{ versions: FlowVersionRow[] }>("GET", "/flow-versions")).versions,
    recallFlow: async (hash: string, recalled: boolean, reason: string) =>
      (
        await call<{ versions: FlowVersionRow[] }>("PUT", `/flow-versions/${at(hash)}/recall`, {
          recalled,
          reason,
        })
      ).versions,
    compareFlow: (id: string, from: string, to: string) =>
      call<FlowComparison>("GET", `/flows/${at(id)}/compare${query({ from, to })}`),
    drafts: async () => (await call<{ drafts: FileState[] }>("GET", "/drafts")).drafts,
    discard: (path: string, base: string) => call<{ ok: boolean }>("POST", "/drafts/discard", { path, base }),
    releases: (before: number) => call<ReleaseList>("GET", `/releases${query({ before })}`),
    release: (id: string) => call<ReleaseView>("GET", `/releases/${at(id)}`),
    propose: (title: string, paths: string[]) => call<ReleaseView>("POST", "/releases", { title, paths }),
    act: (id: string, what: "approve" | "publish" | "rollback" | "recheck") =>
      call<ReleaseView>("POST", `/releases/${at(id)}/${what}`),
    refuse: (id: string, reason: string) =>
      call<ReleaseView>("POST", `/releases/${at(id)}/refuse`, { reason }),
    nodes: () => call<NodeList>("GET", "/nodes"),
    misses: () => call<MissList>("GET", "/misses"),
    tryOut: (body: TryRequest) => call<TryResult>("POST", "/try", body),
    employees: async () => (await call<{ employees: EmployeeRow[] }>("GET", "/employees")).employees,
    saveEmployee: (id: string, body: EmployeeSave) =>
      call<{ employees: EmployeeRow[] }>("PUT", `/employees/${at(id)}`, body),
    setDuty: (id: string, onLeave: boolean, reason: string) =>
      call<{ employees: EmployeeRow[] }>("PUT", `/employees/${at(id)}/duty`, { on_leave: onLeave, reason }),
    audit: (f: { actor: string; action: string; object: string; before: number }) =>
      call<AuditList>("GET", `/audit${query({ ...f, limit: 60 })}`),
  };
}

/** ConsoleApi is the console's half of the protocol, bound to one person. */
export type ConsoleApi = ReturnType<typeof consoleApi>;
