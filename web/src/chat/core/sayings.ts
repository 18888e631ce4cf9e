/** Part of an answer: a sentence or more of running text, or the items of an enumeration. */
export type Saying = { text: string } | { items: string[] };

/** The least number of items that read better one below the other. */
const LEAST = 3;

/**
 * sayings splits an answer into running text and lists: a line of three or more items
 * between semicolons is a list, as the rows of a table are when they are said.
 */
export function sayings(text: string): Saying[] {
  const out: Saying[] = [];
  for (const line of text.split("\n")) {
    const items = line
      .replace(/[。.]\s*$/, "")
      .split(/；|;\s/)
      .map((s) => s.trim())
      .filter((s) => s !== "");
    // A sentence within means prose that happens to have semicolons.
    const list = items.length >= LEAST && items.every((s) => !s.includes("。"));
    const before = out[out.length - 1];
    if (list) out.push({ items });
    else if (before && "text" in before) before.text += `\n${line}`;
    else out.push({ text: line });
  }
  return out;
}
