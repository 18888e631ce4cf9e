import { Button } from "antd";
import type { ReactElement } from "react";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { Session } from "../../api/wire";
import type { LiveSession, Shown } from "../session/port";
import { useDesk, useRoom } from "./context";
import { Stage } from "./stage";

/** SessionPanel is the remote session: the code, who is there, the customer's picture and the marks on it. */
export function SessionPanel(props: { session: Session }): ReactElement {
  const { client, port, t } = useRoom();
  const { session } = props;
  const { link } = useDesk();
  const [live, setLive] = useState<LiveSession | null>(null);

  useEffect(() => {
    const opened = port.open({ session: session.id, send: (signal) => client.signal(session.id, signal) });
    const off = client.onSignal((id, signal) => {
      if (id === session.id) opened.receive(signal);
    });
    setLive(opened);
    return () => {
      off();
      opened.close();
      setLive(null);
    };
  }, [client, port, session.id]);
  useEffect(() => {
    if (link === "live") live?.back();
  }, [link, live]);

  return (
    <section className="dk-session" aria-label={t.session}>
      {live ? <Live live={live} session={session} /> : <Facts session={session} />}
    </section>
  );
}

function Live(props: { live: LiveSession; session: Session }): ReactElement {
  const { t } = useRoom();
  const { live } = props;
  const view = useSyncExternalStore(live.subscribe, live.current);
  const session: Shown = { ...props.session, ...view.newest };
  const offered = session.state === "offered";
  return (
    <>
      <Facts session={session} />
      <Stage live={live} view={view} offered={offered} />
      <p className="dk-session-safe">{t.sessionSafe}</p>
    </>
  );
}

function Facts(props: { session: Shown }): ReactElement {
  const { t, client } = useRoom();
  const { session } = props;
  const sharing = session.sharing ?? "none";
  return (
    <header>
      <div className="dk-code">
        <span>{t.sessionCode}</span>
        <b>{session.code}</b>
      </div>
      <div className="dk-session-facts">
        <em className={`dk-tag ${session.state === "live" ? "good" : "gold"}`}>
          {t.sessionStates[session.state]}
        </em>
        <span>{t.sharing[sharing] ?? sharing}</span>
        <span>
          {t.present}：{session.present.length > 0 ? session.present.join("、") : t.nobody}
          {session.visitor ? ` · ${t.visitor[session.visitor.mode]}` : ""}
        </span>
      </div>
      <Button danger type="primary" onClick={() => client.endSession(session.id)}>
        {t.endSession}
      </Button>
    </header>
  );
}
