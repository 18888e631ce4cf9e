import { Button } from "antd";
import { type ReactElement, useState } from "react";
import { Link } from "react-router";
import { inLocale, moment, named } from "../i18n";
import { useSession } from "../session";
import type { TryPassage, TryResult } from "../wire";
import { Bar, Panel } from "./bits";
import { Icon } from "./icons";
import { SaveExample } from "./save-example";
import { type Column, Listing } from "./table";
import { Tag } from "./tag";

/** TryView lays open how one message was understood and answered. */
export function TryView(props: {
  result: TryResult;
  text: string;
  edition: string;
  locale: "zh" | "en";
}): ReactElement {
  const { w, locale } = useSession();
  const { result: r } = props;
  const [saving, setSaving] = useState<"" | "intent" | "article">("");
  const { understood: u, decided: d } = r;
  return (
    <>
      <Panel
        title={w.try.answer}
        tools={<small>{w.try.asOf(r.release, moment(r.on, locale))}</small>}
        className={props.edition === "elder" ? "cs-elder" : ""}
      >
        <div className="cs-chat">
          <p className="cs-chat-me">{props.text}</p>
          <div className="cs-chat-bot">
            <Icon name="robot" size={20} />
            <p>{d.answer || w.try.noAnswer}</p>
          </div>
        </div>
        <p className="cs-tags">
          {d.flow ? (
            <Link to={`/flows/${d.flow}`}>
              <Tag color="cyan">{w.try.starts(d.flow)}</Tag>
            </Link>
          ) : null}
          {d.step ? <Tag>{w.try.step(d.step)}</Tag> : null}
          {u.alarms.map((a) => (
            <Tag key={a} color="red">
              {w.try.alarms} {a}
            </Tag>
          ))}
        </p>
        {d.why ? (
          <p className="cs-note">
            {w.try.why}：{inLocale(d.why, locale)}
          </p>
        ) : null}
        <div className="cs-tools">
          <Button onClick={() => setSaving("intent")}>{w.try.saveExample}</Button>
          <Button onClick={() => setSaving("article")}>{w.try.saveSimilar}</Button>
        </div>
      </Panel>
      <StepTimes steps={r.steps} />
      <div className="cs-two cs-two-even">
        <Panel
          title={w.try.intents}
          tools={
            u.verdict ? (
              <Tag color={u.verdict === "act" ? "green" : u.verdict === "ask" ? "gold" : "red"}>
                {named(w.try.verdicts, u.verdict)}
              </Tag>
            ) : null
          }
          note={named(w.try.verdictHints, u.verdict)}
        >
          {u.intents.length === 0 ? <p className="cs-note">{w.try.intentsNone}</p> : null}
          <ul className="cs-scores">
            {u.intents.slice(0, 6).map((i, at) => (
              <li key={i.name}>
                <Link to={`/intents/${i.name}`}>{i.label || i.name}</Link>
                <Bar value={i.p} label={i.label} tone={at === 0 && u.verdict === "act" ? "good" : "plain"} />
              </li>
            ))}
            <li className="cs-scores-scope">
              <span>{w.try.inScope}</span>
              <Bar value={u.in_scope} label={w.try.inScope} mark={0.5} />
            </li>
          </ul>
        </Panel>
        <Panel title={w.try.entities}>
          {u.entities.length === 0 ? <p className="cs-note">{w.try.entitiesNone}</p> : null}
          <ul className="cs-entities">
            {u.entities.map((e) => (
              <li key={`${e.kind} ${e.text}`}>
                <Tag color={e.bad ? "red" : "blue"}>{named(w.try.entityKinds, e.kind)}</Tag>
                <span>{e.text}</span>
                <span aria-hidden="true">→</span>
                <strong>{e.bad ? named(w.try.bad, e.bad) : e.value}</strong>
              </li>
            ))}
          </ul>
        </Panel>
      </div>
      <Passages list={r.passages} threshold={r.threshold} />
      {saving === "" ? null : (
        <SaveExample
          to={saving}
          text={props.text}
          locale={props.locale}
          first={saving === "intent" ? (u.intents[0]?.name ?? "") : (r.passages[0]?.article ?? "")}
          choices={saving === "intent" ? u.intents.map((i) => i.name) : r.passages.map((p) => p.article)}
          onClose={() => setSaving("")}
        />
      )}
    </>
  );
}

function StepTimes(props: { steps: TryResult["steps"] }): ReactElement {
  const { w } = useSession();
  const total = props.steps.reduce((sum, s) => sum + s.us, 0);
  return (
    <Panel
      title={w.try.steps}
      tools={
        <small>
          {w.try.total} {w.try.us(total)}
        </small>
      }
    >
      <ol className="cs-times">
        {props.steps.map((s) => (
          <li key={s.name} style={{ flexGrow: Math.max(1, (s.us / Math.max(1, total)) * 10) }}>
            <strong>{w.try.stepNames[s.name]}</strong>
            <span>{w.try.us(s.us)}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Passages(props: { list: readonly TryPassage[]; threshold: number }): ReactElement {
  const { w } = useSession();
  const place = (n: number): string => (n > 0 ? `#${n}` : w.try.notFound);
  const columns: Column<TryPassage>[] = [
    { key: "place", title: "#", width: "40px", phone: "off", cell: (p) => p.place },
    {
      key: "title",
      title: w.articles.item,
      phone: "lead",
      cell: (p) => (
        <span className="cs-title">
          <Link to={`/articles/${p.article}`}>
            <strong>{p.title}</strong>
          </Link>
          <small>{p.text}</small>
          {p.rows.length > 0 ? (
            <span className="cs-rows-quoted">
              {p.rows.slice(0, 3).map((row) => (
                <code key={row}>{row}</code>
              ))}
              {p.rows.length > 3 ? <small>+{p.rows.length - 3}</small> : null}
            </span>
          ) : null}
        </span>
      ),
    },
    { key: "words", title: w.try.words, width: "72px", align: "right", cell: (p) => place(p.words_rank) },
    { key: "vector", title: w.try.vector, width: "72px", align: "right", cell: (p) => place(p.vector_rank) },
    { key: "fused", title: w.try.fused, width: "76px", align: "right", cell: (p) => p.fused.toFixed(4) },
    {
      key: "score",
      title: w.try.score,
      width: "150px",
      cell: (p) => (
        <Bar value={p.score} label={w.try.score} mark={props.threshold} tone={p.answers ? "good" : "plain"} />
      ),
    },
    {
      key: "via",
      title: w.try.viaTitle,
      width: "84px",
      cell: (p) => <Tag color={p.via === "table" ? "cyan" : "default"}>{w.try.via[p.via]}</Tag>,
    },
  ];
  return (
    <Panel title={w.try.passages} tools={<small>{w.try.threshold(props.threshold.toFixed(2))}</small>}>
      {props.list.length === 0 ? (
        <p className="cs-note">{w.try.passagesNone}</p>
      ) : (
        <Listing label={w.try.passages} columns={columns} rows={props.list} rowKey={(p) => p.passage} />
      )}
    </Panel>
  );
}
