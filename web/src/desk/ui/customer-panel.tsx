import { Button, Input, Modal, Progress, Radio } from "antd";
import type { ReactElement } from "react";
import { useCallback, useEffect, useState } from "react";
import type { Conversation } from "../core/state";
import type { Revealed } from "../core/wire";
import { useDesk, useRoom } from "./context";
import { Face } from "./face";

/** CustomerPanel is the masked profile; to see more needs a reason. */
export function CustomerPanel(props: { conversation: Conversation }): ReactElement {
  const { t } = useRoom();
  const { file } = props.conversation;
  const { customer } = file;
  const [asking, setAsking] = useState(false);
  const close = useCallback(() => setAsking(false), []);
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
      {asking ? <Reveal conversation={props.conversation} close={close} /> : null}
    </section>
  );
}

/** Reveal asks why, and shows what stands behind the masks for half a minute. The reason is in the audit log first. */
function Reveal(props: { conversation: Conversation; close(): void }): ReactElement {
  const { t, client } = useRoom();
  const { link } = useDesk();
  const { conversation: c, close } = props;
  const [reason, setReason] = useState("");
  const [more, setMore] = useState("");
  useEffect(() => () => client.conceal(c.id), [client, c.id]);
  if (c.revealed) return <InFull conversation={c} revealed={c.revealed} close={close} />;
  return (
    <Modal
      open
      title={t.revealTitle}
      okText={t.revealSend}
      cancelText={t.cancel}
      okButtonProps={{ disabled: reason === "" || link !== "live", loading: c.asked === "reveal" }}
      onOk={() => client.reveal(c.id, [reason, more.trim()].filter(Boolean).join("："))}
      onCancel={close}
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
      </div>
    </Modal>
  );
}

/** InFull is the timed frame. It can't be selected, and it is gone when the time is over or the page is left. */
function InFull(props: { conversation: Conversation; revealed: Revealed; close(): void }): ReactElement {
  const { t } = useRoom();
  const { revealed, close } = props;
  const [until] = useState(() => Date.now() + revealed.seconds * 1000);
  const [left, setLeft] = useState(revealed.seconds);
  useEffect(() => {
    const timer = setInterval(() => {
      const seconds = Math.ceil((until - Date.now()) / 1000);
      setLeft(seconds);
      if (seconds <= 0) close();
    }, 250);
    const hidden = (): void => {
      if (document.visibilityState === "hidden") close();
    };
    document.addEventListener("visibilitychange", hidden);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", hidden);
    };
  }, [until, close]);
  return (
    <Modal open title={t.revealed} footer={null} onCancel={close}>
      <div className="dk-in-full">
        <p className="dk-count" role="timer">
          <Progress percent={(100 * left) / revealed.seconds} showInfo={false} size="small" />
          {t.revealLeft(Math.max(0, left))}
        </p>
        <dl className="dk-rows">
          {revealed.rows.map((r) => (
            <div key={r.name ?? r.label}>
              <dt>{r.name === "name" ? t.name : r.label}</dt>
              <dd>{r.value}</dd>
            </div>
          ))}
        </dl>
        {revealed.messages.map((m) => (
          <p key={m.seq} className="dk-in-full-line">
            <small>{t.authors[m.author] ?? m.author}</small>
            {m.text}
          </p>
        ))}
        {revealed.rows.length + revealed.messages.length === 0 ? <p>{t.revealNothing}</p> : null}
      </div>
    </Modal>
  );
}
