import type { JSX } from "preact";
import { words } from "../i18n";
import type { SessionPanelProps } from "./panel";

/**
 * PlainPanel shows who is there and ends the session. It stands where the page has no
 * media room, so that the one button that ends everything is always there.
 */
export function PlainPanel(props: SessionPanelProps): JSX.Element {
  const t = words(props.locale);
  const { session, agent } = props;
  return (
    <section class="session" aria-label={t.sessionTitle}>
      <header>
        <strong>{t.sessionTitle}</strong>
        {agent ? (
          <span>
            {agent.name} · {t.agentNumber(agent.number)}
          </span>
        ) : null}
      </header>
      <p class="session-code">
        {t.sessionCode} <b>{session.code}</b>
      </p>
      <p>{t.sharing[session.sharing ?? "none"]}</p>
      <p>{t.sessionPresent(session.present.join("、"))}</p>
      <p class="session-warn">{t.sessionWarn}</p>
      <footer>
        <button type="button" class="btn" onClick={props.minimise}>
          {t.minimise}
        </button>
        <button type="button" class="btn danger" onClick={() => props.send({ kind: "end" })}>
          {t.sessionEnd}
        </button>
      </footer>
    </section>
  );
}
