import { Button } from "antd";
import { type ReactElement, useState } from "react";
import type { Wall, WallAlarm } from "../api";
import { half } from "../i18n";
import { clock, lasting, queueName, usePage } from "./context";

/** Alarms are what is wrong, in words; whoever has seen one says so by name. */
export function Alarms(props: { wall: Wall; changed(): void }): ReactElement {
  const { api, t, locale } = usePage();
  const [trouble, setTrouble] = useState("");
  const seen = (alarm: WallAlarm): void => {
    setTrouble("");
    api.seen(alarm.id).then(props.changed, (error: unknown) => {
      setTrouble(error instanceof Error ? error.message : String(error));
      props.changed();
    });
  };
  const { alarms } = props.wall;
  return (
    <section className="sv-alarms" aria-label={t.alarms} data-quiet={alarms.length === 0}>
      <h2>
        {t.alarms} {alarms.length > 0 ? <b className="sv-count">{alarms.length}</b> : null}
      </h2>
      {trouble ? (
        <p className="sv-alert" role="alert">
          {half(trouble, locale)}
        </p>
      ) : null}
      {alarms.length === 0 ? (
        <p className="sv-good">
          <b>{t.noAlarms}</b> {t.noAlarmsHint}
        </p>
      ) : (
        <ul aria-live="polite">
          {alarms.map((alarm) => (
            <li key={alarm.id} data-seen={alarm.seen_by !== undefined && alarm.seen_by !== ""}>
              <span>{says(alarm)}</span>
              <small>{t.since(clock(alarm.raised_at, locale))}</small>
              {alarm.seen_by ? (
                <em>{t.seenBy(alarm.seen_by)}</em>
              ) : (
                <Button size="small" danger onClick={() => seen(alarm)}>
                  {t.seen}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );

  function says(a: WallAlarm): string {
    const queue = queueName(a.queue, t);
    switch (a.kind) {
      case "wait":
        return t.alarm.wait(queue, lasting(a.value, t), lasting(a.threshold, t));
      case "rate":
        return t.alarm.rate(queue, `${a.value}%`, `${a.threshold}%`);
      case "nobody":
        return t.alarm.nobody(queue, `${a.value}`);
      case "silent":
        return t.alarm.silent(queue, lasting(a.value, t), lasting(a.threshold, t), a.agent ?? "");
    }
  }
}
