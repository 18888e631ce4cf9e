import { useQuery } from "@tanstack/react-query";
import { Alert, Button, Progress } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { Link } from "react-router";
import { inLocale, moment } from "../i18n";
import { Page, Panel, StateTag } from "../parts/bits";
import { Icon, type IconName } from "../parts/icons";
import { Pack } from "../parts/pack";
import { Faults, Reading } from "../parts/states";
import { Tag } from "../parts/tag";
import { kindOf, placeOf } from "../paths";
import { useSession } from "../session";
import type { ArticleRow, FileState, ReleaseRow, Todo } from "../wire";

/** TodoPage is where the day starts: what waits for me, what I left, what expires. */
export function TodoPage(): ReactElement {
  const { api, w, locale, me, as, cast, has } = useSession();
  const todo = useQuery({ queryKey: ["todo"], queryFn: api.todo, refetchInterval: 10_000 });
  const [packing, setPacking] = useState(false);
  const person = cast.staff.find((p) => p.id === as);
  const name = locale === "en" ? person?.name_en || me.name : me.name;
  return (
    <Reading of={todo}>
      {(t) => {
        const waiting = t.approve.length + t.publish.length + t.drafts.filter((d) => !d.proposed).length;
        return (
          <Page title={w.todo.hello(new Date().getHours(), name)} note={w.todo.sum(waiting)}>
            <Tiles todo={t} />
            {t.problems.length > 0 ? (
              <Alert
                type="error"
                showIcon
                title={w.todo.problems}
                description={<Faults list={t.problems} word={w.edit.remedy} />}
              />
            ) : null}
            <div className="cs-two">
              <div className="cs-stack">
                <Waiting list={t.approve} publish={t.publish} />
                <Panel
                  title={w.todo.drafts}
                  tools={
                    has("editor", "admin") && t.drafts.some((d) => !d.proposed) ? (
                      <Button type="primary" onClick={() => setPacking(true)}>
                        {w.releases.pack}
                      </Button>
                    ) : null
                  }
                >
                  {t.drafts.length === 0 ? (
                    <Nothing title={w.todo.draftsNone} hint={w.todo.draftsNoneHint} />
                  ) : (
                    <ul className="cs-rows">
                      {t.drafts.map((d) => (
                        <DraftLine key={d.path} file={d} />
                      ))}
                    </ul>
                  )}
                </Panel>
              </div>
              <div className="cs-stack">
                <Panel title={w.todo.mine}>
                  {t.mine.length === 0 ? (
                    <Nothing title={w.todo.mineNone} />
                  ) : (
                    <ul className="cs-rows">
                      {t.mine.map((r) => (
                        <ReleaseLine key={r.id} release={r} />
                      ))}
                    </ul>
                  )}
                </Panel>
                {t.misses ? <Unanswered /> : null}
                <Expiring list={t.expiring} expired={t.expired} />
              </div>
            </div>
            {packing ? <Pack onClose={() => setPacking(false)} /> : null}
          </Page>
        );
      }}
    </Reading>
  );
}

function Nothing(props: { title: string; hint?: string }): ReactElement {
  return (
    <p className="cs-nothing">
      <Icon name="check" size={16} />
      <span>
        {props.title}
        {props.hint ? <small>{props.hint}</small> : null}
      </span>
    </p>
  );
}

function Tiles(props: { todo: Todo }): ReactElement {
  const { w } = useSession();
  const { todo } = props;
  const tile = (
    icon: IconName,
    label: string,
    n: ReactNode,
    to: string,
    warn: boolean,
    note?: string,
  ): ReactElement => (
    <Link to={to} className={`cs-tile ${warn ? "cs-tile-warn" : ""}`}>
      <Icon name={icon} size={20} />
      <strong>{n}</strong>
      <span>{label}</span>
      {note ? <small>{note}</small> : null}
    </Link>
  );
  return (
    <div className="cs-tiles">
      {tile("releases", w.todo.approve, todo.approve.length, "/releases", todo.approve.length > 0)}
      {tile("articles", w.todo.drafts, todo.drafts.length, "/articles?state=draft", false)}
      {tile(
        "clock",
        w.todo.expiring,
        todo.expiring.length,
        "/articles?expiring=1",
        todo.expiring.length > 0,
        todo.expired > 0 ? w.todo.expired(todo.expired) : "",
      )}
      {tile("intents", w.todo.thin, todo.thin, "/intents?thin=1", todo.thin > 0)}
      {todo.misses === undefined
        ? null
        : tile("misses", w.todo.misses, todo.misses, "/misses", todo.misses > 0, w.todo.missesGo)}
    </div>
  );
}

