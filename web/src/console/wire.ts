import type { components } from "../api/types.gen";

/**
 * The wire types of /api/v1/console, as the served document has them (`npm run types`).
 * Times are RFC 3339; days are 2006-01-02 and empty when open.
 */
type Schemas = components["schemas"];

/**
 * Filled is a type whose lists are never null: the server reads articles strictly and the
 * console writes them whole, while the document can't say so of lists within maps.
 */
type Filled<T> = T extends readonly (infer E)[]
  ? Filled<E>[]
  : T extends object
    ? { [K in keyof T]: Filled<Exclude<T[K], null>> }
    : T;

/** FileState is what an editor must know of a file beside its text; base is given back when saving. */
export type FileState = Schemas["DraftState"];

/** Text is a wording by locale: zh, en, zh-elder. */
export type Text = Partial<Record<"zh" | "en" | "zh-elder", string>>;

/** Lists are lines by locale. */
export type Lists = Partial<Record<"zh" | "en", string[]>>;

export type Version = Omit<Schemas["Version"], "answer"> & { answer: Text };
export type Variant = Omit<Schemas["Variant"], "answer"> & { answer: Text };
export type TableRef = Filled<Schemas["TableRef"]>;

/** Article is one thing the bank says, with its languages named. */
export type Article = Omit<
  Filled<Schemas["Article"]>,
  "title" | "question" | "answer" | "similar" | "versions" | "variants"
> & {
  title: Text;
  question: Text;
  answer: Text;
  similar?: Lists;
  versions?: Version[];
  variants?: Variant[];
};

export type ArticleRow = Schemas["ArticleRow"];
export type ArticleList = Schemas["ArticleList"];
export type Quote = Schemas["Quote"];
export type ArticleView = Omit<Schemas["ArticleView"], "article"> & { article: Article };
export type ArticleSave = Omit<Schemas["ArticleSave"], "article"> & { article?: Article };
export type PreviewLine = Schemas["PreviewLine"];
export type Preview = Schemas["Preview"];
export type ImportProblem = Schemas["BadLine"];
export type ImportResult = Schemas["ImportResult"];
export type IntentRow = Schemas["IntentRow"];
export type Overlap = Schemas["Overlap"];
export type IntentView = Omit<Schemas["IntentView"], "examples"> & { examples: Lists | null };
export type IntentSave = Omit<Schemas["IntentSave"], "examples"> & { examples: Lists };
export type TableRow = Schemas["TableRow"];
export type TableView = Schemas["TableView"];
export type TableSave = Schemas["TableSave"];
export type FlowRow = Schemas["FlowRow"];
export type FlowList = Schemas["FlowList"];
export type FlowVolume = Schemas["FlowVolume"];
export type FlowNode = Filled<Schemas["Node"]>;
export type FlowEdge = Schemas["Edge"];
export type FlowGraph = Omit<Schemas["Graph"], "nodes"> & { nodes: FlowNode[] };
export type FlowProblem = Schemas["FlowProblem"];
export type FlowDrawing = Omit<Schemas["FlowDrawing"], "graph"> & { graph?: FlowGraph };
export type FlowView = Omit<Schemas["FlowView"], "drawing"> & { drawing: FlowDrawing };
export type FlowEdited = Omit<Schemas["FlowEdited"], "drawing"> & { drawing: FlowDrawing };
export type FlowChange = Schemas["Change"];
export type Wording = Schemas["Wording"];
export type FlowReach = Schemas["FlowReach"];
export type StepReach = Schemas["StepReach"];
export type FlowRun = Schemas["FlowRun"];
export type RunLine = Schemas["RunLine"];
export type RunTurn = Schemas["RunTurn"];
export type FlowVersion = Schemas["FlowVersion"];
export type FlowVersionRow = Schemas["FlowVersionRow"];
export type FlowVersions = Schemas["FlowVersions"];
export type FlowComparison = Omit<Schemas["FlowComparison"], "graph"> & {
  graph?: Omit<Schemas["Comparison"], "graph" | "before"> & {
    graph: FlowGraph;
    before: Record<string, FlowNode>;
  };
};
export type Check = Schemas["Check"];
export type Gate = Schemas["Report"];
export type ReleaseRow = Schemas["ReleaseRow"];
export type May = ReleaseRow["may"][number];
export type ReleaseList = Schemas["ReleaseList"];
export type Change = Schemas["ChangeRow"];
export type FieldChange = Schemas["FieldChange"];
export type ReleaseView = Schemas["ReleaseView"];
export type NodeRow = Schemas["NodeRow"];
export type NodeList = Schemas["NodeList"];
export type Todo = Schemas["Todo"];
export type MissRow = Schemas["MissRow"];
export type MissList = Schemas["MissList"];
export type EmployeeRow = Schemas["EmployeeRow"];
export type EmployeeSave = Schemas["EmployeeSave"];
export type AuditRow = Schemas["AuditRow"];
export type AuditList = Schemas["AuditList"];
export type TryRequest = Schemas["TryRequest"];
export type TryPassage = Schemas["TryPassage"];
export type TryResult = Schemas["TryResult"];
export type Conflict = Schemas["Conflict"];
