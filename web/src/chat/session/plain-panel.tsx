import type { JSX } from "preact";
import { words } from "../i18n";
import type { SessionPanelProps } from "./panel";
import { Script } from "./script";

/**
 * PlainPanel shows who is there and ends the session. It stands where the page has no
 * media room, so that the one button that ends everything is always there.
 */
export function PlainPanel(props: SessionPanelProps): JSX.Element {
  const t = words(props.locale);
  const { session, agent } = props;
  return (
    <section class="rs-live" aria-label={t.sessionTitle}>
      <header>
        <span class="rs-dot" aria-hidden="true" />
        <p class="rs-state" role="status">
          <b>
            {agent ? `${agent.name} · ${t.agentNumber(agent.number)} · ` : ""}
            {t.sharing[session.sharing ?? "none"]}
          </b>
          <span>
            {t.sessionCode} {session.code}　{t.sessionWarn}
          </span>
        </p>
        <button type="button" class="btn small rs-end" onClick={() => props.send({ kind: "end" })}>
          {t.sessionEnd}
        </button>
      </header>
      <Script session={session} locale={props.locale} elder={props.elder} send={props.send} />
    </section>
  );
}
