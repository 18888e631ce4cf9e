import type { Words } from "../zh";
import { s } from "./plural";

/** intentsWords are the English words of the pages of intents. */
export const intentsWords: Pick<Words, "intents"> = {
  intents: {
    search: "Search names",
    thinOnly: "Thin only",
    item: "Intent",
    leads: "Leads to",
    zh: "Chinese",
    en: "English",
    thin: "Thin",
    starts: (flow) => `Starts ${flow}`,
    answers: (id) => `Answers ${id}`,
    says: "Small talk or reply",
    sum: (n, thin) => `${n} intents, ${thin} thin (fewer than 15 examples)`,
    none: "No intent matches",
    examples: "Examples",
    examplesHint: "What customers really say: spoken, with typos, in dialect, as elders put it.",
    add: "Add a line, Enter confirms",
    remove: (text) => `Remove “${text}”`,
    overlaps: "Easily mixed up with",
    overlapsHint:
      "Lines that are nearly the same on both sides make it unsure: keep each where it fits better.",
    overlapsNone: "No line is close to another intent.",
    likeness: "Likeness",
    mine: "Here",
    theirs: "There",
    count: (n) => `${n} line${s(n)}`,
    find: "Find in examples",
    near: "Close to another intent",
  },
};
