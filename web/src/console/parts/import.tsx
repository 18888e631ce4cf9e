import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { inLocale } from "../i18n";
import { useSession } from "../session";
import { Field } from "./bits";
import { Refused } from "./states";

/** ImportFile reads a file of questions and answers: first a report, then drafts. */
export function ImportFile(props: { onClose: () => void }): ReactElement {
  const { api, w, locale } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [group, setGroup] = useState("imported");
  const run = useMutation({
    mutationFn: (commit: boolean) => {
      if (!file) throw new Error(w.import.pick);
      return api.importFile(file, group, commit);
    },
    onSuccess: async (result, commit) => {
      if (!commit) return;
      void message.success(w.import.done(result.saved));
      await queries.invalidateQueries();
      if (result.articles.every((a) => a.saved)) props.onClose();
    },
  });
  const result = run.data;
  const bad = result?.problems ?? [];
  const fresh = (result?.articles ?? []).filter((a) => !a.reason && !a.saved).length;
  return (
    <Modal
      open
      width={720}
      title={w.import.title}
      onCancel={props.onClose}
      destroyOnHidden
      footer={[
        <Button key="check" disabled={!file} loading={run.isPending} onClick={() => run.mutate(false)}>
          {w.import.check}
        </Button>,
        <Button
          key="save"
          type="primary"
          disabled={fresh === 0 || run.isPending}
          onClick={() => run.mutate(true)}
        >
          {w.import.commit(fresh)}
        </Button>,
      ]}
    >
      <p className="cs-note">{w.import.hint}</p>
      <div className="cs-grid-2">
        <Field label={w.import.pick}>
          <input
            type="file"
            className="cs-file"
            accept=".csv,.xlsx,.md,.markdown,.html,.htm"
            onChange={(e) => {
              setFile(e.target.files?.[0] ?? null);
              run.reset();
            }}
          />
        </Field>
        <Field label={w.import.group}>
          <Input value={group} onChange={(e) => setGroup(e.target.value)} />
        </Field>
      </div>
      <Refused error={run.error} />
      {result ? (
        <Alert
          type={bad.length > 0 ? "warning" : "success"}
          showIcon
          title={w.import.report(result.imported, bad.length)}
          description={
            <ul className="cs-faults">
              {bad.map((p) => (
                <li key={`${p.line}:${p.text}`}>
                  <code>
                    {p.file}:{p.line}
                  </code>
                  <span>{inLocale(p.text, locale)}</span>
                  <em>
                    {w.edit.remedy}：{inLocale(p.remedy, locale)}
                  </em>
                </li>
              ))}
              {result.articles
                .filter((a) => a.reason)
                .map((a) => (
                  <li key={a.path}>
                    <code>{a.id}</code>
                    <span>
                      {w.import.skipped}：{inLocale(a.reason ?? "", locale)}
                    </span>
                  </li>
                ))}
            </ul>
          }
        />
      ) : null}
    </Modal>
  );
}
