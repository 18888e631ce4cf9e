import type { Words } from "../zh";
import { s } from "./plural";

/** tablesWords are the English words of the pages of tables. */
export const tablesWords: Pick<Words, "tables"> = {
  tables: {
    item: "Table",
    rows: "Rows",
    columns: "Columns",
    none: "No tables yet",
    quotedBy: "Who quotes it",
    quotedHint: "Change a number, and these answers change with it.",
    quotedNone: "No article quotes it yet.",
    addRow: "Add a row",
    removeRow: (n) => `Remove row ${n}`,
    changed: (n) => `${n} cell${s(n)} changed`,
    filter: "Filter rows",
    soon: "Takes effect later",
    past: "Past",
    cell: (row, column) => `row ${row} ${column}`,
    rowsCount: (n) => `${n} rows`,
    hint: "Edit cells in place; changed ones are tinted. For dated values fill in from and until.",
    undoRow: "Restore this row",
  },
};
