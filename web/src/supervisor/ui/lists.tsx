import { Button, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import type { View, Wall, WallCase } from "../api";
import { ago, clock, lasting, queueName, usePage } from "./context";
import { LookButton, Looking } from "./look";

interface Part {
  wall: Wall;
  view: View;
  change(part: Partial<View>): void;
}

/** LivePart lists who talks to whom. */
export function LivePart({ wall, view, change }: Part): ReactElement {
  const { t, locale } = usePage();
  const [looking, setLooking] = useState<{ of: WallCase; why: string } | null>(null);
  const silent = new Set(wall.alarms.filter((a) => a.kind === "silent").map((a) => a.handoff));
  return (
    <section aria-label={t.live}>
      <h2>{t.live}</h2>
      <div className="sv-filter">
        <Select
          aria-label={t.c.queue}
          value={view.queue}
          onChange={(queue) => change({ queue, live_skip: 0 })}
          options={[
            { value: "", label: t.allQueues },
            ...wall.queues.map((q) => ({ value: q.queue, label: queueName(q.queue, t) })),
          ]}
        />
        <small>{t.liveHint}</small>
      </div>
      {wall.live.length === 0 ? <p className="sv-hint">{t.noLive}</p> : null}
      <table className="sv-table" hidden={wall.live.length === 0}>
        <thead>
          <tr>
            {Object.values(t.c).map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wall.live.map((c) => (
            <tr key={c.handoff} data-conversation={c.conversation}>
              <th scope="row">{c.customer}</th>
              <td data-label={t.c.queue}>{queueName(c.queue, t)}</td>
              <td data-label={t.c.step}>{[c.flow, c.step].filter(Boolean).join(" › ") || "–"}</td>
              <td data-label={t.c.agent}>
                {c.name || c.agent} <small>{c.number}</small>
              </td>
              <td data-label={t.c.code}>{c.code || "–"}</td>
              <td data-label={t.c.silent} className={silent.has(c.handoff) ? "sv-loud" : ""}>
                {c.silent_s > 0 ? lasting(c.silent_s, t) : t.theirTurn}{" "}
                {c.held ? <small>{t.held}</small> : null}
              </td>
              <td data-label={t.c.since}>{clock(c.since, locale)}</td>
              <td data-label={t.c.look}>
                <LookButton of={c} go={(why) => setLooking({ of: c, why })} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages
        first={view.live_skip === 0}
        more={wall.more_live}
        next={() => change({ live_skip: view.live_skip + wall.live.length })}
        back={() => change({ live_skip: 0 })}
      />
      {looking ? <Looking key={looking.of.handoff} {...looking} close={() => setLooking(null)} /> : null}
    </section>
  );
}

/** AgentsPart lists who is on duty. */
export function AgentsPart({ wall, view, change }: Part): ReactElement {
  const { t } = usePage();
  const [text, setText] = useState(view.agent);
  const skills = [...new Set(wall.skills.map((s) => s.skill))];
  return (
    <section aria-label={t.agents}>
      <h2>{t.agents}</h2>
      <div className="sv-filter">
        <Select
          aria-label={t.a.presence}
          value={view.presence}
          onChange={(presence) => change({ presence, after: "" })}
          options={[
            { value: "", label: t.all },
            ...["ready", "busy", "wrapup", "away"].map((p) => ({ value: p, label: t.presence[p] ?? p })),
          ]}
        />
        <Select
          aria-label={t.a.skills}
          value={view.skill}
          onChange={(skill) => change({ skill, after: "" })}
          options={[
            { value: "", label: t.all },
            ...skills.map((s) => ({ value: s, label: queueName(s, t) })),
          ]}
        />
        <Input.Search
          aria-label={t.findAgent}
          placeholder={t.findAgent}
          enterButton={t.find}
          value={text}
          maxLength={40}
          onChange={(e) => setText(e.target.value)}
          onSearch={(agent) => change({ agent: agent.trim(), after: "" })}
        />
      </div>
      {wall.agents.length === 0 ? <p className="sv-hint">{t.noAgents}</p> : null}
      <table className="sv-table" hidden={wall.agents.length === 0}>
        <thead>
          <tr>
            {Object.values(t.a).map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {wall.agents.map((a) => (
            <tr key={a.id}>
              <th scope="row">
                {a.name} <small>{a.number}</small> {a.home ? <small>{t.home}</small> : null}
              </th>
              <td data-label={t.a.presence}>
                <span className="sv-presence" data-presence={a.presence}>
                  {t.presence[a.presence]}
                </span>
              </td>
              <td data-label={t.a.serves}>
                {t.of(a.serves, a.capacity)} <small>{a.queues.map((q) => queueName(q, t)).join("、")}</small>
              </td>
              <td data-label={t.a.since}>
                {a.since
                  ? t.serving(lasting(ago(a.since, wall.at), t))
                  : a.idle
                    ? t.idle(lasting(ago(a.idle, wall.at), t))
                    : "–"}
              </td>
              <td data-label={t.a.skills}>{a.skills.map((s) => queueName(s, t)).join("、")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Pages
        first={view.after === ""}
        more={wall.more_agents}
        next={() => change({ after: wall.agents.at(-1)?.id ?? "" })}
        back={() => change({ after: "" })}
      />
    </section>
  );
}

function Pages(props: { first: boolean; more: boolean; next(): void; back(): void }): ReactElement | null {
  const { t } = usePage();
  if (props.first && !props.more) return null;
  return (
    <p className="sv-pages">
      {props.first ? null : <Button onClick={props.back}>{t.first}</Button>}
      {props.more ? <Button onClick={props.next}>{t.more}</Button> : null}
    </p>
  );
}
