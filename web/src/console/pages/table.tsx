import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { type ReactElement, useCallback, useMemo, useState } from "react";
import { Link, useParams } from "react-router";
import { Problem } from "../api";
import { dayOf, moment } from "../i18n";
import { columnName, tableName } from "../i18n/tables";
import { Page, Panel, StateTag } from "../parts/bits";
import { SaveBar, useUnsaved } from "../parts/edit";
import { Icon } from "../parts/icons";
import { Merge } from "../parts/merge";
import { Reading, Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { Conflict, TableView } from "../wire";

/** TablePage edits a table cell by cell, as a draft. */
export function TablePage(): ReactElement {
  const { api } = useSession();
  const { name = "" } = useParams();
  const view = useQuery({
    queryKey: ["table", name],
    queryFn: () => api.table(name),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Reading of={view} rows={12}>
      {(v) => <Editor key={`${v.name} ${v.file.base}`} view={v} reload={() => void view.refetch()} />}
    </Reading>
  );
}

/** Line is a row with the cells it was opened with; a new row has none. */
interface Line {
  key: number;
  cells: string[];
  was: string[] | null;
}

function Editor(props: { view: TableView; reload: () => void }): ReactElement {
  const { view } = props;
  const { api, w, locale, has, nameOf } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const opened = useMemo(
    () => view.cells.map((row, key): Line => ({ key, cells: row ?? [], was: row ?? [] })),
    [view],
  );
  const [lines, setLines] = useState(opened);
  const [filter, setFilter] = useState("");
  const [clash, setClash] = useState<Conflict | null>(null);
  const readOnly = !has("editor", "admin");
  const dirty = lines !== opened;
  const cells = lines.map((l) => l.cells);
  const save = useMutation({
    mutationFn: (base: string) => api.saveTable(view.name, { base, columns: view.columns, cells }),
    onSuccess: async (saved) => {
      setClash(null);
      void message.success(w.act.saved);
      queries.setQueryData(["table", view.name], saved);
      if (saved.file.base === view.file.base) setLines(opened);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "table" });
    },
    onError: (error) => {
      if (error instanceof Problem && error.conflict) setClash(error.conflict);
    },
  });
  const { base } = view.file;
  const submit = useCallback(() => save.mutate(base), [base, save.mutate]);
  useUnsaved(dirty && !readOnly, submit);
  const discard = useMutation({
    mutationFn: () => api.discard(view.file.path, base),
    onSuccess: async () => {
      setLines(opened);
      void message.success(w.act.discarded);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "table" });
      props.reload();
    },
  });
  const today = dayOf(new Date());
  const [from, until] = [view.columns.indexOf("from"), view.columns.indexOf("until")];
  const stateOf = (line: Line): ReactElement | null => {
    if (from >= 0 && (line.cells[from] ?? "") > today) return <Tag color="blue">{w.tables.soon}</Tag>;
    const end = until >= 0 ? (line.cells[until] ?? "") : "";
    return end !== "" && end < today ? <Tag>{w.tables.past}</Tag> : null;
  };
  const changed = lines.reduce(
    (n, l) => n + l.cells.filter((c, i) => l.was === null || c !== l.was[i]).length,
    0,
  );
  const shown = lines.filter((l) => filter === "" || l.cells.some((c) => c.includes(filter)));
  const edit = (key: number, at: number, value: string): void =>
    setLines(
      lines.map((l) => (l.key === key ? { ...l, cells: l.cells.map((c, i) => (i === at ? value : c)) } : l)),
    );
  const refused = [save.error, discard.error].find((e) => e && !(e instanceof Problem && e.conflict));
  return (
    <Page
      back={
        <Link to="/tables" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.tables}
        </Link>
      }
      title={tableName(view.name, locale)}
      note={
        <>
          <StateTag file={view.file} /> {w.tables.rowsCount(view.rows)} · <code>{view.name}</code>
          {view.file.author
            ? ` · ${w.edit.savedBy(nameOf(view.file.author))} ${moment(view.file.updated_at, locale)}`
            : ""}
        </>
      }
      tools={
        view.file.state !== "published" && !view.file.proposed ? (
          <Link to="/releases?pack=1">{w.act.toRelease}</Link>
        ) : null
      }
    >
      <Refused error={refused} />
      <Panel
        title={w.tables.quotedBy}
        note={view.quoted_by.length > 0 ? w.tables.quotedHint : w.tables.quotedNone}
        className="cs-quiet"
      >
        <p className="cs-links">
          {view.quoted_by.map((id) => (
            <Link key={id} to={`/articles/${id}`}>
              {id}
            </Link>
          ))}
        </p>
      </Panel>
      <div className="cs-filter">
        <Input
          className="cs-filter-search"
          allowClear
          placeholder={w.tables.filter}
          aria-label={w.tables.filter}
          value={filter}
          onChange={(e) => setFilter(e.target.value)}
        />
        <span className="cs-note">{w.tables.hint}</span>
        <span className="cs-grow" />
        {readOnly ? null : (
          <Button
            icon={<Icon name="plus" size={14} />}
            onClick={() => {
              setFilter("");
              setLines([
                ...lines,
                {
                  key: Math.max(-1, ...lines.map((l) => l.key)) + 1,
                  cells: view.columns.map(() => ""),
                  was: null,
                },
              ]);
            }}
          >
            {w.tables.addRow}
          </Button>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="cs-grid" tabIndex={0} aria-label={tableName(view.name, locale)}>
        <table>
          <thead>
            <tr>
              <th scope="col">#</th>
              {view.columns.map((c) => (
                <th key={c} scope="col" title={c}>
                  {columnName(c, locale)}
                </th>
              ))}
              <th scope="col">
                <span className="cs-sr">{w.articles.status}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => {
              const n = lines.indexOf(line) + 1;
              return (
                <tr key={line.key}>
                  <td>{n}</td>
                  {view.columns.map((column, at) => {
                    const value = line.cells[at] ?? "";
                    return (
                      <td
                        key={column}
                        className={line.was === null || value !== line.was[at] ? "cs-cell-changed" : ""}
                      >
                        <input
                          value={value}
                          readOnly={readOnly}
                          size={Math.max(
                            6,
                            Math.min(
                              28,
                              [...value].reduce((sum, ch) => sum + (ch > "\u2e80" ? 2 : 1), 1),
                            ),
                          )}
                          aria-label={w.tables.cell(n, columnName(column, locale))}
                          onChange={(e) => edit(line.key, at, e.target.value)}
                        />
                      </td>
                    );
                  })}
                  <td className="cs-grid-tail">
                    {stateOf(line)}
                    {readOnly ? null : (
                      <Button
                        type="text"
                        size="small"
                        className="cs-icon-button"
                        aria-label={w.tables.removeRow(n)}
                        onClick={() => setLines(lines.filter((l) => l.key !== line.key))}
                      >
                        <Icon name="trash" size={15} />
                      </Button>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <SaveBar
        dirty={dirty}
        saving={save.isPending}
        readOnly={readOnly}
        note={dirty ? w.tables.changed(changed) : view.file.state !== "published" ? w.act.saved : undefined}
        save={submit}
        undo={() => {
          setLines(opened);
          save.reset();
        }}
        discard={view.file.state !== "published" && !view.file.proposed ? () => discard.mutate() : undefined}
      />
      {clash ? (
        <Merge
          conflict={clash}
          parts={[]}
          saving={save.isPending}
          onSave={() => save.mutate(clash.base)}
          onTheirs={() => {
            setClash(null);
            setLines(opened);
            props.reload();
          }}
          onClose={() => setClash(null)}
        />
      ) : null}
    </Page>
  );
}
