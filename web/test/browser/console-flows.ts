// The flows of the console's fake: one small flow whose text, graph and changes are made up here.
// What the real compiler makes of a file, the tests in Go and of the product see to.
import type {
  FlowChange,
  FlowDrawing,
  FlowGraph,
  FlowRow,
  FlowVersionRow,
  FlowView,
  RunLine,
  RunTurn,
} from "../../src/console/wire.ts";

const YAML = `# Kept by the payments team.
flow: pay_bill
name: {zh: 缴费, en: bill payment}
slots:
  - name: amount
    ask: {zh: 请问缴多少？, en: "How much?"}
steps:
  - {id: form, ask: amount}
  - id: which
    branch:
      - {when: fen(amount) > 500000, next: large} # costs something
      - {next: paid}
  - id: large
    say:
      text: {zh: 金额较大，请稍等。, en: A large amount, one moment.}
    next: paid
  - id: paid
    say:
      text: {zh: 缴好了。, en: Paid.}
  - id: done
    end: {result: done}
`;

/** drawn finds the steps of the fake's own layout by their first words; it knows no other. */
function drawn(yaml: string): FlowDrawing {
  const lines = yaml.split("\n");
  const starts = lines.flatMap((l, i) => (/^ {2}- \{?id: /.test(l) ? [i + 1] : []));
  if (starts.length === 0)
    return { problems: [{ line: 1, column: 1, text: "unexpected end", remedy: "correct the YAML" }] };
  const nodes: FlowGraph["nodes"] = starts.map((line, i) => {
    const until = (starts[i + 1] ?? lines.length) - 1;
    const body = lines.slice(line - 1, until);
    const id = /id: (\w+)/.exec(body[0] ?? "")?.[1] ?? "";
    const at = body.findIndex((l) => l.includes("text: {"));
    const text = /zh: "?([^,"]+)"?, en: "?([^}"]+)"?\}/.exec(body[at] ?? "");
    const kind = /(say|branch|ask|end):/.exec(body.join("\n"))?.[1] ?? "unknown";
    const path = `$.steps[${i}].${kind}.text`;
    return {
      id,
      kind,
      line,
      until,
      ...(kind === "end" ? { detail: "done" } : {}),
      texts: text
        ? [{ path, name: "text" as const, text: { zh: text[1] ?? "", en: text[2] ?? "" }, line: line + at }]
        : kind === "ask"
          ? [
              {
                path: "$.slots[0].ask",
                name: "ask" as const,
                of: "amount",
                text: { zh: "请问缴多少？", en: "How much?" },
                line: 6,
              },
            ]
          : [],
    };
  });
  const edges: FlowGraph["edges"] = [];
  const problems: FlowDrawing["problems"] = [];
  for (const [i, n] of nodes.entries()) {
    const below = nodes[i + 1]?.id;
    const body = lines.slice(n.line - 1, n.until);
    const arms = body.filter((l) => l.startsWith("      - {"));
    for (const [k, arm] of arms.entries())
      edges.push({
        from: n.id,
        to: /next: (\w+)/.exec(arm)?.[1] ?? "",
        kind: "branch",
        label: /when: ([^,]+),/.exec(arm)?.[1] ?? "",
        path: `$.steps[${i}].branch[${k}].next`,
      });
    const next = body.map((l) => /^ {4}next: (\w+)/.exec(l)?.[1]).find((t) => t);
    if (arms.length === 0 && n.kind !== "end" && (next ?? below))
      edges.push({
        from: n.id,
        to: next ?? below ?? "",
        kind: next ? "next" : "below",
        path: `$.steps[${i}].next`,
      });
  }
  for (const e of edges)
    if (!nodes.some((n) => n.id === e.to)) {
      nodes.push({ id: e.to, kind: "missing", line: 0, until: 0, texts: [] });
      const line = lines.findIndex((l) => l.includes(`next: ${e.to}`)) + 1;
      problems.push({
        line,
        column: 5,
        text: `step ${e.from} leads to "${e.to}", which does not exist`,
        remedy: "name a step of this flow",
        step: e.from,
      });
    }
  return { graph: { flow: "pay_bill", name: { zh: "缴费", en: "bill payment" }, nodes, edges }, problems };
}

/** changed makes the few changes that the tests make: a wording, and where a way leads. */
function changed(yaml: string, change: FlowChange): string {
  const lines = yaml.split("\n");
  const { graph } = drawn(yaml);
  const at = /steps\[(\d+)\]/.exec(change.path ?? "")?.[1];
  const node = graph?.nodes[Number(at)];
  if (!node) return yaml;
  for (let i = node.line - 1; i < node.until; i++) {
    const line = lines[i] ?? "";
    if (change.kind === "text" && line.includes("text: {"))
      lines[i] = line.replace(/zh: [^,]+,/, `zh: ${change.value},`);
    const arm = /branch\[(\d+)\]/.exec(change.path ?? "")?.[1];
    if (change.kind === "lead" && arm !== undefined && i === node.line + 1 + Number(arm))
      lines[i] = line.replace(/next: \w+/, `next: ${change.value}`);
  }
  return lines.join("\n");
}

