import type { JSX } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Message } from "../../api/wire";
import { EmployeeFace, PersonFace } from "../../design/avatar";
import { inStrip, liveSeqs } from "../core/live";
import type { Pending } from "../core/state";
import { lastSeq, streamingText } from "../core/state";
import { clock } from "../i18n";
import type { StaffMode } from "../staff/link";
import { CardView } from "./cards/card";
import { Actions } from "./cards/parts";
import { useRoom } from "./context";
import { Sayings } from "./sayings";

/** Cards that say everything their message's text says; the text stays for screen readers and speech. */
const SPEAKS_FOR_ITSELF = new Set(["receipt", "progress"]);

/** Transcript is the conversation, oldest first, with what is on its way at the end. */
export function Transcript(): JSX.Element {
  const { state, t, client, api, announce, elder } = useRoom();
  const log = useRef<HTMLDivElement>(null);
  const [away, setAway] = useState(false);
  const atEnd = useRef(true);
  // What the log was when this page last placed it: another size is another layout, not a reader.
  const placed = useRef({ top: -1, view: 0, content: 0 });
  const newest = useRef("");
  const live = liveSeqs(state.messages, state.server.speaker === "queue");
  const last = lastSeq(state);
  const thinking = state.thinking.length > 0 && state.streaming === null && state.server.speaker !== "agent";

  // A card taller than the screen is shown from its top: an amount is read before its
  // button, and the button stays at the lower edge.
  const place = useCallback(() => {
    const el = log.current;
    if (!el) return;
    const end = el.lastElementChild;
    const tall = end?.querySelector(".card") ?? end;
    el.scrollTop =
      tall instanceof HTMLElement && tall.offsetHeight > el.clientHeight
        ? tall.offsetTop - 8
        : el.scrollHeight;
    placed.current = { top: el.scrollTop, view: el.clientHeight, content: el.scrollHeight };
    setAway(false);
  }, []);
  // The reader who scrolled up is left alone and told that there is more below; whoever
  // sends something wants to see it.
  const mine = state.pending[state.pending.length - 1]?.frame.id ?? "";
  useLayoutEffect(() => {
    if (mine !== "" && mine !== newest.current) atEnd.current = true;
    newest.current = mine;
    if (atEnd.current) place();
    else setAway(true);
  }, [last, mine, state.pending.length, state.streaming, thinking, elder, place]);
  useEffect(() => {
    const el = log.current;
    if (!el) return;
    const watch = new ResizeObserver(() => {
      if (atEnd.current) place();
    });
    watch.observe(el);
    return () => watch.disconnect();
  }, [place]);
  useEffect(() => {
    if (atEnd.current && document.visibilityState === "visible") client.seen(last);
  }, [client, last]);

  async function older(): Promise<void> {
    const after = Math.max(0, state.base - 50);
    try {
      const page = await api.history(state.conversation, after);
      client.older(page.messages.filter((m) => m.seq <= state.base));
    } catch (error) {
      announce(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div class="log-wrap">
      <div
        class="log"
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={t.log}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the log scrolls and must be reachable by keyboard
        tabIndex={0}
        ref={log}
        onScroll={(e) => {
          const el = e.currentTarget;
          const { top, view, content } = placed.current;
          // Neither our own scrolling nor a new layout says what the reader wants.
          if (Math.abs(el.scrollTop - top) < 2) return;
          if (atEnd.current && (el.clientHeight !== view || el.scrollHeight !== content)) return place();
          placed.current.top = -1;
          atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight < 60;
          if (atEnd.current) {
            setAway(false);
            client.seen(last);
          }
        }}
      >
        {state.base > 0 ? (
          <button type="button" class="btn small older" onClick={() => void older()}>
            {t.older}
          </button>
        ) : null}
        {state.messages.length === 0 && state.caughtUp ? <p class="empty">{t.welcomeEmpty}</p> : null}
        {state.messages.map((m, i) => (
          <MessageView key={m.seq} message={m} before={state.messages[i - 1]} live={live.has(m.seq)} />
        ))}
        {state.pending.map((p) => (p.label === "" ? null : <PendingView key={p.frame.id} pending={p} />))}
        {state.streaming ? (
          <article class="msg bot streaming" aria-busy="true">
            <Face id={state.server.employee} mood="speaking" />
            <div class="body">
              <p class="bubble">
                {streamingText(state.streaming)}
                <i class="caret" aria-hidden="true" />
              </p>
            </div>
          </article>
        ) : null}
        {thinking ? (
          <article class="msg bot" aria-label={t.thinking}>
            <Face id={state.server.employee} mood="thinking" />
            <div class="body">
              <p class="bubble dots" aria-hidden="true">
                <i />
                <i />
                <i />
              </p>
            </div>
          </article>
        ) : null}
      </div>
      {away ? (
        <button
          type="button"
          class="btn small jump"
          onClick={() => {
            const el = log.current;
            if (el) el.scrollTop = el.scrollHeight;
          }}
        >
          {t.newMessages} ↓
        </button>
      ) : null}
    </div>
  );
}

function MessageView(props: { message: Message; before: Message | undefined; live: boolean }): JSX.Element {
  const { t, state, openSource, staff } = useRoom();
  const { message: m, before, live } = props;
  const apart = !before || Date.parse(m.at) - Date.parse(before.at) > 5 * 60_000;
  const follows = !apart && before?.author === m.author && before.author_id === m.author_id;
  const quiet = m.card !== undefined && SPEAKS_FOR_ITSELF.has(m.card.kind);
  const own = m.card?.kind === "readback" || m.card?.kind === "needs";
  const source = m.source;
  // What a card already offers isn't offered once more below it.
  const offered = new Set(m.card?.options.map((o) => o.id) ?? []);
  return (
    <>
      {apart ? <p class="time">{clock(m.at, state.locale)}</p> : null}
      <article class={`msg ${m.author}${follows ? " follows" : ""}`}>
        {m.author === "bot" ? <Face id={m.author_id ?? state.server.employee} mood="idle" /> : null}
        {m.author === "agent" ? (
          <span class="face">
            <PersonFace
              id={state.server.agent?.number ?? m.author_id ?? ""}
              name={state.server.agent?.name ?? ""}
              hue={state.server.agent?.hue ?? "#a05a2c"}
              size={34}
            />
          </span>
        ) : null}
        <div class="body">
          <p class={`label ${m.author}${follows && m.author !== "system" ? " sr" : ""}`}>
            {t.labels[m.author]}
          </p>
          {staff && source?.internal ? <p class="inner-mark">{t.staff.internal}</p> : null}
          <div class={quiet ? "sr" : `bubble${source?.internal ? " inner" : ""}`}>
            {m.author === "bot" ? <Sayings text={m.text} /> : m.text}
          </div>
          {m.card ? <CardView message={m} card={m.card} live={live} /> : null}
          {own ? null : (
            <Actions actions={m.actions.filter((a) => !inStrip(m, a.id) && !offered.has(a.id))} live={live} />
          )}
          {source ? (
            <button type="button" class="source" onClick={() => openSource(source.passage)}>
              <svg viewBox="0 0 24 24" width="15" height="15" aria-hidden="true">
                <path
                  d="M6 3h8l4 4v14H6zM9 12h6M9 16h6"
                  fill="none"
                  stroke="currentColor"
                  stroke-width="1.8"
                  stroke-linejoin="round"
                />
              </svg>
              {t.sourceOf(source.title)}
            </button>
          ) : null}
          {staff && source && m.author === "bot" ? <Use message={m} staff={staff} /> : null}
          {m.generated ? <p class="hint">{t.generated}</p> : null}
          {m.masked ? <p class="hint shield">{t.masked}</p> : null}
          {m.author === "customer" ? <p class="mark">✓✓ {t.delivered}</p> : null}
        </div>
      </article>
    </>
  );
}

/** Use puts an answer that customers may read into the reply at the desk; what is 内部 has no such button. */
function Use(props: { message: Message; staff: StaffMode }): JSX.Element | null {
  const { t, announce } = useRoom();
  const { message: m, staff } = props;
  const [can, setCan] = useState(staff.canUse());
  useEffect(() => staff.changed(() => setCan(staff.canUse())), [staff]);
  if (!m.source) return null;
  if (m.source.internal) return <p class="hint inner-hint">{t.staff.internalHint}</p>;
  if (!can) return null;
  return (
    <button
      type="button"
      class="btn small use"
      onClick={() => void staff.use(m.text).then((taken) => announce(taken ? t.staff.used : t.staff.notUsed))}
    >
      {t.staff.use}
    </button>
  );
}

function PendingView(props: { pending: Pending }): JSX.Element {
  const { t, client } = useRoom();
  const { pending: p } = props;
  const mark = { queued: t.queued, sent: t.sent, accepted: t.delivered, failed: t.failed }[p.delivery];
  return (
    <article class={`msg customer pending ${p.delivery}`}>
      <div class="body">
        <p class="label customer sr">{t.labels.customer}</p>
        <p class="bubble">{p.label}</p>
        <p class="mark">
          {p.delivery === "failed"
            ? "! "
            : p.delivery === "queued"
              ? "◷ "
              : p.delivery === "sent"
                ? "✓ "
                : "✓✓ "}
          {mark}
          {p.reason ? `：${p.reason}` : ""}
        </p>
        {p.delivery === "failed" ? (
          <p class="mark">
            <button type="button" class="link" onClick={() => client.retry(p.frame.id)}>
              {t.retry}
            </button>
            <button type="button" class="link" onClick={() => client.abandon(p.frame.id)}>
              {t.remove}
            </button>
          </p>
        ) : null}
      </div>
    </article>
  );
}

function Face(props: { id: string; mood: "idle" | "thinking" | "speaking" }): JSX.Element {
  const { state } = useRoom();
  const employee = state.employees.find((e) => e.id === props.id) ?? state.employees[0];
  return (
    <span class="face">
      <EmployeeFace hue={employee?.hue ?? "#0c5a70"} mood={props.mood} size={34} />
    </span>
  );
}
