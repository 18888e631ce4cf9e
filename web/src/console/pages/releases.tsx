import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Button, Progress } from "antd";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { inLocale, moment } from "../i18n";
import { Page, Panel } from "../parts/bits";
import { Icon } from "../parts/icons";
import { Nodes } from "../parts/nodes";
import { Pack } from "../parts/pack";
import { Blank, Failed, Loading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { ReleaseRow } from "../wire";

/** StatusTag says where a release stands. */
export function StatusTag(props: { release: ReleaseRow }): ReactElement {
  const { w } = useSession();
  const r = props.release;
  if (r.current) return <Tag color="green">{w.releases.current}</Tag>;
  if (r.status === "draft" && !r.working && r.gate?.green === false)
    return <Tag color="red">{w.releases.status.red}</Tag>;
  const color = (
    { draft: "blue", review: "gold", approved: "cyan", published: "default", refused: "red" } as const
  )[r.status];
  return <Tag color={color}>{w.releases.status[r.status]}</Tag>;
}

/** ReleasesPage is the history of releases, what runs where, and the way to a new one. */
export function ReleasesPage(): ReactElement {
  const { api, w, locale, nameOf, has } = useSession();
  const [params, setParams] = useSearchParams();
  const drafts = useQuery({ queryKey: ["drafts"], queryFn: api.drafts });
  const history = useInfiniteQuery({
    queryKey: ["releases"],
    queryFn: ({ pageParam }) => api.releases(pageParam),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next,
    refetchInterval: 4_000,
  });
  const pack = (open: boolean): void => setParams(open ? { pack: "1" } : {}, { replace: true });
  const free = (drafts.data ?? []).filter((d) => !d.proposed).length;
  const columns: Column<ReleaseRow>[] = [
    {
      key: "title",
      title: w.nav.releases,
      phone: "lead",
      cell: (r) => (
        <Link to={`/releases/${r.id}`} className="cs-title">
          <strong>{inLocale(r.title, locale)}</strong>
          <small>
            {r.id}
            {r.parent ? ` ← ${r.parent}` : ""}
          </small>
        </Link>
      ),
    },
    {
      key: "status",
      title: w.articles.status,
      width: "170px",
      cell: (r) =>
        r.working ? (
          <span className="cs-row-progress">
            <Progress
              size="small"
              showInfo={false}
              percent={r.total > 0 ? Math.round((r.done / r.total) * 100) : 5}
              aria-label={w.releases.working}
            />
            <small>{r.step ? inLocale(r.step, locale) : w.releases.waiting}</small>
          </span>
        ) : (
          <StatusTag release={r} />
        ),
    },
    { key: "author", title: w.releases.author, width: "110px", cell: (r) => nameOf(r.author) },
    {
      key: "approver",
      title: w.releases.approver,
      width: "110px",
      cell: (r) => (r.approver ? nameOf(r.approver) : "—"),
    },
    {
      key: "at",
      title: w.releases.at,
      width: "130px",
      cell: (r) => moment(r.published_at ?? r.approved_at ?? r.created_at, locale),
    },
  ];
  const list = history.data?.pages.flatMap((p) => p.releases) ?? [];
  return (
    <Page
      title={w.nav.releases}
      note={w.releases.packHint}
      tools={
        has("editor", "admin") ? (
          <Button type="primary" icon={<Icon name="releases" size={16} />} onClick={() => pack(true)}>
            {w.releases.pack}
            {free > 0 ? ` (${free})` : ""}
          </Button>
        ) : null
      }
    >
      <Nodes />
      <Panel title={w.releases.history}>
        {history.isPending ? <Loading /> : null}
        {history.isError ? <Failed error={history.error} again={() => void history.refetch()} /> : null}
        {history.isSuccess && list.length === 0 ? <Blank icon="releases" title={w.releases.none} /> : null}
        {list.length > 0 ? (
          <Listing label={w.releases.history} columns={columns} rows={list} rowKey={(r) => r.id} />
        ) : null}
        {history.hasNextPage ? (
          <Button
            block
            type="text"
            loading={history.isFetchingNextPage}
            onClick={() => void history.fetchNextPage()}
          >
            {w.releases.more}
          </Button>
        ) : null}
      </Panel>
      {params.get("pack") === "1" && has("editor", "admin") ? <Pack onClose={() => pack(false)} /> : null}
    </Page>
  );
}
