import { Alert, Button, Input, Modal, Radio } from "antd";
import type { ReactElement } from "react";
import { useState } from "react";
import type { Conversation } from "../core/state";
import { useRoom } from "./context";
import { Face } from "./face";

/** CustomerPanel is the masked profile; to see more needs a reason. */
export function CustomerPanel(props: { conversation: Conversation }): ReactElement {
  const { t } = useRoom();
  const { file } = props.conversation;
  const { customer } = file;
  const [asking, setAsking] = useState(false);
  const level = t.levels[customer.level];
  const rows: { label: string; value: string }[] = [
    { label: t.level, value: level ? `${customer.level} ${level}` : customer.level || t.none },
    ...(customer.age ? [{ label: t.age, value: t.years(customer.age) }] : []),
    { label: t.phone, value: customer.phone || t.none },
    { label: t.edition, value: t.editions[file.edition] ?? file.edition },
    { label: t.locale, value: t.locales[file.locale] ?? file.locale },
    ...customer.rows.map((r) => ({ label: r.label, value: r.value })),
  ];
  return (
    <section className="dk-panel dk-customer">
      <h2>
        {t.customer}
        <Button size="small" type="link" onClick={() => setAsking(true)}>
          {t.reveal}
        </Button>
      </h2>
      <p className="dk-who">
        <Face name={customer.name} size={44} />
        <span>
          <b>{customer.name || t.customer}</b>
          <small>{t.queues[file.queue] ?? file.queue}</small>
        </span>
      </p>
      <dl className="dk-rows">
        {rows.map((r) => (
          <div key={r.label}>
            <dt>{r.label}</dt>
            <dd>{r.value}</dd>
          </div>
        ))}
      </dl>
      {asking ? <Reveal close={() => setAsking(false)} /> : null}
    </section>
  );
}

/**
 * Reveal asks why. The protocol has no frame for it yet, so nothing is sent and it says so:
 * an agent must never believe that a look was recorded when it was not.
 */
function Reveal(props: { close(): void }): ReactElement {
  const { t } = useRoom();
  const [reason, setReason] = useState("");
  const [more, setMore] = useState("");
  const [told, setTold] = useState(false);
  return (
    <Modal
      open
      title={t.revealTitle}
      okText={t.revealSend}
      cancelText={t.cancel}
      okButtonProps={{ disabled: reason === "" || told }}
      onOk={() => setTold(true)}
      onCancel={props.close}
    >
      <div className="dk-reveal">
        <p>{t.revealWho}</p>
        <Radio.Group
          aria-label={t.revealReason}
          value={reason}
          options={t.revealReasons}
          onChange={(e) => setReason(String(e.target.value))}
        />
        <Input.TextArea
          rows={2}
          maxLength={200}
          value={more}
          aria-label={t.revealMore}
          placeholder={t.revealMore}
          onChange={(e) => setMore(e.target.value)}
        />
        {told ? <Alert type="warning" title={t.revealNot} role="alert" /> : null}
      </div>
    </Modal>
  );
}
