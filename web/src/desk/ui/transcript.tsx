import { Button } from "antd";
import type { ReactElement } from "react";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import type { Message } from "../../api/wire";
import type { Conversation, Pending } from "../core/state";
import { clock } from "../i18n";
import { CardView } from "./card-view";
import { useDesk, useRoom } from "./context";
import { Face, RobotFace } from "./face";
import { SourceDrawer } from "./source-drawer";

/** Cards that say everything their message's text says. */
const SPEAKS_FOR_ITSELF = new Set(["receipt", "progress", "readback"]);
const NEAR_END = 60;

/** Transcript is the whole conversation, oldest first: robot, person and system in one list. */
export function Transcript(props: { conversation: Conversation }): ReactElement {
  const { t, client } = useRoom();
  const { staff } = useDesk();
  const { conversation: c } = props;
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [below, setBelow] = useState(false);
  const [passage, setPassage] = useState("");
  const last = c.messages.at(-1)?.seq ?? 0;
  const shown = useRef("");

  useLayoutEffect(() => {
    const el = log.current;
    if (!el) return;
    const other = shown.current !== c.id;
    shown.current = c.id;
    if (other || atEnd.current) {
      el.scrollTop = el.scrollHeight;
      atEnd.current = true;
      setBelow(false);
    } else setBelow(true);
  }, [c.id, last, c.pending.length]);

  // A session or a warning above or below takes room: who read the end goes on reading the end.
  useEffect(() => {
    const el = log.current;
    if (!el) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) el.scrollTop = el.scrollHeight;
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, []);

  return (
    <div className="dk-log-wrap">
      <div
        className="dk-log"
        role="log"
        aria-label={t.transcript}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        ref={log}
        onScroll={(e) => {
          const el = e.currentTarget;
          atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < NEAR_END;
          if (atEnd.current) setBelow(false);
        }}
      >
        {c.messages.map((m, i) => (
          <Line
            key={m.seq}
            message={m}
            before={c.messages[i - 1]}
            customer={c.file.customer.name}
            me={staff?.name ?? ""}
            open={setPassage}
          />
        ))}
        {c.pending.map((p) => (
          <PendingLine
            key={p.id}
            pending={p}
            retry={() => client.retry(p.id)}
            abandon={() => client.abandon(p.id)}
          />
        ))}
      </div>
      {below ? (
        <Button
          className="dk-below"
          size="small"
          type="primary"
          onClick={() => {
            if (log.current) log.current.scrollTop = log.current.scrollHeight;
          }}
        >
          {t.newBelow} ↓
        </Button>
      ) : null}
      <SourceDrawer passage={passage} close={() => setPassage("")} />
    </div>
  );
}

function Line(props: {
  message: Message;
  before: Message | undefined;
  customer: string;
  me: string;
  open(passage: string): void;
}): ReactElement {
  const { t, locale } = useRoom();
  const { message: m, before } = props;
  const follows =
    before?.author === m.author &&
    before.author_id === m.author_id &&
    Date.parse(m.at) - Date.parse(before.at) < 120_000;
  const source = m.source;
  if (m.author === "system") {
    return (
      <div className="dk-system-block">
        <p className="dk-system">
          <em>{t.labels.system}</em>
          {m.text}
          <time>{clock(m.at, locale)}</time>
        </p>
        {m.card ? <CardView card={m.card} /> : null}
      </div>
    );
  }
  return (
    <article className={`dk-msg ${m.author}${follows ? " follows" : ""}`}>
      <span className="dk-msg-face">
        {follows ? null : m.author === "bot" ? (
          <RobotFace size={32} />
        ) : (
          <Face
            name={m.author === "customer" ? props.customer : props.me || t.labels[m.author]}
            size={32}
            {...(m.author === "agent" ? { hue: "#0c5a70" } : {})}
          />
        )}
      </span>
      <div>
        <p className={`dk-label${follows ? " dk-sr" : ""}`}>
          <em className={m.author}>{t.labels[m.author]}</em>
          <time>{clock(m.at, locale)}</time>
        </p>
        {m.card && SPEAKS_FOR_ITSELF.has(m.card.kind) ? null : <p className="dk-bubble">{m.text}</p>}
        {m.card ? <CardView card={m.card} /> : null}
        {m.kind === "secure" && !m.card ? <em className="dk-tag hidden">{t.secure}</em> : null}
        {source ? (
          <button type="button" className="dk-source-chip" onClick={() => props.open(source.passage)}>
            {t.source(source.title)}
          </button>
        ) : null}
        {m.masked ? <p className="dk-hint">🛡 {t.maskedMessage}</p> : null}
        {m.generated ? <p className="dk-hint">{t.generated}</p> : null}
      </div>
    </article>
  );
}

function PendingLine(props: { pending: Pending; retry(): void; abandon(): void }): ReactElement {
  const { t } = useRoom();
  const { pending: p } = props;
  return (
    <article className={`dk-msg agent pending ${p.delivery}`}>
      <span className="dk-msg-face" />
      <div>
        <p className="dk-bubble">{p.text}</p>
        <p className="dk-hint">
          {t.delivery[p.delivery]}
          {p.reason ? `：${p.reason}` : ""}
        </p>
        {p.delivery === "failed" ? (
          <p className="dk-hint">
            <Button size="small" type="link" onClick={props.retry}>
              {t.retry}
            </Button>
            <Button size="small" type="link" onClick={props.abandon}>
              {t.remove}
            </Button>
          </p>
        ) : null}
      </div>
    </article>
  );
}
