/** tablesWords are the Chinese words of the pages of tables. */
export const tablesWords = {
  tables: {
    item: "表格",
    rows: "行",
    columns: "列",
    none: "还没有表格",
    quotedBy: "谁引用它",
    quotedHint: "改了数字，这些条目的答案会一起变。",
    quotedNone: "还没有条目引用它。",
    addRow: "加一行",
    removeRow: (n: number) => `删除第 ${n} 行`,
    changed: (n: number) => `${n} 格已改`,
    filter: "筛选行",
    soon: "将生效",
    past: "已失效",
    cell: (row: number, column: string) => `第 ${row} 行 ${column}`,
    rowsCount: (n: number) => `${n} 行`,
    hint: "点格子直接改；改过的格子有底色。按日期生效的行写好起止日即可。",
    undoRow: "恢复这一行",
  },
};