/** TOP is how many unanswered questions the day starts with. */
const TOP = 5;

/** Unanswered are the questions asked most that no article answers yet; each leads to the list. */
function Unanswered(): ReactElement | null {
  const { api, w } = useSession();
  const misses = useQuery({ queryKey: ["misses"], queryFn: api.misses });
  const open = (misses.data?.misses ?? []).filter((m) => !m.article);
  if (open.length === 0) return null;
  return (
    <Panel title={w.todo.missesTop} tools={<Link to="/misses">{w.todo.missesAll(open.length)}</Link>}>
      <ul className="cs-rows">
        {open.slice(0, TOP).map((m) => (
          <li key={`${m.text} ${m.last_seen}`}>
            <Link to="/misses" className="cs-row">
              <span className="cs-row-main">
                <strong>{m.text}</strong>
              </span>
              <small>{w.misses.count(m.count)}</small>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Waiting(props: { list: readonly ReleaseRow[]; publish: readonly ReleaseRow[] }): ReactElement {
  const { w } = useSession();
  return (
    <Panel title={w.todo.approve}>
      {props.list.length + props.publish.length === 0 ? <Nothing title={w.todo.approveNone} /> : null}
      <ul className="cs-rows">
        {[...props.list, ...props.publish].map((r) => (
          <ReleaseLine key={r.id} release={r} />
        ))}
      </ul>
    </Panel>
  );
}

function ReleaseLine(props: { release: ReleaseRow }): ReactElement {
  const { w, nameOf, locale } = useSession();
  const r = props.release;
  const red = r.status === "draft" && !r.working && r.gate?.green === false;
  return (
    <li>
      <Link to={`/releases/${r.id}`} className="cs-row">
        <span className="cs-row-main">
          <strong>{r.title}</strong>
          <small>
            {r.id} · {nameOf(r.author)} · {moment(r.created_at, locale)}
          </small>
        </span>
        {r.working ? (
          <span className="cs-row-progress">
            <Progress
              size="small"
              percent={r.total > 0 ? Math.round((r.done / r.total) * 100) : 5}
              showInfo={false}
              aria-label={w.releases.working}
            />
            <small>{r.step ? inLocale(r.step, locale) : w.releases.waiting}</small>
          </span>
        ) : (
          <Tag color={red ? "red" : r.status === "approved" ? "green" : "gold"}>
            {red ? w.releases.status.red : w.releases.status[r.status]}
          </Tag>
        )}
      </Link>
    </li>
  );
}

function DraftLine(props: { file: FileState }): ReactElement {
  const { w, locale } = useSession();
  const place = placeOf(props.file.path);
  return (
    <li>
      <Link to={place.to || "/releases"} className="cs-row">
        <span className="cs-row-main">
          <strong>{place.name}</strong>
          <small>
            {kindOf(props.file.path, w)} · {moment(props.file.updated_at, locale)}
          </small>
        </span>
        <StateTag file={props.file} />
      </Link>
    </li>
  );
}

function Expiring(props: { list: readonly ArticleRow[]; expired: number }): ReactElement {
  const { w } = useSession();
  const owners = [...new Set(props.list.map((a) => a.owner))];
  return (
    <Panel title={w.todo.expiring}>
      {props.list.length === 0 ? (
        <Nothing
          title={w.todo.expiringNone}
          {...(props.expired > 0 ? { hint: w.todo.expired(props.expired) } : {})}
        />
      ) : null}
      {owners.map((owner) => (
        <div key={owner} className="cs-owner">
          <h3>{owner}</h3>
          <ul className="cs-rows">
            {props.list
              .filter((a) => a.owner === owner)
              .map((a) => (
                <li key={a.id}>
                  <Link to={`/articles/${a.id}`} className="cs-row">
                    <span className="cs-row-main">
                      <strong>{a.title}</strong>
                      <small>{a.question}</small>
                    </span>
                    <Tag color="gold">{w.todo.until(a.until)}</Tag>
                  </Link>
                </li>
              ))}
          </ul>
        </div>
      ))}
    </Panel>
  );
}
