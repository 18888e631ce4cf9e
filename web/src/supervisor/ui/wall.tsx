import { Button, Skeleton } from "antd";
import { type ReactElement, useEffect, useRef, useState } from "react";
import type { AnswerRate, View, Wall } from "../api";
import { half } from "../i18n";
import { Alarms } from "./alarms";
import { clock, lasting, queueName, usePage } from "./context";
import { AgentsPart, LivePart } from "./lists";
import { Rules } from "./rules";

/** EVERY is how often the wall is asked for, in milliseconds: with the second the server
 *  keeps its counts, nothing shown is older than two. */
const EVERY = 1_000;

const WHOLE: View = { presence: "", skill: "", agent: "", after: "", queue: "", live_skip: 0 };

/** WallPage asks for the wall again and again and shows it. */
export function WallPage(): ReactElement {
  const { api, t, locale } = usePage();
  const [view, setView] = useState<View>(WHOLE);
  const [wall, setWall] = useState<Wall | null>(null);
  const [trouble, setTrouble] = useState("");
  const [late, setLate] = useState(0);
  const [rules, setRules] = useState(false);
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    let ended = false;
    let timer = 0;
    let came = Date.now();
    const look = async (): Promise<void> => {
      clearTimeout(timer);
      try {
        const next = await api.wall(view);
        if (ended) return;
        came = Date.now();
        setWall(next);
        setTrouble("");
        setLate(0);
      } catch (error) {
        if (ended) return;
        setTrouble(error instanceof Error ? error.message : String(error));
        setLate(Math.round((Date.now() - came) / 1000));
      }
      if (!ended) timer = window.setTimeout(look, EVERY);
    };
    again.current = () => void look();
    void look();
    return () => {
      ended = true;
      clearTimeout(timer);
    };
  }, [api, view]);
  if (!wall) {
    return (
      <main className="sv-main">
        {trouble ? (
          <p className="sv-alert" role="alert">
            {half(trouble, locale)}
          </p>
        ) : null}
        <Skeleton active />
      </main>
    );
  }
  const change = (part: Partial<View>): void => setView((was) => ({ ...was, ...part }));
  return (
    <main className="sv-main">
      <p className="sv-asof">
        {trouble ? (
          <span className="sv-alert" role="alert">
            {half(trouble, locale)} · {t.stale(late)}
          </span>
        ) : (
          <span>{t.asOf(clock(wall.at, locale))}</span>
        )}
        <Button onClick={() => setRules(true)}>{t.rules}</Button>
      </p>
      <Alarms wall={wall} changed={() => again.current()} />
      <Numbers wall={wall} />
      <Queues wall={wall} />
      <LivePart wall={wall} view={view} change={change} />
      <AgentsPart wall={wall} view={view} change={change} />
      {rules ? <Rules wall={wall} changed={() => again.current()} close={() => setRules(false)} /> : null}
    </main>
  );
}

function Numbers({ wall }: { wall: Wall }): ReactElement {
  const { t } = usePage();
  const sum = (of: (q: Wall["queues"][number]) => number): number =>
    wall.queues.reduce((n, q) => n + of(q), 0);
  const longest = Math.max(0, ...wall.queues.map((q) => q.longest_s));
  return (
    <section className="sv-numbers">
      <dl>
        <dt title={t.rateHint}>{t.rate}</dt>
        <dd>
          <Percent rate={wall.today} /> <small>{t.today}</small>
        </dd>
        <dd>
          <Percent rate={wall.half_hour} /> <small>{t.halfHour}</small>
        </dd>
      </dl>
      <dl>
        <dt>{t.waiting}</dt>
        <dd>
          <b>{t.people(sum((q) => q.waiting))}</b>
        </dd>
        <dd>
          <small>{longest > 0 ? `${t.q.longest} ${lasting(longest, t)}` : ""}</small>
        </dd>
      </dl>
      <dl>
        <dt>{t.live}</dt>
        <dd>
          <b>{sum((q) => q.live)}</b>
        </dd>
      </dl>
      <dl>
        <dt>{t.duty}</dt>
        {(["ready", "busy", "wrapup", "away"] as const).map((p) => (
          <dd key={p}>
            <b>{wall.duty[p]}</b> <small>{t.presence[p]}</small>
          </dd>
        ))}
      </dl>
      <p className="sv-hint">{t.rateHint}</p>
    </section>
  );
}

function Percent({ rate }: { rate: AnswerRate }): ReactElement {
  const { t } = usePage();
  return (
    <span className="sv-percent">
      <b>{rate.percent < 0 ? t.none : `${rate.percent}%`}</b>{" "}
      {rate.percent < 0 ? null : <small>{t.of(rate.in_time, rate.asked)}</small>}
    </span>
  );
}

function Queues({ wall }: { wall: Wall }): ReactElement {
  const { t } = usePage();
  const loud = new Set(wall.alarms.filter((a) => a.kind !== "silent").map((a) => `${a.kind} ${a.queue}`));
  const cell = (kind: string, queue: string): string => (loud.has(`${kind} ${queue}`) ? "sv-loud" : "");
  return (
    <section aria-label={t.queues}>
      <h2>{t.queues}</h2>
      <table className="sv-table">
        <thead>
          <tr>
            {Object.values(t.q).map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wall.queues.map((q) => (
            <tr key={q.queue}>
              <th scope="row">
                {queueName(q.queue, t)} {q.open ? null : <small>{t.closed}</small>}
              </th>
              <td data-label={t.q.waiting}>{q.waiting}</td>
              <td data-label={t.q.longest} className={cell("wait", q.queue)}>
                {q.longest_s > 0 ? lasting(q.longest_s, t) : "–"}
              </td>
              <td data-label={t.q.expected}>
                {q.wait_s > 0 ? t.plusMinus(lasting(q.wait_s, t), lasting(q.spread_s, t)) : t.unknown}
              </td>
              <td data-label={t.q.due}>{t.of(q.due, q.booked)}</td>
              <td data-label={t.q.on} className={cell("nobody", q.queue)}>
                {t.of(q.on, q.free)}
              </td>
              <td data-label={t.q.live}>{q.live}</td>
              <td data-label={t.q.today}>
                <Percent rate={q.today} />
              </td>
              <td data-label={t.q.half} className={cell("rate", q.queue)}>
                <Percent rate={q.half_hour} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
