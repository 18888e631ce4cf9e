import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { restApi } from "../api/rest";
import type { Cast, TrayEvent } from "../api/wire";
import { useHallToken, useTray } from "./use-demo";
import type { HallWords } from "./words";

/** BANK_ZONE is where the bank keeps its books; the tray shows its times, wherever it is watched from. */
const BANK_ZONE = "Asia/Shanghai";

/** Tray shows texts and ledger entries as they happen, and rings the desk. */
export function Tray(props: { cast: Cast | null; t: HallWords; english: boolean }): JSX.Element {
  const { cast, t, english } = props;
  const token = useHallToken();
  const { events, live } = useTray(token);
  const [said, setSaid] = useState("");
  const [agentOn, setAgentOn] = useState(true);
  const api = restApi("", () => token);
  const name = (id: string): string => {
    const person = cast?.customers.find((c) => c.id === id);
    return (english ? person?.name_en : "") || person?.name || id;
  };

  async function act(run: () => Promise<string>): Promise<void> {
    try {
      setSaid(await run());
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <aside class="tray" aria-label={t.tray}>
      <section>
        <h2>{t.bell}</h2>
        <div class="bell">
          <button
            type="button"
            onClick={() => void act(async () => t.visitorDone(name((await api.visitor()).customer)))}
          >
            {t.visitor}
          </button>
          <button
            type="button"
            aria-pressed={agentOn}
            onClick={() =>
              void act(async () => {
                await api.scriptedAgent(!agentOn);
                setAgentOn(!agentOn);
                return agentOn ? t.agentOff : t.agentOn;
              })
            }
          >
            {t.agent}
          </button>
        </div>
        <p class="said" role="status">
          {said}
        </p>
      </section>
      <section>
        <h2>
          {t.tray} <i class={live ? "lamp on" : "lamp"} aria-hidden="true" />
        </h2>
        <p class="quiet">{t.trayText}</p>
        {!live && events.length > 0 ? <p class="quiet">{t.trayOff}</p> : null}
        {events.length === 0 ? <p class="none">{t.trayEmpty}</p> : null}
        <ol class="events" aria-live="polite">
          {events.map((e) => (
            <Entry
              key={`${e.at}${e.customer}${e.text}`}
              event={e}
              name={name(e.customer)}
              t={t}
              english={english}
              say={setSaid}
            />
          ))}
        </ol>
      </section>
    </aside>
  );
}

function Entry(props: {
  event: TrayEvent;
  name: string;
  t: HallWords;
  english: boolean;
  say: (text: string) => void;
}): JSX.Element {
  const { event: e, t, english } = props;
  const title = (english ? e.title_en : "") || e.title;
  const code = e.code ?? "";
  return (
    <li class={e.kind}>
      <p class="entry-top">
        <span>{e.kind === "sms" ? t.sms : t.ledger}</span>
        <b>{props.name}</b>
        <time>{new Date(e.at).toLocaleTimeString("zh-CN", { hour12: false, timeZone: BANK_ZONE })}</time>
      </p>
      <p>
        {title ? <strong>{title} </strong> : null}
        {(english ? e.text_en : "") || e.text}
      </p>
      {code ? (
        <button
          type="button"
          class="code"
          aria-label={t.copy(code)}
          onClick={() => {
            // Without https the clipboard may be withheld; the code stays readable.
            void navigator.clipboard?.writeText(code).then(
              () => props.say(t.copied),
              () => props.say(code),
            );
          }}
        >
          {code}
        </button>
      ) : null}
    </li>
  );
}
