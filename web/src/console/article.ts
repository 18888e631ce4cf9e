import type { Words } from "./i18n";
import type { Part } from "./parts/merge";
import type { Article, Text, Variant, Version } from "./wire";

/** emptyArticle is what a new article starts as. */
export function emptyArticle(): Article {
  return {
    id: "",
    title: { zh: "" },
    group: "",
    owner: "",
    audience: ["customer"],
    question: { zh: "" },
    similar: { zh: [], en: [] },
    valid: { from: "", until: "" },
    answer: { zh: "" },
    source: "",
    keywords: [],
  };
}

/**
 * asked is an article with the questions an address brings (没答上的): a new one gets the
 * first as its question, the others become similar ones. Null when it brings none.
 */
export function asked(a: Article, params: URLSearchParams): Article | null {
  const ask = params.get("ask") ?? "";
  const locale = params.get("locale") === "en" ? "en" : "zh";
  const known = new Set([a.question[locale], ask, ...(a.similar?.[locale] ?? [])]);
  const similar = params.getAll("similar").filter((q) => q.trim() !== "" && !known.has(q));
  if (ask === "" && similar.length === 0) return null;
  const next = structuredClone(a);
  if (ask !== "") {
    next.question[locale] = ask;
    next.title[locale] = ask;
    if (params.get("audience") === "staff") next.audience = ["staff"];
  }
  next.similar = { ...next.similar, [locale]: [...(next.similar?.[locale] ?? []), ...similar] };
  return next;
}

function text(value: Text): Text {
  const kept: Text = {};
  for (const locale of ["zh", "en", "zh-elder"] as const) {
    const words = value[locale]?.trim() ?? "";
    if (words !== "") kept[locale] = words;
  }
  return kept;
}

/** trimmed is an article as it is saved: without blanks, empty lines and empty parts. */
export function trimmed(a: Article): Article {
  const lines = (list: string[] | undefined): string[] => [
    ...new Set((list ?? []).map((l) => l.trim()).filter((l) => l !== "")),
  ];
  const next: Article = {
    id: a.id.trim(),
    title: text(a.title),
    group: a.group.trim(),
    owner: a.owner.trim(),
    audience: a.audience,
    question: text(a.question),
    valid: a.valid,
    answer: text(a.answer),
    source: a.source.trim(),
  };
  const [zh, en] = [lines(a.similar?.zh), lines(a.similar?.en)];
  if (zh.length + en.length > 0)
    next.similar = { ...(zh.length > 0 ? { zh } : {}), ...(en.length > 0 ? { en } : {}) };
  const versions = (a.versions ?? []).map((v): Version => ({ ...v, answer: text(v.answer) }));
  if (versions.length > 0) next.versions = versions;
  const variants = (a.variants ?? []).map((v): Variant => ({ ...v, answer: text(v.answer) }));
  if (variants.length > 0) next.variants = variants;
  if (a.table) next.table = a.table;
  if (a.flow) next.flow = a.flow;
  const keywords = lines(a.keywords);
  if (keywords.length > 0) next.keywords = keywords;
  return next;
}

const spelled = (value: unknown): string => (value === undefined ? "" : JSON.stringify(value, null, 1));

function fields(a: Article, w: Words): [key: string, label: string, value: string | string[]][] {
  const e = w.edit;
  return [
    ["title.zh", `${e.titleField} ${e.zh}`, a.title.zh ?? ""],
    ["title.en", `${e.titleField} ${e.en}`, a.title.en ?? ""],
    ["question.zh", `${e.asked} ${e.zh}`, a.question.zh ?? ""],
    ["question.en", `${e.asked} ${e.en}`, a.question.en ?? ""],
    ["answer.zh", `${e.answer} ${e.zh}`, a.answer.zh ?? ""],
    ["answer.zh-elder", `${e.answer} ${e.elder}`, a.answer["zh-elder"] ?? ""],
    ["answer.en", `${e.answer} ${e.en}`, a.answer.en ?? ""],
    ["similar.zh", `${e.similar} ${e.zh}`, a.similar?.zh ?? []],
    ["similar.en", `${e.similar} ${e.en}`, a.similar?.en ?? []],
    ["audience", e.audience, a.audience],
    ["keywords", e.keywords, a.keywords ?? []],
    ["owner", e.owner, a.owner],
    ["source", e.source, a.source],
    ["valid.from", e.from, a.valid.from],
    ["valid.until", e.until, a.valid.until],
    ["flow", e.flow, a.flow ?? ""],
    ["versions", e.versions, spelled(a.versions)],
    ["variants", e.variants, spelled(a.variants)],
    ["table", e.table, spelled(a.table)],
  ];
}

/** partsOf lines up two articles field by field. */
export function partsOf(mine: Article, theirs: Article, w: Words): Part[] {
  const other = new Map(fields(trimmed(theirs), w).map(([key, , value]) => [key, value]));
  return fields(trimmed(mine), w).map(([key, label, value]) => ({
    key,
    label,
    mine: value,
    theirs: other.get(key) ?? "",
  }));
}

/** merged is my article with the fields taken that were chosen; the rest is the same on both sides. */
export function merged(
  mine: Article,
  theirs: Article,
  values: ReadonlyMap<string, string | string[]>,
): Article {
  const next = structuredClone(mine);
  const own = trimmed(mine);
  const line = (v: string | string[]): string => (Array.isArray(v) ? v.join("") : v);
  const list = (v: string | string[]): string[] => (Array.isArray(v) ? v : v === "" ? [] : [v]);
  for (const [key, value] of values) {
    const takesTheirs = line(value) !== spelled(own[key as "versions" | "variants" | "table"]);
    switch (key) {
      case "title.zh":
        next.title.zh = line(value);
        break;
      case "title.en":
        next.title.en = line(value);
        break;
      case "question.zh":
        next.question.zh = line(value);
        break;
      case "question.en":
        next.question.en = line(value);
        break;
      case "answer.zh":
        next.answer.zh = line(value);
        break;
      case "answer.en":
        next.answer.en = line(value);
        break;
      case "answer.zh-elder":
        next.answer["zh-elder"] = line(value);
        break;
      case "similar.zh":
        next.similar = { ...next.similar, zh: list(value) };
        break;
      case "similar.en":
        next.similar = { ...next.similar, en: list(value) };
        break;
      case "audience":
        next.audience = list(value);
        break;
      case "keywords":
        next.keywords = list(value);
        break;
      case "owner":
        next.owner = line(value);
        break;
      case "source":
        next.source = line(value);
        break;
      case "valid.from":
        next.valid = { ...next.valid, from: line(value) };
        break;
      case "valid.until":
        next.valid = { ...next.valid, until: line(value) };
        break;
      case "flow":
        next.flow = line(value);
        break;
      case "versions":
        if (takesTheirs) next.versions = structuredClone(theirs.versions ?? []);
        break;
      case "variants":
        if (takesTheirs) next.variants = structuredClone(theirs.variants ?? []);
        break;
      case "table":
        if (takesTheirs) {
          if (theirs.table) next.table = structuredClone(theirs.table);
          else delete next.table;
        }
        break;
    }
  }
  return next;
}
