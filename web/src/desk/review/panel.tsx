import { Button, Input } from "antd";
import type { ReactElement } from "react";
import { useState } from "react";
import type { Conversation } from "../core/state";
import { minutes } from "../core/timing";
import type { Review, ReviewItem } from "../core/wire";
import { useDesk, useRoom } from "../ui/context";
import { useNow } from "../ui/use";
import { reviewWords } from "./words";

/** LIMIT is how long an authorisation may take before the clock says that it is late, in seconds. */
const LIMIT = 60;

/** ReviewPanel is what the flow asks of the agent here: the check list, what the customer answered, the verdict. */
export function ReviewPanel(props: { conversation: Conversation; review: Review }): ReactElement {
  const { locale, client } = useRoom();
  const { link } = useDesk();
  const t = reviewWords(locale);
  const { conversation: c, review: r } = props;
  const off = link !== "live" || c.stale || r.state === "ended";
  const done = r.items.filter((it) => it.state === "ok").length;
  return (
    <section className="dk-panel dk-review" aria-label={t.title}>
      <header>
        <h2>
          {t.title}
          <em className="dk-tag gold">{t.roles[r.role ?? ""] ?? r.role}</em>
          {r.medium ? <em className="dk-tag">{t.media[r.medium] ?? r.medium}</em> : null}
        </h2>
        <ReviewClock review={r} />
      </header>
      <p className="dk-review-title">{r.title}</p>
      {r.before.length > 0 ? (
        <ul className="dk-review-before" aria-label={t.before}>
          {r.before.map((b) => (
            <li key={`${b.role}${b.at}`}>
              {t.roles[b.role] ?? b.role} · {b.agent} · {t.outcomes[b.outcome] ?? b.outcome} ·{" "}
              {clockTime(b.at)}
              {b.reason ? `：${b.reason}` : ""}
            </li>
          ))}
        </ul>
      ) : null}
      {r.items.length > 0 ? <p className="dk-review-done">{t.done(done, r.items.length)}</p> : null}
      <ol className="dk-items">
        {r.items.map((it) => (
          <ItemRow key={it.id} review={r} item={it} off={off} />
        ))}
      </ol>
      {r.state === "ended" ? (
        <p className="dk-note" role="status">
          {t.decided}
        </p>
      ) : (
        <Verdict conversation={c} review={r} off={off} />
      )}
      {r.kind === "review" && r.state === "taken" ? (
        <Button size="small" disabled={off} onClick={() => client.leaveReview(r)}>
          {t.leave}
        </Button>
      ) : null}
    </section>
  );
}

function ReviewClock(props: { review: Review }): ReactElement | null {
  const { locale } = useRoom();
  const t = reviewWords(locale);
  const now = useNow();
  const { review: r } = props;
  if (!r.taken_at) return null;
  const seconds = Math.max(0, (now - Date.parse(r.taken_at)) / 1000);
  if (r.role !== "authoriser") return <span className="dk-timing calm">{t.clock(minutes(seconds))}</span>;
  const left = Math.ceil(LIMIT - seconds);
  return (
    <span className={`dk-timing ${left > 20 ? "calm" : left > 0 ? "soon" : "late"}`} role="timer">
      {t.limit(left)}
    </span>
  );
}

