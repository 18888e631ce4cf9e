import { type ReactElement, useEffect, useRef } from "react";
import { stamp } from "../core/clock";
import type { Moment, Record_ } from "../core/record";
import { usePage } from "./context";

/** Chat is what had been said; a click jumps to a line. What comes later is pale. */
export function Chat(props: { record: Record_; moment: Moment; seek(ms: number): void }): ReactElement {
  const { t } = usePage();
  const { record, moment } = props;
  const box = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const list = box.current;
    const last = list?.children[Math.max(0, moment.said - 1)];
    if (!list || !(last instanceof HTMLElement)) return;
    list.scrollTop = last.offsetTop - list.offsetTop - list.clientHeight + last.offsetHeight + 24;
  }, [moment.said]);
  return (
    <section className="ev-panel ev-chat" aria-label={t.chat}>
      <h3>{t.chat}</h3>
      {record.lines.length === 0 ? (
        <p className="ev-quiet">{t.chatNever}</p>
      ) : (
        <>
          {moment.said === 0 ? <p className="ev-quiet">{t.chatNone}</p> : null}
          <ol ref={box}>
            {record.lines.map((line, n) => (
              <li
                key={`${line.seq}-${line.at}`}
                className={`${line.author} ${n >= moment.said ? "later" : ""} ${n === moment.said - 1 ? "now" : ""}`}
              >
                <button type="button" onClick={() => props.seek(line.at)}>
                  <small>
                    {stamp(line.at)} {t.who[line.author] ?? line.author}
                  </small>
                  {line.text ? <span>{line.text}</span> : null}
                  {line.title || line.rows.length > 0 ? (
                    <span className="ev-said-card">
                      {line.title ? <b>{line.title}</b> : null}
                      {line.rows.map((r) => (
                        <span key={r.label}>
                          {r.label}：{r.value}
                        </span>
                      ))}
                    </span>
                  ) : null}
                </button>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}

/** FormView is the step both held, with who typed what. */
export function FormView(props: { moment: Moment }): ReactElement {
  const { t } = usePage();
  const form = props.moment.form;
  const open = form !== undefined && (form.title !== "" || form.slots.length > 0);
  return (
    <section className="ev-panel ev-form" aria-label={t.form}>
      <h3>
        {t.form}
        {open ? <b>{[form.title, form.stepTitle].filter((x) => x !== "").join(" › ")}</b> : null}
      </h3>
      {open ? (
        <dl>
          {form.slots.map((s) => (
            <div key={s.label}>
              <dt>{s.label}</dt>
              <dd>
                {s.value === "" ? <i>{t.empty}</i> : s.value}
                {s.by === "" ? null : (
                  <small className={`ev-by ev-by-${s.by}`}>{t.typedBy(t.who[s.by] ?? s.by)}</small>
                )}
              </dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className="ev-quiet">{t.formNone}</p>
      )}
    </section>
  );
}

/** CheckList is the list as it stood, each line with its time. */
export function CheckList(props: { moment: Moment; seek(ms: number): void }): ReactElement {
  const { t, locale } = usePage();
  const list = props.moment.list;
  return (
    <section className="ev-panel ev-check" aria-label={t.checkList}>
      <h3>
        {t.checkList}
        {list ? (
          <b>
            {list.items.filter((i) => i.state === "ok").length} / {list.items.length}
          </b>
        ) : null}
      </h3>
      {list ? (
        <ul>
          {list.items.map((i) => (
            <li key={i.id} data-state={i.state}>
              <em>{i.state === "ok" ? "✓" : i.state === "no" ? "✗" : "○"}</em>
              <span>
                {locale === "en" ? i.en : i.zh}
                {i.optional ? <small> {t.optional}</small> : null}
                <small>
                  {t.itemStates[i.state] ?? i.state}
                  {i.at >= 0 ? (
                    <button type="button" onClick={() => props.seek(i.at)}>
                      {t.tickedAt(stamp(i.at), i.by)}
                    </button>
                  ) : null}
                  {i.shown >= 0 ? (
                    <button type="button" onClick={() => props.seek(i.shown)}>
                      {t.readAt(stamp(i.shown))}
                    </button>
                  ) : null}
                  {t.answers[i.answer] ? <b>{t.answers[i.answer]}</b> : null}
                </small>
              </span>
            </li>
          ))}
        </ul>
      ) : (
        <p className="ev-quiet">{t.checkNone}</p>
      )}
    </section>
  );
}

/** Present is who was there at this moment. */
export function Present(props: { moment: Moment }): ReactElement {
  const { t } = usePage();
  const s = props.moment.standing;
  return (
    <p className="ev-present">
      <b>{t.present}</b> {s && s.present.length > 0 ? s.present.join("、") : t.nobody}
      {s?.hidden ? <em>{t.hiddenPage}</em> : null}
    </p>
  );
}
