import { Button } from "antd";
import type { ReactElement } from "react";
import { owns } from "../core/passing";
import type { Conversation } from "../core/state";
import { minutes, timingOf } from "../core/timing";
import { ReviewPanel } from "../review/panel";
import { Pictures } from "../review/pictures";
import { Composer } from "./composer";
import { useDesk, useRoom } from "./context";
import { HandBack } from "./hand-back";
import { Passage, PassedNote, PassMenu } from "./passing";
import { SessionPanel } from "./session-panel";
import { Transcript } from "./transcript";
import { useNow } from "./use";

/** Talk is the middle of the desk: the chosen conversation with all that is done in it. */
export function Talk(props: { compact: boolean; toCustomer: (() => void) | null }): ReactElement {
  const { t, client } = useRoom();
  const state = useDesk();
  const c = state.conversations.find((one) => one.id === state.selected);
  if (!c) {
    return (
      <main className="dk-talk">
        <div className="dk-nothing">
          <svg viewBox="0 0 120 90" width="132" height="99" aria-hidden="true">
            <rect x="8" y="12" width="64" height="46" rx="12" fill="#dcebef" />
            <rect x="48" y="32" width="64" height="46" rx="12" fill="#fff" stroke="#0c5a70" strokeWidth="3" />
            <path d="M62 50h36M62 60h22" stroke="#e2a33d" strokeWidth="4" strokeLinecap="round" />
          </svg>
          <h2>{state.conversations.length > 0 ? t.noTalk : t.waitingFor}</h2>
          <p>{t.noTalkHint}</p>
        </div>
      </main>
    );
  }
  const { session } = c.file;
  const { customer } = c.file;
  return (
    <main className="dk-talk">
      <div className="dk-talk-head">
        <div>
          <b>{customer.name || t.customer}</b>
          <TalkClock conversation={c} />
        </div>
        <span className="dk-grow" />
        {props.toCustomer ? (
          <Button className="dk-to-customer" onClick={props.toCustomer}>
            {t.tabs.customer}
          </Button>
        ) : null}
        {c.own ? (
          <>
            {session ? null : (
              <Button
                type="primary"
                ghost
                loading={c.asked === "session"}
                disabled={c.stale || state.link !== "live"}
                onClick={() => client.startSession(c.id)}
              >
                {c.asked === "session" ? t.startSessionBusy : t.startSession}
              </Button>
            )}
            {owns(c.file, state.staff?.id ?? "") ? <HandBack conversation={c} key={c.id} /> : null}
            <PassMenu conversation={c} key={`pass-${c.id}`} />
          </>
        ) : (
          <Button onClick={() => client.closeLook(c.id)}>{t.closeLook}</Button>
        )}
      </div>
      {props.compact ? <Strip conversation={c} /> : null}
      {props.compact ? <PassedNote conversation={c} /> : null}
      <Passage conversation={c} />
      {c.stale ? (
        <p className="dk-stale" role="status">
          {t.stale}
        </p>
      ) : null}
      {props.compact && c.file.review ? (
        <ReviewPanel conversation={c} review={c.file.review} key={c.file.review.id} />
      ) : null}
      {props.compact ? <Pictures conversation={c} key={`pictures-${c.id}`} /> : null}
      {session && c.own ? <SessionPanel session={session} key={session.id} /> : null}
      <Transcript conversation={c} />
      {c.own ? (
        <Composer conversation={c} compact={props.compact} />
      ) : (
        <p className="dk-readonly">{t.readOnly}</p>
      )}
    </main>
  );
}

function TalkClock(props: { conversation: Conversation }): ReactElement | null {
  const { t } = useRoom();
  const clock = timingOf(props.conversation, useNow());
  if (!props.conversation.own) return null;
  return (
    <span className={`dk-timing ${clock.tone}`}>
      {t.timing[clock.kind]} {minutes(clock.seconds)}
    </span>
  );
}

/** Strip keeps reason and step in sight where there is no room for the right column. */
function Strip(props: { conversation: Conversation }): ReactElement {
  const { t } = useRoom();
  const { file } = props.conversation;
  const step = [file.flow_title || file.flow, file.step_title || file.step].filter(Boolean).join(" · ");
  return (
    <p className="dk-strip">
      <span>{file.reason || t.noReason}</span>
      {step ? <b>{step}</b> : null}
    </p>
  );
}
