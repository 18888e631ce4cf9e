import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { moment } from "../i18n";
import { Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { FlowVersionRow } from "../wire";

/**
 * RecallPane lists the files of this flow that conversations may still be running, and lets an
 * approver take one back: who is in it goes to a person.
 */
export function RecallPane(props: { path: string }): ReactElement | null {
  const { api, w, locale, has, nameOf } = useSession();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [asked, setAsked] = useState<FlowVersionRow | null>(null);
  const [reason, setReason] = useState("");
  const list = useQuery({ queryKey: ["flow-hashes"], queryFn: () => api.flowHashes() });
  const recall = useMutation({
    mutationFn: (v: FlowVersionRow) => api.recallFlow(v.hash, !v.recalled, reason.trim()),
    onSuccess: (versions, v) => {
      queries.setQueryData(["flow-hashes"], versions);
      void message.success(v.recalled ? w.flow.recallUndone : w.flow.recallDone);
      setAsked(null);
      setReason("");
    },
  });
  const rows = (list.data ?? []).filter((v) => v.path === props.path);
  if (rows.length === 0) return null;
  return (
    <section className="cs-recall" aria-label={w.flow.recallTitle}>
      <strong>{w.flow.recallTitle}</strong>
      <p className="cs-note">{w.flow.recallHint}</p>
      <ul>
        {rows.map((v) => (
          <li key={v.hash}>
            <span>
              <code>{v.hash.slice(0, 8)}</code> {w.flow.recallSince(v.release)}{" "}
              {v.current ? <Tag color="green">{w.flow.live}</Tag> : null}
              {v.recalled ? <Tag color="red">{w.flow.recalled}</Tag> : null}
              {v.recalled ? (
                <small>
                  {v.reason} · {nameOf(v.changed_by)}
                  {v.changed_at ? ` · ${moment(v.changed_at, locale)}` : ""}
                </small>
              ) : null}
            </span>
            {has("approver", "admin") ? (
              <Button size="small" danger={!v.recalled} onClick={() => setAsked(v)}>
                {v.recalled ? w.flow.recallUndo : w.flow.recall}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <Modal
        open={asked !== null}
        title={asked?.recalled ? w.flow.recallUndo : w.flow.recall}
        okText={asked?.recalled ? w.flow.recallUndo : w.flow.recall}
        cancelText={w.act.cancel}
        okButtonProps={{
          danger: !asked?.recalled,
          disabled: !asked?.recalled && reason.trim() === "",
          loading: recall.isPending,
        }}
        onOk={() => asked && recall.mutate(asked)}
        onCancel={() => setAsked(null)}
        destroyOnHidden
      >
        <p className="cs-note">{asked?.recalled ? w.flow.recallUndoHint : w.flow.recallAsk}</p>
        {asked?.recalled ? null : (
          <Input.TextArea
            aria-label={w.flow.recallReason}
            placeholder={w.flow.recallReason}
            maxLength={500}
            autoSize={{ minRows: 2 }}
            value={reason}
            onChange={(e) => setReason(e.target.value)}
          />
        )}
        <Refused error={recall.error} />
      </Modal>
    </section>
  );
}
