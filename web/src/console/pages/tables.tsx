import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { columnName, tableName } from "../i18n/tables";
import { Page, StateTag } from "../parts/bits";
import { Blank, Reading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { useSession } from "../session";
import type { TableRow } from "../wire";

/** TablesPage lists the tables that answers look numbers up in. */
export function TablesPage(): ReactElement {
  const { api, w, locale } = useSession();
  const tables = useQuery({ queryKey: ["tables"], queryFn: api.tables });
  const columns: Column<TableRow>[] = [
    {
      key: "item",
      title: w.tables.item,
      phone: "lead",
      width: "240px",
      cell: (t) => (
        <Link to={`/tables/${t.name}`} className="cs-title">
          <strong>{tableName(t.name, locale)}</strong>
          <small>
            {w.tables.rowsCount(t.rows)} · {t.name}
          </small>
        </Link>
      ),
    },
    {
      key: "columns",
      title: w.tables.columns,
      cell: (t) => (
        <span className="cs-dim">
          {t.columns
            .filter((c) => !c.endsWith("_en"))
            .map((c) => columnName(c, locale))
            .join(" · ")}
        </span>
      ),
    },
    { key: "state", title: w.articles.status, width: "118px", cell: (t) => <StateTag file={t.file} /> },
  ];
  return (
    <Reading of={tables}>
      {(list) => (
        <Page title={w.nav.tables} note={w.tables.quotedHint}>
          {list.length === 0 ? (
            <Blank icon="tables" title={w.tables.none} />
          ) : (
            <Listing label={w.nav.tables} columns={columns} rows={list} rowKey={(t) => t.name} />
          )}
        </Page>
      )}
    </Reading>
  );
}
