/** Pair is a line of the old text beside one of the new; null where there is none. */
export interface Pair {
  kind: "same" | "gap" | "changed";
  old: string | null;
  fresh: string | null;
}

/** sideBySide puts the lines of a difference (-, + or a space in front) beside each other. */
export function sideBySide(diff: string): Pair[] {
  const out: Pair[] = [];
  let old: string[] = [];
  let fresh: string[] = [];
  const flush = (): void => {
    for (let i = 0; i < Math.max(old.length, fresh.length); i++)
      out.push({ kind: "changed", old: old[i] ?? null, fresh: fresh[i] ?? null });
    [old, fresh] = [[], []];
  };
  for (const line of diff.replace(/\n$/, "").split("\n")) {
    if (line.startsWith("-")) old.push(line.slice(1));
    else if (line.startsWith("+")) fresh.push(line.slice(1));
    else {
      flush();
      if (line.startsWith("…")) out.push({ kind: "gap", old: "…", fresh: "…" });
      else out.push({ kind: "same", old: line.slice(1), fresh: line.slice(1) });
    }
  }
  flush();
  return out;
}