function played(lines: readonly RunLine[]): RunTurn[] {
  const turn = (text: string, path: string[], rest: Partial<RunTurn> = {}): RunTurn => ({
    said: [{ text, rows: [], taps: [], secrets: [] }],
    path: path.map((step) => ({ flow: "pay_bill", step })),
    calls: [],
    slots: [],
    flow: "pay_bill",
    step: path.at(-1) ?? "",
    ...rest,
  });
  return lines.map((l) =>
    l.begin
      ? turn("请问缴多少？", ["form"])
      : turn("缴好了。", ["which", "paid", "done"], {
          flow: "",
          step: "",
          ended: "finished",
          why: "done",
          slots: [{ name: "amount", label: "金额", value: "¥200.00", by: "customer" }],
        }),
  );
}

/** flowsFake keeps one flow and its draft. */
export function flowsFake(): {
  handle(route: string, body: unknown, who: string): { status: number; body: unknown };
} {
  let text = YAML;
  let version = 0;
  let author = "";
  let recalled: { reason: string; changed_by: string } | null = null;
  const version1 = (): FlowVersionRow => ({
    path: "scenes/24-bills/flow.yaml",
    hash: "a1b2c3d4".repeat(8),
    release: "r1",
    current: true,
    recalled: recalled !== null,
    ...(recalled ?? {}),
  });
  const row = (): FlowRow => ({
    id: "pay_bill",
    number: "24",
    name: "生活缴费",
    name_en: "Bills",
    group: "缴费",
    group_en: "Payments",
    risk: "money",
    identity: "L2",
    owner: "支付结算部",
    employees: ["xiaoda"],
    steps: 5,
    tests: 12,
    hash: "h",
    file: {
      path: "scenes/24-bills/flow.yaml",
      base: `f${version}`,
      state: text === YAML ? "published" : "draft",
      ...(text === YAML ? {} : { author, updated_at: new Date().toISOString() }),
    },
    volume: { started: 120, done: 90, otherwise: 6, cancelled: 12, abandoned: 10, waiting: 2 },
  });
  const view = (): FlowView => ({
    ...row(),
    purpose: "交水电煤",
    purpose_en: "Pay bills",
    yaml: text,
    drawing: drawn(text),
    files: { "scenes/24-bills/scene.yaml": 'number: "24"\nid: pay_bill\n' },
  });
  const handle = (route: string, body: unknown, who: string): { status: number; body: unknown } => {
    const ok = (answer: unknown): { status: number; body: unknown } => ({ status: 200, body: answer });
    const asked = body as { yaml: string; change: FlowChange; base: string; lines: RunLine[] };
    switch (route) {
      case "GET ":
        return ok({ flows: [row()], days: 30 });
      case "GET id":
        return ok(view());
      case "POST id/graph":
        return ok(drawn(asked.yaml));
      case "POST id/edit": {
        const yaml = changed(asked.yaml, asked.change);
        return ok({ yaml, drawing: drawn(yaml) });
      }
      case "PUT id":
        if (asked.base !== `f${version}`)
          return {
            status: 409,
            body: {
              code: "conflict",
              message: "",
              path: "",
              by: author,
              theirs: text,
              base: `f${version}`,
              diff: "",
            },
          };
        text = asked.yaml;
        version += 1;
        author = who;
        return ok(view());
      case "POST id/run":
        return ok({ turns: played(asked.lines) });
      case "GET id/reach":
        return ok({
          days: 30,
          steps: [
            { step: "form", reached: 120, went_on: 98, cancelled: 12, abandoned: 10, waiting: 0, ended: 0 },
            { step: "paid", reached: 90, went_on: 90, cancelled: 0, abandoned: 0, waiting: 0, ended: 0 },
          ],
          ways: [{ from: "form", to: "which", count: 98 }],
        });
      case "GET id/versions":
        return ok({
          ...(text === YAML ? {} : { draft: row().file }),
          versions: [
            {
              release: "r1",
              status: "published",
              title: "出厂内容 / Shipped content",
              author: "shipped",
              at: "2026-11-20T09:00:00Z",
              published_at: "2026-11-20T09:00:00Z",
              live: true,
            },
          ],
        });
      case "GET versions":
        return ok({ versions: [version1()] });
      case "PUT versions": {
        const want = body as { recalled: boolean; reason: string };
        recalled = want.recalled ? { reason: want.reason, changed_by: who } : null;
        return ok({ versions: [version1()] });
      }
      case "GET id/compare": {
        const graph = drawn(text).graph;
        return ok({
          from: "r1",
          to: "draft",
          diff: "…\n   - id: paid\n     say:\n-      text: {zh: 缴好了。, en: Paid.}\n+      text: {zh: 都缴好了。, en: Paid.}\n",
          graph: {
            graph,
            nodes: { paid: "changed" },
            edges: graph?.edges.map(() => "same") ?? [],
            before: { paid: drawn(YAML).graph?.nodes.find((n) => n.id === "paid") },
          },
        });
      }
    }
    return { status: 404, body: { code: "not_found", message: "没有这个流程 / no such flow" } };
  };
  return { handle };
}
