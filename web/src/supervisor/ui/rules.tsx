import { Button, InputNumber, Modal, Select, Switch } from "antd";
import { type ReactElement, useState } from "react";
import type { Rule, Wall } from "../api";
import { half } from "../i18n";
import { queueName, usePage } from "./context";

const KINDS = ["wait", "rate", "nobody", "silent"] as const;

/** Rules sets when an alarm is raised: for all queues, or for one of them. */
export function Rules(props: { wall: Wall; changed(): void; close(): void }): ReactElement {
  const { t } = usePage();
  const [queue, setQueue] = useState("");
  return (
    <Modal
      open
      title={t.rules}
      onCancel={props.close}
      footer={<Button onClick={props.close}>{t.close}</Button>}
    >
      <p className="sv-hint">{t.rulesHint}</p>
      <Select
        aria-label={t.forQueue}
        value={queue}
        onChange={setQueue}
        style={{ width: "100%" }}
        options={[
          { value: "", label: t.allQueues },
          ...props.wall.queues.map((q) => ({ value: q.queue, label: queueName(q.queue, t) })),
        ]}
      />
      {KINDS.map((kind) => (
        <RuleRow key={`${queue} ${kind}`} kind={kind} queue={queue} {...props} />
      ))}
    </Modal>
  );
}

function RuleRow(props: { kind: Rule["kind"]; queue: string; wall: Wall; changed(): void }): ReactElement {
  const { api, t, locale } = usePage();
  const { kind, queue } = props;
  const own = props.wall.rules.find((r) => r.kind === kind && r.queue === queue);
  const rule = own ?? props.wall.rules.find((r) => r.kind === kind && r.queue === "");
  const [enabled, setEnabled] = useState(rule?.enabled ?? false);
  const [threshold, setThreshold] = useState(rule?.threshold ?? 0);
  const [said, setSaid] = useState("");
  const save = (): void => {
    setSaid("");
    api.rule({ kind, queue, enabled, threshold }).then(
      () => {
        setSaid(t.saved);
        props.changed();
      },
      (error: unknown) => setSaid(half(error instanceof Error ? error.message : String(error), locale)),
    );
  };
  return (
    <fieldset className="sv-rule">
      <legend>{t.ruleNames[kind]}</legend>
      {kind === "nobody" ? null : (
        <InputNumber
          aria-label={t.ruleNames[kind] ?? kind}
          min={kind === "rate" ? 1 : 5}
          max={kind === "rate" ? 100 : 86_400}
          precision={0}
          value={threshold}
          suffix={t.units[kind]}
          onChange={(n) => setThreshold(n ?? 0)}
        />
      )}
      <Switch
        aria-label={`${t.on}：${t.ruleNames[kind]}`}
        checked={enabled}
        onChange={setEnabled}
        checkedChildren={t.on}
      />
      <Button onClick={save}>{t.save}</Button>
      <small role="status">{said || (own ? (own.set_by ? t.setBy(own.set_by) : "") : t.inherited)}</small>
    </fieldset>
  );
}
