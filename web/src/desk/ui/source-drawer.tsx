import { useQuery } from "@tanstack/react-query";
import { Button, Drawer, Skeleton } from "antd";
import type { ReactElement } from "react";
import { TableView } from "./card-view";
import { useRoom } from "./context";

/** SourceDrawer opens the passage an answer of the digital employee stands on. */
export function SourceDrawer(props: { passage: string; close(): void }): ReactElement {
  const { api, t } = useRoom();
  const source = useQuery({
    queryKey: ["source", props.passage],
    queryFn: () => api.source(props.passage),
    enabled: props.passage !== "",
    staleTime: 60_000,
    retry: 1,
  });
  const doc = source.data;
  return (
    <Drawer
      open={props.passage !== ""}
      onClose={props.close}
      title={doc?.title ?? t.sourceTitle}
      size="min(420px, 92vw)"
    >
      {source.isPending && props.passage !== "" ? <Skeleton active /> : null}
      {source.error ? (
        <div role="alert" className="dk-alert">
          {source.error.message}
          <Button size="small" onClick={() => void source.refetch()}>
            {t.retry}
          </Button>
        </div>
      ) : null}
      {doc ? (
        <article className="dk-source">
          {doc.from || doc.until ? (
            <p className="dk-note">{t.sourceValid(doc.from ?? "", doc.until ?? "")}</p>
          ) : null}
          {doc.text.split(/\n+/).map((line) => (
            <p key={line}>{line}</p>
          ))}
          {doc.table ? <TableView columns={doc.table.columns} rows={doc.table.rows} hit={doc.row} /> : null}
          <p className="dk-note">
            {t.sourceOrigin}：{doc.origin}
          </p>
        </article>
      ) : null}
    </Drawer>
  );
}
