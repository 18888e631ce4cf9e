// What stands in the events of a recording, and how everything stood at a moment of it.
// Pure: the player draws what this says.

/** Line is a message of the chat. */
export interface Line {
  at: number;
  seq: number;
  author: string;
  by: string;
  text: string;
  title: string;
  rows: Field[];
}

/** Field is a labelled value and who typed it. */
export interface Field {
  label: string;
  value: string;
  by: string;
}

/** Form is the step both held. */
export interface Form {
  at: number;
  title: string;
  step: string;
  stepTitle: string;
  slots: Field[];
}

/** Item is a line of a check list. */
export interface Item {
  id: string;
  zh: string;
  en: string;
  optional: boolean;
  state: string;
  by: string;
  /** at is when it was ticked, shown when its words were read; -1 when not (yet). */
  at: number;
  shown: number;
  answer: string;
}

/** Mark is what the agent drew; it stands from at to until. */
export interface Mark {
  at: number;
  until: number;
  id: string;
  shape: string;
  source: string;
  color: string;
  points: Point[];
  /** view is where the customer's page stood when it was drawn. */
  view: View | null;
}

export interface Point {
  x: number;
  y: number;
}

/** View is the visible part of the customer's page, in CSS pixels. */
export interface View {
  at: number;
  n: number;
  x: number;
  y: number;
  w: number;
  h: number;
}

/** Standing is who was there and what was shared. */
export interface Standing {
  at: number;
  present: string[];
  links: Record<string, string>;
  sharing: string;
  paused: boolean;
  hidden: boolean;
}

/** Fact is an event that has a place on the time line. */
export interface Fact {
  at: number;
  kind: "step" | "read" | "item" | "consent" | "mark" | "state";
  name: string;
  by: string;
  zh: string;
  en: string;
  bad: boolean;
  /** mark is the id of a mark that is being drawn. */
  mark: string;
}

/** Record is a whole recording, each list in order of time. */
export interface Record_ {
  lines: Line[];
  forms: Form[];
  lists: { at: number; title: string; items: Item[] }[];
  marks: Mark[];
  views: View[];
  standings: Standing[];
  facts: Fact[];
}

/** POINTER_MS is how long a pointer is seen, as on the customer's page. */
export const POINTER_MS = 1500;

type Body = Record<string, unknown>;

const text = (v: unknown): string => (typeof v === "string" ? v : "");
const num = (v: unknown): number => (typeof v === "number" && Number.isFinite(v) ? v : 0);
const list = (v: unknown): Body[] =>
  Array.isArray(v) ? v.filter((x): x is Body => typeof x === "object" && x !== null) : [];
const object = (v: unknown): Body | null =>
  typeof v === "object" && v !== null && !Array.isArray(v) ? (v as Body) : null;
const field = (v: Body): Field => ({ label: text(v.label), value: text(v.value), by: text(v.by) });

/** readEvents reads events.jsonl. A line that can't be read is left out: what else is there counts. */
export function readEvents(jsonl: string): Record_ {
  const r: Record_ = { lines: [], forms: [], lists: [], marks: [], views: [], standings: [], facts: [] };
  for (const row of jsonl.split("\n")) {
    if (row === "") continue;
    try {
      const event = JSON.parse(row) as { at_ms: number; kind: string; body: unknown };
      const body = object(event.body);
      if (body) take(r, event.at_ms, event.kind, body);
    } catch {
      // Not an event: the checker says what is damaged.
    }
  }
  return r;
}

function take(r: Record_, at: number, kind: string, body: Body): void {
  const fact = (f: Partial<Fact> & Pick<Fact, "kind" | "name">): void => {
    r.facts.push({ at, by: text(body.by), zh: "", en: "", bad: false, mark: "", ...f });
  };
  if (kind === "transcript") {
    r.lines.push({
      at,
      seq: num(body.seq),
      author: text(body.author),
      by: text(body.by),
      text: text(body.text),
      title: text(body.title),
      rows: list(body.rows).map(field),
    });
  } else if (kind === "script" || kind === "disclosure") {
    script(r, at, body, fact);
  } else if (kind === "annotation") {
    annotation(r, at, body, fact);
  } else if (kind === "consent") {
    fact({ kind: "consent", name: body.given === true ? "given" : "taken", bad: body.given !== true });
  } else if (kind === "state") {
    state(r, at, body, fact);
  }
}

type Told = (f: Partial<Fact> & Pick<Fact, "kind" | "name">) => void;

function script(r: Record_, at: number, body: Body, fact: Told): void {
  const event = text(body.event);
  if (event === "form") {
    const before = r.forms.at(-1);
    const form = {
      at,
      title: text(body.title),
      step: text(body.step),
      stepTitle: text(body.step_title),
      slots: list(body.slots).map(field),
    };
    r.forms.push(form);
    const words = form.stepTitle || form.title || form.step;
    const moved = form.step !== before?.step || form.title !== before?.title;
    if (moved && words !== "") fact({ kind: "step", name: form.step, zh: words, en: words });
    return;
  }
  const last = r.lists.at(-1);
  if (event === "review.list" || event === "review.take") {
    const items = list(body.items).map((v) => ({
      id: text(v.item),
      zh: text(v.zh),
      en: text(v.en) || text(v.zh),
      optional: v.optional === true,
      state: text(v.state) || "open",
      by: text(v.by),
      at: -1,
      shown: -1,
      answer: text(v.answer),
    }));
    if (items.length > 0) r.lists.push({ at, title: text(body.title), items });
    return;
  }
  const id = text(body.item);
  const item = last?.items.find((i) => i.id === id);
  const words = { zh: item?.zh ?? text(body.zh), en: item?.en ?? text(body.en) };
  const change = (what: Partial<Item>): void => {
    if (last && item) {
      const items = last.items.map((i) => (i.id === id ? { ...i, ...what } : i));
      r.lists.push({ at, title: last.title, items });
    }
  };
  if (event === "review.item") {
    const ticked = text(body.state);
    change({ state: ticked, by: ticked === "open" ? "" : text(body.by), at: ticked === "open" ? -1 : at });
    fact({ kind: "item", name: ticked, ...words, bad: ticked === "no" });
  } else if (event === "review.read") {
    change({ shown: at, answer: "" });
    fact({ kind: "read", name: id, ...words });
  } else if (event === "review.answer") {
    const answer = text(body.answer);
    change({ answer });
    fact({ kind: "item", name: `answer.${answer}`, by: "customer", ...words, bad: answer === "no" });
  } else if (event.startsWith("review.")) {
    fact({ kind: "state", name: event, bad: event === "review.refused" || event === "review.unsafe" });
  } else if (text(body.step) !== "") {
    fact({ kind: "step", name: text(body.step), zh: text(body.step), en: text(body.step) });
  }
}