function ItemRow(props: { review: Review; item: ReviewItem; off: boolean }): ReactElement {
  const { locale, client } = useRoom();
  const t = reviewWords(locale);
  const { review: r, item: it, off } = props;
  const showing = r.showing === it.id;
  const press = (state: ReviewItem["state"]): void => {
    client.tick(r, it.id, it.state === state ? "open" : state, "");
  };
  return (
    <li className={`dk-item ${it.state}`}>
      <p>
        {labelOf(it, locale)}
        {it.optional ? <em className="dk-tag">{t.optional}</em> : null}
      </p>
      <div className="dk-item-marks">
        <button
          type="button"
          aria-pressed={it.state === "ok"}
          disabled={off}
          title={it.state === "ok" ? t.again : t.ok}
          onClick={() => press("ok")}
        >
          ✓ {t.ok}
        </button>
        <button type="button" aria-pressed={it.state === "no"} disabled={off} onClick={() => press("no")}>
          ✗ {t.no}
        </button>
        {r.kind === "session" ? (
          <button
            type="button"
            aria-pressed={showing}
            disabled={off}
            onClick={() => client.show(r, showing ? "" : it.id)}
          >
            {showing ? t.hide : t.show}
          </button>
        ) : null}
      </div>
      <small role="status">
        {it.at ? (it.state === "no" ? t.noAt : t.at)(clockTime(it.at)) : ""}
        {showing && !it.answer ? ` ${t.shown}` : ""}
        {it.answer && it.answered_at
          ? ` ${(it.answer === "yes" ? t.yes : t.notYes)(clockTime(it.answered_at))}`
          : ""}
      </small>
    </li>
  );
}

function Verdict(props: { conversation: Conversation; review: Review; off: boolean }): ReactElement {
  const { locale, client } = useRoom();
  const t = reviewWords(locale);
  const { conversation: c, review: r } = props;
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const open = r.items.find((it) => !it.optional && it.state !== "ok");
  const off = props.off;
  const busy = c.asked === "review";
  if (refusing) {
    return (
      <form
        className="dk-verdict"
        onSubmit={(e) => {
          e.preventDefault();
          if (client.decide(r, "refused", reason.trim())) setRefusing(false);
        }}
      >
        <Input.TextArea
          rows={2}
          maxLength={300}
          autoFocus
          value={reason}
          aria-label={t.reason}
          placeholder={t.reason}
          onChange={(e) => setReason(e.target.value)}
        />
        <Button danger type="primary" htmlType="submit" disabled={off || reason.trim().length < 2}>
          {t.send}
        </Button>
        <Button onClick={() => setRefusing(false)}>{t.cancel}</Button>
      </form>
    );
  }
  return (
    <div className="dk-verdict">
      <Button
        type="primary"
        loading={busy}
        disabled={off || open !== undefined}
        onClick={() => client.decide(r, "passed", "")}
      >
        {busy ? t.deciding : t.pass}
      </Button>
      <Button danger disabled={off} onClick={() => setRefusing(true)}>
        {t.refuse}
      </Button>
      <Button danger disabled={off} onClick={() => client.decide(r, "unsafe", "")}>
        {t.unsafe}
      </Button>
      <Button disabled={off} onClick={() => client.decide(r, "failed", "")}>
        {t.failed}
      </Button>
      {open ? <p className="dk-note">{t.missing(labelOf(open, locale))}</p> : null}
    </div>
  );
}

/** Board lists the reviews that wait, with what keeps this person from taking one. */
export function Board(): ReactElement | null {
  const { locale, client } = useRoom();
  const { reviews, link } = useDesk();
  const t = reviewWords(locale);
  const now = useNow();
  if (reviews.length === 0) return null;
  return (
    <section className="dk-board">
      <h2>
        {t.board}
        <span>{reviews.length}</span>
      </h2>
      <ul className="dk-waiting">
        {reviews.map((r) => (
          <li key={r.id}>
            <div className="dk-wait">
              <b>
                {r.customer}
                <time>{minutes(Math.max(0, (now - Date.parse(r.since)) / 1000))}</time>
              </b>
              <p>{r.title}</p>
              <span>
                <em className="dk-tag gold">{t.roles[r.role ?? ""] ?? r.role}</em>
                {r.barred ? <small>{t.barred}</small> : null}
                {r.state === "taken" ? <small>{t.by(r.agent ?? "")}</small> : null}
              </span>
            </div>
            {r.state === "waiting" || r.mine ? (
              <Button
                size="small"
                type="primary"
                disabled={r.barred === true || link !== "live"}
                onClick={() => client.takeReview(r.id)}
              >
                {t.take}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

function labelOf(it: ReviewItem, locale: string): string {
  return locale === "en" && it.label_en ? it.label_en : it.label;
}

function clockTime(at: string): string {
  return new Date(at).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
}
