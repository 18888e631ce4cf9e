/** Step is one step of a flow as a reader sees it. */
export interface Step {
  id: string;
  kind: string;
  /** says is what the customer reads there, or the operation or slots. */
  says: string;
  /** irreversible is set on a step that changes something at the bank. */
  irreversible: boolean;
  /** goes are the ways on: on what condition, and to which step. */
  goes: { when: string; to: string }[];
}

/** Outline is a flow's steps and the slots it fills. */
export interface Outline {
  slots: { name: string; label: string }[];
  steps: Step[];
}

const KINDS = [
  "ask",
  "call",
  "say",
  "set",
  "branch",
  "choose",
  "confirm",
  "secure",
  "stepup",
  "handoff",
  "session",
  "end",
  "form",
  "start",
  "verify",
  "receipt",
  "act",
];

const unquote = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/, "$2");

function inline(line: string, locale: "zh" | "en"): string {
  const found = new RegExp(`\\b${locale}:\\s*("(?:[^"\\\\]|\\\\.)*"|'[^']*'|[^,}]+)`).exec(line);
  return found ? unquote(found[1] ?? "") : "";
}

/** readable writes {{ … }} of a template as 〈…〉. */
function readable(text: string): string {
  return text
    .replace(/\{\{-?\s*(?:if|else|end|with|range)[^}]*\}\}/g, "")
    .replace(/\{\{-?\s*(?:money|tail|date|say|join)?\s*\.?([\w.]+)[^}]*\}\}/g, "〈$1〉");
}

/**
 * outlineOf reads a flow's YAML for people. It reads the house's own layout line by line
 * and never fails: what it does not know it leaves out, and the file itself is shown beside it.
 */
export function outlineOf(yaml: string, locale: "zh" | "en"): Outline {
  const out: Outline = { slots: [], steps: [] };
  let section = "";
  let step: Step | null = null;
  let body = "";
  for (const line of yaml.split("\n")) {
    const top = /^(\w[\w-]*):/.exec(line);
    if (top) {
      section = top[1] ?? "";
      continue;
    }
    if (section === "slots") {
      const slot = /^ {2}- name:\s*(\S+)/.exec(line);
      if (slot) out.slots.push({ name: slot[1] ?? "", label: "" });
      const last = out.slots.at(-1);
      if (last && last.label === "" && /^ {4}label:/.test(line)) last.label = inline(line, locale);
      continue;
    }
    if (section !== "steps") continue;
    const started = /^ {2}- id:\s*(\S+)/.exec(line);
    if (started) {
      step = { id: started[1] ?? "", kind: "other", says: "", irreversible: false, goes: [] };
      out.steps.push(step);
      continue;
    }
    if (!step) continue;
    const key = /^ {4}(\w+):\s*(.*)$/.exec(line);
    if (key) {
      const [, name = "", rest = ""] = key;
      if (name === "next") step.goes.push({ when: "", to: unquote(rest) });
      if (KINDS.includes(name)) {
        step.kind = name;
        body = name;
        if (name === "ask") step.says = rest.replace(/[[\]]/g, "");
        if (name === "end") step.says = /result:\s*(\w+)/.exec(rest)?.[1] ?? "";
        if (name === "set" && rest !== "") step.says = rest;
      }
      continue;
    }
    if (body === "call" && /^ {6}operation:/.test(line)) step.says = line.split(":")[1]?.trim() ?? "";
    if (/^ {6}irreversible:\s*true/.test(line)) step.irreversible = true;
    const wording =
      new RegExp(`^ {8}${locale}:\\s*(.+)$`).exec(line)?.[1] ??
      (/^ {6}text:\s*\{/.test(line) ? inline(line, locale) : "");
    if (wording !== "" && step.says === "") step.says = readable(unquote(wording));
    const branch = /^ {6,8}- \{(.*)\}\s*$/.exec(line);
    const to = branch ? /\bnext:\s*([\w.-]+)/.exec(branch[1] ?? "")?.[1] : undefined;
    if (branch && to) {
      const when = /\bwhen:\s*(.*?),\s*next:/.exec(branch[1] ?? "")?.[1] ?? inline(branch[1] ?? "", locale);
      step.goes.push({ when: unquote(when), to });
    }
    const on = /^ {6}on:\s*\{(.*)\}/.exec(line);
    for (const pair of on?.[1]?.split(",") ?? []) {
      const [when = "", target = ""] = pair.split(":");
      if (target.trim() !== "") step.goes.push({ when: when.trim(), to: target.trim() });
    }
  }
  return out;
}
