import { useQuery } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { Link, useNavigate } from "react-router";
import { moment } from "../i18n";
import { Page } from "../parts/bits";
import { Blank, Reading } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { MissRow } from "../wire";

/** MissesPage is 没答上的: what was asked and found nothing, and the way to an article for it. */
export function MissesPage(): ReactElement {
  const { api, w } = useSession();
  const misses = useQuery({ queryKey: ["misses"], queryFn: api.misses, refetchInterval: 30_000 });
  const [into, setInto] = useState<MissRow | null>(null);
  return (
    <Reading of={misses}>
      {(v) => (
        <Page title={w.nav.misses} note={w.misses.note(v.days, v.open)}>
          {v.misses.length === 0 ? <Blank icon="search" title={w.misses.none} /> : null}
          <ul className="cs-misses">
            {v.misses.map((m) => (
              <Miss key={`${m.text} ${m.last_seen}`} miss={m} merge={() => setInto(m)} />
            ))}
          </ul>
          {into ? <MergeInto miss={into} onClose={() => setInto(null)} /> : null}
        </Page>
      )}
    </Reading>
  );
}

function Miss(props: { miss: MissRow; merge: () => void }): ReactElement {
  const { w, locale, has } = useSession();
  const navigate = useNavigate();
  const { miss: m } = props;
  const may = has("editor", "admin");
  return (
    <li className={m.article ? "cs-miss cs-miss-done" : "cs-miss"}>
      <span className="cs-miss-count" title={w.misses.count(m.count)}>
        <strong>{m.count}</strong>
        <small>{w.misses.times}</small>
      </span>
      <div className="cs-miss-text">
        <strong>{m.text}</strong>
        {m.others.length > 0 ? <small>{w.misses.others(m.others)}</small> : null}
        <small>
          {w.misses.last(moment(m.last_seen, locale))}
          {m.staff > 0 ? <Tag color="purple">{w.misses.staff(m.staff)}</Tag> : null}
        </small>
      </div>
      <div className="cs-miss-do">
        {m.article ? (
          <Link to={`/articles/${m.article}`}>{w.misses.written(m.article)}</Link>
        ) : (
          <>
            <Button
              type="primary"
              disabled={!may}
              onClick={() => void navigate(`/articles/new?${draftOf(m)}`)}
            >
              {w.misses.write}
            </Button>
            <Button disabled={!may} onClick={props.merge}>
              {w.misses.merge}
            </Button>
          </>
        )}
      </div>
    </li>
  );
}

/** draftOf is what a new article starts with: the question, in its language, for whoever asked it. */
function draftOf(m: MissRow): string {
  const params = new URLSearchParams({ ask: m.text, locale: m.locale });
  for (const other of m.others) params.append("similar", other);
  if (m.staff === m.count) params.set("audience", "staff");
  return params.toString();
}

/** MergeInto finds the article that a question belongs to; the nearest ones stand first. */
function MergeInto(props: { miss: MissRow; onClose: () => void }): ReactElement {
  const { miss: m } = props;
  const { api, w } = useSession();
  const navigate = useNavigate();
  const [words, setWords] = useState("");
  const near = useQuery({
    queryKey: ["ask", m.text, m.staff > 0],
    queryFn: () => api.tryOut({ text: m.text, locale: m.locale, staff: m.staff > 0 }),
  });
  const found = useQuery({
    queryKey: ["articles", "pick", words],
    queryFn: () =>
      api.articles({ q: words, group: "", audience: "", state: "", expiring: false, offset: 0, limit: 8 }),
    enabled: words !== "",
  });
  const list =
    words === ""
      ? (near.data?.passages ?? []).map((p) => ({ id: p.article, title: p.title, note: p.text }))
      : (found.data?.articles ?? []).map((a) => ({ id: a.id, title: a.title, note: a.question }));
  const once = list.filter((a, i) => list.findIndex((b) => b.id === a.id) === i).slice(0, 8);
  return (
    <Modal open title={w.misses.mergeTitle} footer={null} onCancel={props.onClose} destroyOnHidden>
      <p className="cs-note">{w.misses.mergeHint(m.text)}</p>
      <Input.Search
        allowClear
        placeholder={w.misses.search}
        aria-label={w.misses.search}
        onSearch={(value) => setWords(value.trim())}
      />
      <ul className="cs-rows cs-pick">
        {once.map((a) => (
          <li key={a.id}>
            <button
              type="button"
              className="cs-pick-one"
              onClick={() => {
                const params = new URLSearchParams({ locale: m.locale });
                for (const text of [m.text, ...m.others]) params.append("similar", text);
                void navigate(`/articles/${a.id}?${params.toString()}`);
              }}
            >
              <strong>{a.title}</strong>
              <small>{a.note}</small>
            </button>
          </li>
        ))}
      </ul>
      {near.isSuccess && once.length === 0 && !found.isFetching ? (
        <p className="cs-note">{w.misses.nothing}</p>
      ) : null}
    </Modal>
  );
}