function annotation(r: Record_, at: number, body: Body, fact: Told): void {
  const view = object(body.viewport);
  if (view) {
    r.views.push({ at, n: num(view.n), x: num(view.x), y: num(view.y), w: num(view.w), h: num(view.h) });
    return;
  }
  const gone = object(body.unmark);
  if (gone) {
    const id = text(gone.id);
    for (const m of r.marks) if (m.until > at && (id === "" || m.id === id)) m.until = at;
    return;
  }
  const m = object(body.mark);
  if (!m) return;
  const id = text(m.id);
  const shape = text(m.shape);
  // The same id again is the same mark, moved or drawn on.
  const before = r.marks.filter((old) => old.id === id && old.until > at).at(-1);
  if (before) before.until = at;
  const seen = num(m.view);
  r.marks.push({
    at,
    until: shape === "pointer" ? at + POINTER_MS : Number.POSITIVE_INFINITY,
    id,
    shape,
    source: text(m.source),
    color: /^#[0-9a-f]{6}$/i.test(text(m.color)) ? text(m.color) : "#e2a33d",
    points: list(m.points).map((p) => ({ x: num(p.x), y: num(p.y) })),
    view: r.views.filter((v) => v.n === seen).at(-1) ?? null,
  });
  if (shape === "pointer") return;
  // Its place on the time line is where it was drawn to its end: a click there shows it whole.
  const told = before ? r.facts.filter((f) => f.kind === "mark" && f.mark === id).at(-1) : undefined;
  if (told) told.at = at;
  else fact({ kind: "mark", name: shape, by: "agent", mark: id });
}

function state(r: Record_, at: number, body: Body, fact: Told): void {
  const event = text(body.event);
  const before = r.standings.at(-1);
  const now: Standing = before
    ? { ...before, at, links: { ...before.links } }
    : { at, present: [], links: {}, sharing: "none", paused: false, hidden: false };
  if (event === "recording") {
    now.present = Array.isArray(body.present) ? body.present.filter((p) => typeof p === "string") : [];
    now.sharing = text(body.sharing) || "none";
    now.paused = body.paused === true;
    const links = object(body.links);
    if (links) for (const [who, link] of Object.entries(links)) now.links[who] = text(link);
  } else if (event === "link") {
    now.links[text(body.by)] = text(body.link);
  } else if (event === "share.started") {
    now.sharing = text(body.kind) || "screen";
    now.paused = false;
  } else if (event === "share.stopped") {
    now.sharing = "none";
    now.paused = false;
    for (const m of r.marks) if (m.until > at) m.until = at; // they stood on what was shared
  } else if (event === "share.paused" || event === "share.resumed") {
    now.paused = event === "share.paused";
  } else if (event === "page.hidden" || event === "page.shown") {
    now.hidden = event === "page.hidden";
  } else if (event === "ended") {
    now.present = [];
  }
  r.standings.push(now);
  const name = event === "link" ? `link.${text(body.link)}` : event;
  if (name === "link.joining" || name === "link.connected") return;
  const bad = ["share.refused", "link.failed", "link.silent", "page.hidden"].includes(name);
  fact({ kind: "state", name, bad });
}

/** before is the last of a list, ordered by time, that is not after t. */
export function before<T extends { at: number }>(all: readonly T[], t: number): T | undefined {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((all[middle]?.at ?? 0) <= t) low = middle + 1;
    else high = middle;
  }
  return all[low - 1];
}

/** Moment is how everything stood at the play head. */
export interface Moment {
  /** said is how many lines of the chat had been said. */
  said: number;
  form: Form | undefined;
  list: { title: string; items: Item[] } | undefined;
  marks: Mark[];
  standing: Standing | undefined;
}

/** momentAt tells how everything stood t milliseconds into the recording. */
export function momentAt(r: Record_, t: number): Moment {
  const now = before(r.views, t);
  return {
    said: r.lines.filter((l) => l.at <= t).length,
    form: before(r.forms, t),
    list: before(r.lists, t),
    marks: r.marks
      .filter((m) => m.at <= t && t < m.until)
      .map((m) => ({ ...m, points: m.points.map((p) => moved(p, m, now)) })),
    standing: before(r.standings, t),
  };
}

/** moved follows the page: a mark stands where it was drawn on it, wherever that was scrolled to. */
export function moved(p: Point, m: Mark, now: View | undefined): Point {
  if (m.source !== "screen" || !m.view || !now || now.w <= 0 || now.h <= 0) return p;
  return {
    x: (m.view.x + p.x * m.view.w - now.x) / now.w,
    y: (m.view.y + p.y * m.view.h - now.y) / now.h,
  };
}
