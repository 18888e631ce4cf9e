/**
 * The wire types of /api/v1/console, as the server's own types have them. Lists are never
 * null; times are RFC 3339; days are 2006-01-02 and empty when open.
 */

/** FileState is what an editor must know of a file beside its text. */
export interface FileState {
  path: string;
  /** base is given back when saving, so that nobody's work is overwritten unseen. */
  base: string;
  state: "published" | "draft" | "new" | "deleted";
  author?: string;
  proposed?: string;
  updated_at?: string;
}

/** Text is a wording by locale: zh, en, zh-elder. */
export type Text = Partial<Record<"zh" | "en" | "zh-elder", string>>;

/** Lists are lines by locale. */
export type Lists = Partial<Record<"zh" | "en", string[]>>;

/** Version is the wording for a span of days. */
export interface Version {
  from: string;
  until: string;
  answer: Text;
}

/** Variant is the wording for an audience or a region; exactly one of the two is set. */
export interface Variant {
  audience?: string;
  region?: string;
  answer: Text;
}

/** TableRef names the rows of a table that an article quotes. */
export interface TableRef {
  name: string;
  key: string;
  values: string[];
}

/** Article is one thing the bank says. */
export interface Article {
  id: string;
  title: Text;
  group: string;
  owner: string;
  audience: string[];
  question: Text;
  similar?: Lists;
  valid: { from: string; until: string };
  answer: Text;
  versions?: Version[];
  variants?: Variant[];
  table?: TableRef;
  flow?: string;
  source: string;
  keywords?: string[];
}

/** ArticleRow is one line of the list of articles. */
export interface ArticleRow {
  id: string;
  title: string;
  question: string;
  group: string;
  owner: string;
  audience: string[];
  from: string;
  until: string;
  expired: boolean;
  expiring: boolean;
  similar: number;
  flow?: string;
  file: FileState;
}

/** ArticleList is a page of articles. */
export interface ArticleList {
  articles: ArticleRow[];
  total: number;
  groups: string[];
}

/** Quote is another place that holds one of the article's numbers. */
export interface Quote {
  path: string;
  title: string;
  number: string;
  line: number;
  text: string;
}

/** ArticleView is one article with its file. */
export interface ArticleView {
  article: Article;
  yaml: string;
  comments: boolean;
  file: FileState;
  diff?: string;
  quoted: Quote[];
  problems: string[];
}

/** ArticleSave is a draft by fields or as YAML; exactly one of the two. */
export interface ArticleSave {
  base: string;
  article?: Article;
  yaml?: string;
  drop_comments?: boolean;
}

/** PreviewLine is what one question of an article finds now. */
export interface PreviewLine {
  question: string;
  kind: "question" | "similar";
  article: string;
  title: string;
  score: number;
  place: number;
  answers: boolean;
}

/** Preview is what all questions of an article find in the published release. */
export interface Preview {
  release: string;
  threshold: number;
  lines: PreviewLine[];
}

/** ImportProblem is a line of an imported file that was left out. */
export interface ImportProblem {
  file: string;
  line: number;
  column: number;
  text: string;
  remedy: string;
  raw: string;
}

/** ImportResult tells what became of an imported file. */
export interface ImportResult {
  file: string;
  lines: number;
  imported: number;
  problems: ImportProblem[] | null;
  articles: { id: string; question: string; path: string; line: number; saved: boolean; reason?: string }[];
  saved: number;
}

/** IntentRow is one line of the list of intents. */
export interface IntentRow {
  name: string;
  label: string;
  label_en: string;
  kind: string;
  flow?: string;
  article?: string;
  zh: number;
  en: number;
  thin: boolean;
  file: FileState;
}

/** Overlap is a pair of examples of two intents that say nearly the same. */
export interface Overlap {
  mine: string;
  intent: string;
  label: string;
  theirs: string;
  likeness: number;
}

/** IntentView is one intent with its examples and nearest neighbours. */
export interface IntentView extends IntentRow {
  examples: Lists | null;
  overlaps: Overlap[];
}

/** IntentSave is the examples of an intent as they shall be. */
export interface IntentSave {
  base: string;
  examples: Lists;
  drop_comments?: boolean;
}

/** TableRow is one line of the list of tables. */
export interface TableRow {
  name: string;
  rows: number;
  columns: string[];
  file: FileState;
}

/** TableView is one table. */
export interface TableView extends TableRow {
  cells: string[][];
  quoted_by: string[];
}

/** TableSave is a table as it shall be. */
export interface TableSave {
  base: string;
  columns: string[];
  cells: string[][];
}

