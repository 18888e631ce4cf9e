import type { Words } from "./i18n";

/** Place is where a content file is looked at in the console, and what to call it. */
export interface Place {
  kind: "article" | "intent" | "table" | "flow" | "employee" | "other";
  /** to is the page that opens it; empty when there is none. */
  to: string;
  name: string;
}

/** placeOf finds the page of a content file by its path in a release. */
export function placeOf(path: string): Place {
  const parts = path.split("/");
  const file = (parts.at(-1) ?? path).replace(/\.(yaml|csv)$/, "");
  switch (parts[0]) {
    case "articles":
      return { kind: "article", to: `/articles/${file}`, name: file };
    case "tables":
      return { kind: "table", to: `/tables/${file}`, name: file };
    case "intents":
      return { kind: "intent", to: `/intents/${file}`, name: file };
    case "employees":
      return { kind: "employee", to: "/employees", name: file };
    case "scenes": {
      const scene = (parts[1] ?? "").replace(/^\d+-/, "").replaceAll("-", "_");
      if (file === "intents")
        return { kind: "intent", to: `/intents?file=${encodeURIComponent(path)}`, name: `${scene} intents` };
      return { kind: "flow", to: `/flows/${scene}`, name: parts.length > 3 ? `${scene} ${file}` : scene };
    }
    default:
      return { kind: "other", to: "", name: path };
  }
}

/** kindOf names the kind of a content file. */
export function kindOf(path: string, w: Words): string {
  return w.kinds[placeOf(path).kind] ?? "";
}
