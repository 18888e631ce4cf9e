import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { moment, named } from "../i18n";
import { Page } from "../parts/bits";
import { Blank, Failed, Loading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { placeOf } from "../paths";
import { useSession } from "../session";
import type { AuditRow } from "../wire";

/** AuditPage lists who did what; it can only grow. */
export function AuditPage(): ReactElement {
  const { api, w, locale, nameOf, cast } = useSession();
  const [params, setParams] = useSearchParams();
  const actor = params.get("actor") ?? "";
  const action = params.get("action") ?? "";
  const list = useInfiniteQuery({
    queryKey: ["audit", actor, action],
    queryFn: ({ pageParam }) => api.audit({ actor, action, object: "", before: pageParam }),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
  });
  const set = (key: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(key);
    else next.set(key, value);
    setParams(next, { replace: true });
  };
  const object = (row: AuditRow): ReactElement => {
    const place = placeOf(row.object);
    const to = /^r\d+$/.test(row.object) ? `/releases/${row.object}` : place.to;
    return to ? <Link to={to}>{row.object}</Link> : <span>{row.object}</span>;
  };
  const columns: Column<AuditRow>[] = [
    {
      key: "at",
      title: w.audit.at,
      width: "130px",
      cell: (r) => <time dateTime={r.at}>{moment(r.at, locale)}</time>,
    },
    { key: "actor", title: w.audit.actor, width: "110px", cell: (r) => nameOf(r.actor) },
    {
      key: "action",
      title: w.audit.action,
      width: "140px",
      phone: "lead",
      cell: (r) => <strong title={r.action}>{named(w.audit.names, r.action)}</strong>,
    },
    { key: "object", title: w.audit.object, cell: object },
    { key: "detail", title: w.audit.detail, cell: (r) => <Detail of={r.detail} /> },
  ];
  const rows = list.data?.pages.flatMap((p) => p.entries) ?? [];
  return (
    <Page title={w.nav.audit} note={w.audit.sealed}>
      {list.isError ? null : (
        <div className="cs-filter">
          <span className="cs-choose">
            <span aria-hidden="true">{w.audit.actor}</span>
            <Select
              aria-label={w.audit.actor}
              value={actor}
              popupMatchSelectWidth={false}
              options={[
                { value: "", label: w.articles.any },
                ...cast.staff.map((p) => ({ value: `s:${p.id}`, label: nameOf(`s:${p.id}`) })),
              ]}
              onChange={(v) => set("actor", v)}
            />
          </span>
          <span className="cs-choose">
            <span aria-hidden="true">{w.audit.action}</span>
            <Select
              aria-label={w.audit.action}
              value={action}
              popupMatchSelectWidth={false}
              options={[
                { value: "", label: w.audit.all },
                ...Object.entries(w.audit.actions).map(([value, label]) => ({ value, label })),
              ]}
              onChange={(v) => set("action", v)}
            />
          </span>
        </div>
      )}
      {list.isPending ? <Loading /> : null}
      {list.isError ? <Failed error={list.error} again={() => void list.refetch()} /> : null}
      {list.isSuccess && rows.length === 0 ? <Blank icon="audit" title={w.audit.none} /> : null}
      {rows.length > 0 ? (
        <Listing label={w.nav.audit} columns={columns} rows={rows} rowKey={(r) => String(r.id)} />
      ) : null}
      {list.hasNextPage ? (
        <Button block type="text" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {w.audit.more}
        </Button>
      ) : null}
    </Page>
  );
}

/** written is a value for people; of a content hash the first digits do. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.map(written).join(", ");
  if (typeof value !== "string") return JSON.stringify(value);
  return /^[0-9a-f]{40,}$/.test(value) ? value.slice(0, 10) : value;
}

function Detail(props: { of: Record<string, unknown> | null }): ReactElement | null {
  const pairs = Object.entries(props.of ?? {}).filter(([, value]) => value !== "" && value !== null);
  if (pairs.length === 0) return null;
  return (
    <span className="cs-detail">
      {pairs.map(([key, value]) => (
        <span key={key}>
          {key}: {written(value)}
        </span>
      ))}
    </span>
  );
}