/** FlowRow is one scene with its flow. */
export interface FlowRow {
  id: string;
  number: string;
  name: string;
  group: string;
  risk: string;
  identity: string;
  owner: string;
  employees: string[];
  steps: number;
  tests: number;
  hash: string;
  file: FileState;
}

/** FlowView is a scene's files as they stand. */
export interface FlowView extends FlowRow {
  purpose: string;
  files: Record<string, string>;
}

/** Check is one part of the gate. */
export interface Check {
  name: string;
  passed: number;
  failed: number;
  problems: string[] | null;
  seconds: number;
}

/** Gate is the outcome of the tests before people look at a release. */
export interface Gate {
  green: boolean;
  checks: Check[] | null;
  seconds: number;
}

/** May is what the caller may do with a release now. */
export type May = "approve" | "refuse" | "publish" | "rollback" | "recheck";

/** ReleaseRow is one line of the history. */
export interface ReleaseRow {
  id: string;
  parent?: string;
  status: "draft" | "review" | "approved" | "published" | "refused";
  title: string;
  author: string;
  authors: string[];
  approver?: string;
  reason?: string;
  current: boolean;
  working: boolean;
  step?: string;
  done: number;
  total: number;
  gate?: Gate;
  created_at: string;
  approved_at?: string;
  published_at?: string;
  may: May[];
}

/** ReleaseList is the history, newest first. */
export interface ReleaseList {
  current: string;
  previous?: string;
  releases: ReleaseRow[];
  next?: number;
}

/** Change is one changed file of a release. */
export interface Change {
  path: string;
  kind: "added" | "changed" | "deleted";
  diff: string;
}

/** ReleaseView is one release with what it changes. */
export interface ReleaseView extends ReleaseRow {
  against: string;
  changes: Change[];
}

/** NodeRow is one node and the release it answers from. */
export interface NodeRow {
  id: string;
  addr: string;
  release: string;
  current: boolean;
  alive: boolean;
  draining: boolean;
  started_at: string;
  beat_at: string;
}

/** NodeList is all nodes seen within a day. */
export interface NodeList {
  current: string;
  nodes: NodeRow[];
}

/** Todo is what waits for the caller. */
export interface Todo {
  name: string;
  roles: string[];
  drafts: FileState[];
  approve: ReleaseRow[];
  publish: ReleaseRow[];
  mine: ReleaseRow[];
  expiring: ArticleRow[];
  expired: number;
  thin: number;
  misses?: number;
  problems: string[];
}

/** EmployeeRow is one digital employee. */
export interface EmployeeRow {
  id: string;
  name: string;
  job: string;
  serves: "customer" | "staff";
  scenes: string[];
  knowledge: string[];
  supervisor: string;
  greeting: string;
  /** hours and hue are shown when the server gives them. */
  hours?: string;
  hue?: string;
  on_leave: boolean;
  reason?: string;
  changed_by?: string;
  changed_at?: string;
}

/** AuditRow is one line of the audit log. */
export interface AuditRow {
  id: number;
  at: string;
  actor: string;
  action: string;
  object: string;
  detail: Record<string, unknown> | null;
}

/** AuditList is lines of the log, newest first. */
export interface AuditList {
  entries: AuditRow[];
  next?: number;
}

/** TryRequest is one message to try. */
export interface TryRequest {
  text: string;
  customer?: string;
  edition?: "standard" | "elder";
  locale?: "zh" | "en";
  on?: string;
  release?: string;
  staff?: boolean;
}

/** TryPassage is one candidate with its ranks; rank 0 means not found that way. */
export interface TryPassage {
  place: number;
  article: string;
  passage: string;
  title: string;
  text: string;
  rows: string[];
  source: string;
  words_rank: number;
  vector_rank: number;
  fused: number;
  score: number;
  answers: boolean;
  via: "search" | "table" | "intent";
  flow?: string;
  audience: string[];
}

/** TryResult is every step of one message; times are microseconds. */
export interface TryResult {
  release: string;
  on: string;
  threshold: number;
  understood: {
    intents: { name: string; label: string; p: number }[];
    verdict: string;
    in_scope: number;
    entities: { kind: string; text: string; value: string; bad?: string }[];
    alarms: string[];
    acts: string[];
    parts: string[];
    article?: string;
    audience: string[];
  };
  passages: TryPassage[];
  decided: { answer: string; flow?: string; step?: string; why?: string };
  steps: { name: "understand" | "search" | "decide"; us: number }[];
}

/** Conflict is the body of a 409: somebody else's text stands where one was to be saved. */
export interface Conflict {
  code: "conflict";
  message: string;
  path: string;
  by: string;
  theirs: string;
  base: string;
  diff: string;
}
