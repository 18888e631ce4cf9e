import { named, type Words } from "../i18n";
import type { FlowEdge, FlowGraph, FlowNode } from "../wire";
import type { Box, Line } from "./layout";

/** Way is everything that leads from one step to another, drawn as one line. */
export interface Way {
  id: string;
  from: string;
  to: string;
  edges: FlowEdge[];
  label: string;
  /** whole is the label in full, for reading. */
  whole: string;
}

/** WIDTH and the heights are how large a step is drawn. */
export const WIDTH = 190;
const TALL = 84;
const LOW = 54;

/** wayId names the line from one step to another. */
export const wayId = (from: string, to: string): string => `${from}>${to}`;

/** kindOfNode is a step's kind as people call it: a call that changes something does it for real. */
export const kindOfNode = (n: FlowNode): string => (n.irreversible ? "act" : n.kind);

/** plainText writes {{ … }} of a wording as 〈…〉 and leaves conditions out. */
export function plainText(text: string): string {
  return text
    .replace(/\{\{-?\s*(?:if|else|end|with|range)[^}]*\}\}/g, "")
    .replace(/\{\{-?\s*(?:[a-z]+\s+)?\.?([\w.]+)[^}]*\}\}/g, "〈$1〉")
    .trim();
}

/** sayOf is the first thing a customer reads at a step, else what the step is about. */
export function sayOf(n: FlowNode, locale: "zh" | "en", w: Words): string {
  const first = n.texts[0]?.text;
  if (first) return plainText(first[locale] ?? first.zh ?? "");
  if (n.kind === "end") return named(w.flow.results, n.detail ?? "");
  return n.detail ?? "";
}

/**
 * gist is what tells a condition from its neighbours: its last clause, with the end of the name
 * alone. The whole of it stands beside the step.
 */
export function gist(condition: string): string {
  const clause = condition.split("&&").at(-1)?.trim() ?? condition;
  const found = /^([\w.]+)\s*(==|!=|>=|<=|>|<|in)\s*(.+)$/.exec(clause);
  if (!found) return clause;
  const [, name = "", op = "", value = ""] = found;
  const short = name.split(".").at(-1) ?? name;
  const sign = { "==": "=", "!=": "≠", in: "∈" }[op] ?? op;
  return `${value === "nil" ? name : short} ${sign} ${value === '""' ? value : value.replace(/["[\]]/g, "")}`;
}

/** labelOf is what an edge says about itself. */
export function labelOf(e: FlowEdge, n: FlowNode | undefined, locale: "zh" | "en", w: Words): string {
  switch (e.kind) {
    case "option":
      return e.text?.[locale] ?? e.text?.zh ?? "";
    case "branch":
      return e.label ? gist(e.label) : w.flow.ways.otherwise;
    case "done":
      return w.flow.ways.done;
    case "on":
      return e.label ? named(w.flow.ways as unknown as Record<string, string>, e.label) : "";
    case "code":
      return e.label ?? "";
    case "failed":
      return w.flow.ways.lost;
    case "loop":
      return w.flow.ways.loop;
    case "skip":
      return w.flow.ways.skip;
    case "next":
    case "below":
      if (n?.kind === "loop") return w.flow.ways.last;
      return n?.kind === "branch" ? w.flow.ways.otherwise : "";
  }
}

/** waysOf puts the edges between the same two steps together. */
export function waysOf(graph: FlowGraph, locale: "zh" | "en", w: Words): Way[] {
  const ways = new Map<string, Way>();
  for (const e of graph.edges) {
    const id = wayId(e.from, e.to);
    const way = ways.get(id) ?? { id, from: e.from, to: e.to, edges: [], label: "", whole: "" };
    way.edges.push(e);
    ways.set(id, way);
  }
  for (const way of ways.values()) {
    const from = graph.nodes.find((n) => n.id === way.from);
    const labels = [...new Set(way.edges.map((e) => labelOf(e, from, locale, w)).filter((l) => l !== ""))];
    const busy = graph.edges.filter((e) => e.from === way.from).length > way.edges.length;
    if (labels.length === 0 && busy && from?.kind === "call") labels.push(w.flow.ways.done);
    const whole = way.edges.map((e) => (e.kind === "branch" && e.label) || labelOf(e, from, locale, w));
    way.whole = [...new Set(whole)].filter((l) => l !== "").join(locale === "en" ? ", " : "、");
    way.label = labels.length > 1 ? `${labels[0]} ${w.flow.ways.many(labels.length)}` : (labels[0] ?? "");
  }
  return [...ways.values()];
}

/** widthOf is about how wide a label is drawn, at most 150. */
export function widthOf(label: string): number {
  if (label === "") return 0;
  const width = [...label].reduce((sum, ch) => sum + (ch > "\u2e80" ? 12 : 6.6), 14);
  return Math.min(150, Math.ceil(width));
}

/** boxesOf and linesOf are what the layout places. */
export const boxesOf = (graph: FlowGraph): Box[] =>
  graph.nodes.map((n) => ({
    id: n.id,
    width: WIDTH,
    height: n.kind === "end" || n.kind === "missing" ? (n.texts.length > 0 ? TALL : LOW) : TALL,
  }));

export const linesOf = (ways: readonly Way[]): Line[] =>
  ways.map((way) => ({ id: way.id, from: way.from, to: way.to, label: widthOf(way.label) }));

/** stepAtLine is the step a line of the file belongs to; a slot's question belongs to who asks it. */
export function stepAtLine(graph: FlowGraph | null, line: number): string {
  const inside = graph?.nodes.find((n) => n.line > 0 && line >= n.line && line <= n.until);
  return (inside ?? graph?.nodes.find((n) => n.texts.some((t) => t.line === line)))?.id ?? "";
}
