// A small stand-in for the console's API: it keeps drafts, releases and duty in memory and
// enforces base hashes and the second person. For the web's own browser tests only.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type {
  Article,
  ArticleRow,
  ArticleSave,
  ArticleView,
  AuditRow,
  FileState,
  IntentSave,
  May,
  ReleaseView,
  TryRequest,
} from "../../src/console/wire.ts";
import { articlesAtFirst, employeesAtFirst, intentAtFirst, STAFF, tried } from "./console-data.ts";
import { flowsFake } from "./console-flows.ts";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};

interface Stored {
  article: Article;
  live: Article;
  version: number;
  author: string;
  proposed: string;
}

/** ConsoleFake is a running fake; otherEditor saves an article behind the page's back. */
export interface ConsoleFake {
  url: string;
  otherEditor(id: string, change: (a: Article) => void): void;
  stop(): Promise<void>;
}

/** startConsoleFake serves the built pages of root and the fake API. */
export async function startConsoleFake(root: string): Promise<ConsoleFake> {
  const articles = new Map<string, Stored>();
  for (const a of articlesAtFirst())
    articles.set(a.id, { article: a, live: structuredClone(a), version: 0, author: "", proposed: "" });
  const intent = intentAtFirst();
  const employees = employeesAtFirst();
  const flows = flowsFake();
  const now = (): string => new Date().toISOString();
  const releases: ReleaseView[] = [
    {
      id: "r1",
      status: "published",
      title: "出厂内容 / Shipped content",
      author: "shipped",
      authors: ["shipped"],
      current: true,
      working: false,
      done: 1,
      total: 1,
      created_at: "2026-11-20T09:00:00Z",
      published_at: "2026-11-20T09:00:00Z",
      may: [],
      against: "",
      changes: [],
    },
  ];
  let current = "r1";
  let looks = 0;
  const audit: AuditRow[] = [];
  const log = (actor: string, action: string, object: string, detail: Record<string, unknown> = {}): void => {
    audit.unshift({ id: audit.length + 1, at: now(), actor, action, object, detail });
  };

  const path = (a: Article): string => `articles/${a.group}/${a.id}.yaml`;
  const yaml = (a: Article): string =>
    `id: ${a.id}\nanswer:\n  zh: ${a.answer.zh}\nsimilar: [${a.similar?.zh?.join(", ")}]\n`;
  function state(s: Stored): FileState {
    const draft = JSON.stringify(s.article) !== JSON.stringify(s.live);
    return {
      path: path(s.article),
      base: `${s.article.id}.${s.version}`,
      state: draft ? "draft" : "published",
      ...(draft
        ? { author: s.author, updated_at: now(), ...(s.proposed ? { proposed: s.proposed } : {}) }
        : {}),
    };
  }
  const diff = (from: Article, to: Article): string =>
    `…\n-  zh: ${from.answer.zh}\n+  zh: ${to.answer.zh}\n-similar: [${from.similar?.zh?.join(", ")}]\n+similar: [${to.similar?.zh?.join(", ")}]\n`;
  const view = (s: Stored): ArticleView => ({
    article: s.article,
    yaml: yaml(s.article),
    comments: false,
    file: state(s),
    problems: [],
    ...(state(s).state === "draft" ? { diff: diff(s.live, s.article) } : {}),
    quoted:
      s.article.id === "deposits-term-rate"
        ? [
            {
              path: "articles/elder/elder-deposit.yaml",
              title: "",
              number: "1.25%",
              line: 14,
              text: "zh: 三年期1.25%，到期一次还本付息。",
            },
          ]
        : [],
  });
  const row = (s: Stored): ArticleRow => ({
    id: s.article.id,
    title: s.article.title.zh ?? "",
    question: s.article.question.zh ?? "",
    group: s.article.group,
    owner: s.article.owner,
    audience: s.article.audience,
    from: s.article.valid.from,
    until: s.article.valid.until,
    expired: false,
    expiring: s.article.valid.until !== "",
    similar: s.article.similar?.zh?.length ?? 0,
    file: state(s),
  });
  function shown(r: ReleaseView, who: string, roles: string[]): ReleaseView {
    const approver = roles.includes("approver") || roles.includes("admin");
    const may: May[] = [];
    if (r.status === "review" && approver && !r.authors.includes(who)) may.push("approve");
    if (["draft", "review", "approved"].includes(r.status) && (approver || r.author === who))
      may.push("refuse");
    if (r.status === "approved" && approver) may.push("publish");
    if (r.status === "published" && r.id !== current && approver) may.push("rollback");
    return { ...r, current: r.id === current, may };
  }
  function tick(): void {
    for (const r of releases) {
      if (!r.working) continue;
      r.done += 1;
      r.step = "会话测试 / conversation tests";
      if (r.done < 3) continue;
      Object.assign(r, {
        working: false,
        status: "review",
        step: "",
        gate: {
          green: true,
          seconds: 4.2,
          checks: [
            { name: "compile", passed: 1, failed: 0, problems: [], seconds: 2.1 },
            { name: "会话测试 / conversation tests", passed: 24, failed: 0, problems: [], seconds: 1.6 },
            { name: "golden", passed: 60, failed: 0, problems: [], seconds: 0.5 },
          ],
        },
      });
    }
  }
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://fake");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString("utf8");
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(body));
    };
    const refuse = (status: number, code: string, message: string, details: string[] = []): void =>
      reply(status, { code, message, details });
    if (!url.pathname.startsWith("/api/")) {
      const head = url.pathname.split("/")[1] ?? "";
      const file = extname(url.pathname) === "" ? `/${head || "index"}.html` : url.pathname;
      try {
        const data = await readFile(join(root, file));
        response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream" });
        response.end(data);
      } catch {
        response.writeHead(404).end();
      }
      return;
    }
    const route = `${request.method} ${url.pathname.replace("/api/v1", "")}`;
    if (route === "GET /demo/cast")
      return reply(200, {
        customers: [
          {
            id: "C001",
            name: "王秀英",
            name_en: "Wang Xiuying",
            age: 72,
            role: "customer",
            edition: "elder",
            locale: "zh",
            hue: "#C2553D",
            story: "",
            story_en: "",
            tags: [],
            lines: [],
            lines_en: [],
          },
        ],
        staff: STAFF.map((p) => ({ ...p, story_en: p.story, tags: [], lines: [], lines_en: [] })),
      });
    if (route === "POST /demo/sign-in") {
      const person = STAFF.find((p) => p.id === (JSON.parse(raw) as { as: string }).as);
      if (!person) return refuse(404, "not_found", "演示名册里没有这个人 / not in the cast");
      return reply(200, {
        token: `t:${person.id}`,
        subject: `s:${person.id}`,
        name: person.name,
        roles: person.roles,
        expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      });
    }
    const person = STAFF.find((p) => request.headers.authorization === `Bearer t:${p.id}`);
    if (!person) return refuse(401, "unauthorized", "请先登录 / sign in first");
    const who = `s:${person.id}`;
    const approver = person.roles.includes("approver");
    const body = raw === "" ? {} : JSON.parse(raw);
    const [, , part = "", id = "", what = ""] = url.pathname.replace("/api/v1", "").split("/");
    const stored = articles.get(id);
    const drafts = [...articles.values()].filter((s) => state(s).state === "draft");
    const release = releases.find((r) => r.id === id);
    tick();
    if (part === "flows") {
      const answer = flows.handle(`${request.method} ${id ? "id" : ""}${what ? `/${what}` : ""}`, body, who);
      return reply(answer.status, answer.body);
    }
    if (part === "flow-versions") {
      const answer = flows.handle(`${request.method} versions`, body, who);
      return reply(answer.status, answer.body);
    }
    switch (`${request.method} ${part}${id ? "/id" : ""}${what ? `/${what}` : ""}`) {
      case "GET me/id":
      case "GET me/id/todo":
        return reply(200, {
          name: person.name,
          roles: person.roles,
          drafts: drafts.filter((s) => s.author === who).map(state),
          approve: releases.map((r) => shown(r, who, person.roles)).filter((r) => r.may.includes("approve")),
          publish: releases.map((r) => shown(r, who, person.roles)).filter((r) => r.may.includes("publish")),
          mine: releases.filter((r) => r.author === who && r.status !== "published"),
          expiring: [...articles.values()].map(row).filter((a) => a.expiring),
          expired: 0,
          thin: 1,
          problems: [],
        });
      case "GET articles": {
        const list = [...articles.values()]
          .map(row)
          .filter((a) => `${a.title}${a.question}`.includes(url.searchParams.get("q") ?? ""));
        return reply(200, { articles: list, total: list.length, groups: ["cards", "deposits", "fx"] });
      }
      case "GET articles/id":
        return stored ? reply(200, view(stored)) : refuse(404, "not_found", "没有这条知识 / not found");
      case "PUT articles/id": {
        const save = body as ArticleSave;
        if (!stored || !save.article) return refuse(404, "not_found", "没有这条知识 / not found");
        if (!save.article.answer.zh)
          return refuse(
            422,
            "bad_content",
            "内容有误，没有保存；请按下面的位置改正 / not saved: see the places below",
            [
              `${path(stored.article)}:9: answer 没有中文 / answer has no Chinese wording (补上 zh: / add zh:)`,
            ],
          );
        if (save.base !== state(stored).base)
          return reply(409, {
            code: "conflict",
            message: "已经改过 / changed",
            path: path(stored.article),
            by: stored.author,
            theirs: yaml(stored.article),
            base: state(stored).base,
            diff: diff(stored.article, save.article),
          });
        Object.assign(stored, {
          article: save.article,
          version: stored.version + 1,
          author: who,
          proposed: "",
        });
        log(who, "draft.saved", path(stored.article));
        return reply(200, view(stored));
      }
      case "POST articles/id/preview":
        return reply(200, {
          release: current,
          threshold: 0.5,
          lines: (stored?.live.similar?.zh ?? []).map((question, i) => ({
            question,
            kind: "similar",
            article: i === 0 ? id : "fx-rate",
            title: i === 0 ? "" : "外汇牌价",
            score: i === 0 ? 0.91 : 0.62,
            place: i === 0 ? 1 : 2,
            answers: i === 0,
          })),
        });
      case "GET intents":
        return reply(200, { intents: [intent] });
      case "GET intents/id":
        return reply(200, intent);
      case "PUT intents/id": {
        const save = body as IntentSave;
        intent.examples = save.examples;
        intent.zh = save.examples.zh?.length ?? 0;
        intent.file = { ...intent.file, base: `i${Date.now()}`, state: "draft", author: who };
        return reply(200, intent);
      }
      case "GET drafts":
        return reply(200, { drafts: drafts.map(state) });
      case "GET releases":
        return reply(200, { current, releases: releases.map((r) => shown(r, who, person.roles)) });
      case "POST releases": {
        const next: ReleaseView = {
          id: `r${releases.length + 1}`,
          parent: current,
          against: current,
          status: "draft",
          title: (body as { title: string }).title,
          author: who,
          authors: [who],
          current: false,
          working: true,
          step: "检查内容 / checking",
          done: 0,
          total: 3,
          created_at: now(),
          may: [],
          changes: drafts.map((s) => ({
            path: path(s.article),
            kind: "changed",
            diff: diff(s.live, s.article),
          })),
        };
        for (const s of drafts) s.proposed = next.id;
        releases.unshift(next);
        log(who, "release.proposed", next.id);
        return reply(200, shown(next, who, person.roles));
      }
      case "GET releases/id":
        return release
          ? reply(200, shown(release, who, person.roles))
          : refuse(404, "not_found", "没有这个版本 / no such release");
      case "POST releases/id/approve":
        if (!release || release.authors.includes(who))
          return refuse(403, "own_work", "不能审批自己的改动 / own work");
        Object.assign(release, { status: "approved", approver: who, approved_at: now() });
        log(who, "release.approved", id);
        return reply(200, shown(release, who, person.roles));
      case "POST releases/id/publish":
      case "POST releases/id/rollback":
        if (!release) return refuse(404, "not_found", "没有这个版本 / no such release");
        Object.assign(release, { status: "published", published_at: now() });
        current = id;
        looks = 0;
        if (what === "publish") for (const s of drafts) s.live = structuredClone(s.article);
        log(who, what === "publish" ? "release.published" : "release.rolled_back", id);
        return reply(200, shown(release, who, person.roles));
      case "GET nodes": {
        looks += 1;
        const late = releases.length > 1 && looks < 3;
        return reply(200, {
          current,
          nodes: ["127.0.0.1:8080", "127.0.0.1:8090"].map((addr, i) => ({
            id: `n${i}`,
            addr,
            release: i === 1 && late ? "r1" : current,
            current: !(i === 1 && late),
            alive: true,
            draining: false,
            started_at: now(),
            beat_at: now(),
          })),
        });
      }
      case "POST try":
        return reply(200, tried(body as TryRequest, current));
      case "GET employees":
        return reply(200, { employees });
      case "PUT employees/id/duty": {
        if (!approver) return refuse(403, "forbidden", "您的角色没有这个权限 / not allowed");
        const change = body as { on_leave: boolean; reason: string };
        for (const e of employees)
          if (e.id === id) Object.assign(e, change, { changed_by: who, changed_at: now() });
        return reply(200, { employees });
      }
      case "GET audit":
        return approver
          ? reply(200, { entries: audit })
          : refuse(403, "forbidden", "您的角色没有这个权限 / not allowed");
      case "GET tables":
        return reply(200, { tables: [] });
    }
    return refuse(404, "not_found", `没有 ${route} / no such route`);
  }
  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    otherEditor: (id, change) => {
      const s = articles.get(id);
      if (!s) throw new Error(`no article ${id}`);
      const next = structuredClone(s.article);
      change(next);
      Object.assign(s, { article: next, version: s.version + 1, author: "s:D01" });
    },
    stop: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
