import { Button } from "antd";
import type { ReactElement } from "react";
import type { Conversation } from "../core/state";
import { minutes, slotTime, timingOf } from "../core/timing";
import type { Waiting } from "../core/wire";
import { Board } from "../review/panel";
import { useDesk, useRoom } from "./context";
import { Face } from "./face";
import { isAgent } from "./head";
import { useNow } from "./use";
import { WrapUpPanel } from "./wrap-up";

/** Rail is the left column: the agent's own conversations and everybody who waits. */
export function Rail(props: { opened(): void }): ReactElement {
  const { t, client } = useRoom();
  const state = useDesk();
  const now = useNow();
  const agent = isAgent(state.staff?.role);
  const mine = state.conversations.filter((c) => c.own);
  const waiting = state.queue.filter((w) => !w.booked);
  const booked = state.queue.filter((w) => w.booked);
  const looks = state.conversations.filter((c) => !c.own);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <nav className="dk-rail" aria-label={t.tabs.queue} tabIndex={0}>
      {agent && state.presence === "wrapup" ? <WrapUpPanel /> : null}
      {agent && state.welcomed && state.presence !== "ready" && state.presence !== "wrapup" ? (
        <div className="dk-offduty">
          <b>{t.offDuty}</b>
          <p>{t.offDutyHint}</p>
          <Button
            type="primary"
            block
            disabled={state.link !== "live"}
            onClick={() => client.presence("ready", "")}
          >
            {t.goReady}
          </Button>
        </div>
      ) : null}
      {agent || mine.length > 0 ? (
        <section>
          <h2>
            {t.mine}
            <span>{t.mineCount(mine.length)}</span>
          </h2>
          {mine.length === 0 ? <p className="dk-empty">{t.mineEmpty}</p> : null}
          {mine.map((c, i) => (
            <Mine key={c.id} conversation={c} now={now} n={i + 1} opened={props.opened} />
          ))}
        </section>
      ) : null}
      {looks.length > 0 ? (
        <section>
          <h2>{t.look}</h2>
          {looks.map((c) => (
            <Mine key={c.id} conversation={c} now={now} n={0} opened={props.opened} />
          ))}
        </section>
      ) : null}
      <Board />
      <section>
        <h2>
          {t.waiting}
          <span>{waiting.length}</span>
        </h2>
        {waiting.length === 0 ? (
          <p className="dk-empty">
            {t.waitingEmpty}
            <br />
            <small>{t.waitingEmptyHint}</small>
          </p>
        ) : null}
        <ul className="dk-waiting">
          {waiting.map((w) => (
            <li key={w.handoff}>
              <WaitingRow waiting={w} now={now} />
              {agent ? null : (
                <Button size="small" onClick={() => client.look(w.conversation)}>
                  {t.look}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </section>
      {booked.length > 0 ? (
        <section aria-label={t.booked}>
          <h2>
            {t.booked}
            <span>{booked.length}</span>
          </h2>
          <ul className="dk-waiting">
            {booked.map((w) => (
              <li key={w.handoff}>
                <WaitingRow waiting={w} now={now} />
                <Button
                  size="small"
                  disabled={state.link !== "live" || state.answering[w.handoff] !== undefined}
                  onClick={() => (agent ? client.accept(w.handoff) : client.look(w.conversation))}
                >
                  {agent ? t.takeEarly : t.look}
                </Button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </nav>
  );
}

function Mine(props: { conversation: Conversation; now: number; n: number; opened(): void }): ReactElement {
  const { t, client } = useRoom();
  const { selected } = useDesk();
  const { conversation: c, n } = props;
  const clock = timingOf(c, props.now);
  const last = c.messages.filter((m) => m.author !== "system").at(-1);
  return (
    <button
      type="button"
      className={`dk-mine${c.stale ? " stale" : ""}`}
      aria-current={selected === c.id}
      onClick={() => {
        client.select(c.id);
        props.opened();
      }}
    >
      <Face name={c.file.customer.name} size={36} />
      <span className="dk-mine-text">
        <b>
          {c.file.customer.name || t.customer}
          {c.file.edition === "elder" ? <em className="dk-tag elder">{t.editions.elder}</em> : null}
          {c.file.held ? <em className="dk-tag gold">{t.held}</em> : null}
          {c.unread > 0 ? (
            <em className="dk-unread">
              <span aria-hidden="true">{c.unread}</span>
              <span className="dk-sr">{t.unread(c.unread)}</span>
            </em>
          ) : null}
        </b>
        <small>{last?.text || c.file.reason}</small>
        {c.own ? (
          <span className={`dk-timing ${clock.tone}`}>
            {t.timing[clock.kind]} {minutes(clock.seconds)}
          </span>
        ) : null}
      </span>
      {n > 0 && n <= 3 ? (
        <span className="dk-kbd" aria-hidden="true">
          {n}
        </span>
      ) : null}
    </button>
  );
}

function WaitingRow(props: { waiting: Waiting; now: number }): ReactElement {
  const { t, locale } = useRoom();
  const { waiting: w } = props;
  const waited = Math.max(0, (props.now - Date.parse(w.since)) / 1000);
  return (
    <div className={`dk-wait${w.urgent ? " urgent" : ""}`}>
      <b>
        {w.customer || t.customer}
        {w.booked && w.due ? (
          <time dateTime={w.due}>{slotTime(w.due, locale)}</time>
        ) : (
          <time className={waited >= 60 ? "late" : ""}>{minutes(waited)}</time>
        )}
      </b>
      <p>{w.reason || t.noReason}</p>
      <span>
        {w.urgent ? <em className="dk-tag bad">{t.urgent}</em> : null}
        {w.due && !w.booked ? <em className="dk-tag gold">{t.dueNow}</em> : null}
        <em className="dk-tag">{t.queues[w.queue] ?? w.queue}</em>
        {w.edition === "elder" ? <em className="dk-tag elder">{t.editions.elder}</em> : null}
        {w.step || w.flow ? <small>{[w.flow, w.step].filter(Boolean).join(" · ")}</small> : null}
      </span>
    </div>
  );
}
