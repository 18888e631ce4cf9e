import type { JSX } from "preact";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Api } from "../../api/rest";
import type { Signal } from "../../api/wire";
import type { ChatClient } from "../core/client";
import { deciding } from "../core/live";
import { lastSeq, moodOf } from "../core/state";
import { words } from "../i18n";
import { LazyPanel } from "../session/lazy-panel";
import type { SessionNow, SessionPanel } from "../session/panel";
import type { SpeechEngine } from "../speech/engine";
import type { StaffMode } from "../staff/link";
import { Aside } from "./aside";
import { Composer } from "./composer";
import type { Room } from "./context";
import { RoomProvider, useChatState } from "./context";
import { Header } from "./header";
import { Ideas } from "./ideas";
import { SourceDrawer } from "./source-drawer";
import { Banner, ElderBar, QueueStrip } from "./strips";
import { Transcript } from "./transcript";

/** ChatAppProps is what the chat stands on; whoever mounts it makes the client. */
export interface ChatAppProps {
  client: ChatClient;
  api: Api;
  speech: SpeechEngine;
  /** subject scopes what the browser keeps. */
  subject: string;
  /** wide pages also show who serves and how to stay safe. */
  page: boolean;
  demo: boolean;
  panel: SessionPanel | null;
  /** staff is set where the chat serves a colleague. */
  staff: StaffMode | null;
  relayOnly: boolean;
  /** sessionNow tells the page around the chat of a session; null when there is none. */
  sessionNow: ((now: SessionNow | null) => void) | null;
  /** sharing tells it before this tab's picture leaves, and when it has stopped. */
  sharing(on: boolean): void;
  signals: { subscribe(listener: (session: string, signal: Signal) => void): () => void };
  close: (() => void) | null;
  signIn: (() => void) | null;
}

/** ChatApp is the whole screen of a conversation. */
export function ChatApp(props: ChatAppProps): JSX.Element {
  const { client, api, speech, signals, staff } = props;
  const state = useChatState(client);
  const elder = state.edition === "elder";
  const t = words(state.locale);
  const [source, setSource] = useState("");
  const [said, setSaid] = useState("");
  const [listening, setListening] = useState(false);
  const [speaking, setSpeaking] = useState(false);
  const [aloud, setAloud] = useState<boolean | null>(null);
  const [hidden, setHidden] = useState(false);
  const readUpTo = useRef(-1);
  const decides = deciding(state.messages, state.server.speaker === "queue");

  // Elder customers hear answers unless they turn it off or can't hear; others when they turn it on.
  const quiet = state.messages.filter((m) => m.author === "bot").pop()?.quiet === true;
  const reads = (aloud ?? (elder && !quiet)) && speech.speaker !== null;
  const last = lastSeq(state);
  const speak = useCallback(
    (text: string) => {
      setSpeaking(true);
      speech.speaker?.speak(text, state.locale, elder, () => setSpeaking(false));
    },
    [speech, state.locale, elder],
  );
  useEffect(() => {
    // What was there when the page opened is not read out: only what comes.
    if (readUpTo.current < 0 || !reads) {
      if (state.caughtUp) readUpTo.current = last;
      return;
    }
    const fresh = state.messages.filter((m) => m.seq > readUpTo.current && m.author !== "customer");
    readUpTo.current = last;
    if (fresh.length > 0) speak(fresh.map((m) => m.text).join(" "));
  }, [last, reads, state.messages, state.caughtUp, speak]);
  useEffect(() => () => speech.speaker?.stop(), [speech]);
  useEffect(() => {
    if (quiet) speech.speaker?.stop();
  }, [quiet, speech]);
  useEffect(() => {
    if (said === "") return;
    const timer = setTimeout(() => setSaid(""), 4000);
    return () => clearTimeout(timer);
  }, [said]);

  function again(): void {
    const turn = state.messages.filter((m) => m.author !== "customer").pop()?.turn;
    const text = state.messages
      .filter((m) => m.turn === turn && m.author !== "customer")
      .map((m) => m.text)
      .join(" ");
    if (speech.speaker && !quiet && text !== "") speak(text);
    else client.say(t.again);
  }

  const room: Room = useMemo(
    () => ({
      client,
      api,
      speech,
      t,
      state,
      elder,
      announce: setSaid,
      openSource: setSource,
      signIn: props.signIn,
      staff,
    }),
    [client, api, speech, t, state, elder, props.signIn, staff],
  );
  useEffect(() => {
    // The conversation follows the language of the page around it.
    if (staff && state.caughtUp && state.locale !== staff.locale) client.settings(staff.locale, "standard");
  }, [staff, state.caughtUp, state.locale, client]);
  const session = state.server.session;
  const Panel = props.panel ?? LazyPanel;
  const agentName = state.server.agent?.name ?? "";
  const send = useCallback(
    (signal: Signal) => (session ? client.signal(session.id, signal) : false),
    [client, session],
  );
  const subscribe = useCallback(
    (listener: (signal: Signal) => void) =>
      signals.subscribe((id, signal) => {
        if (id === session?.id) listener(signal);
      }),
    [signals, session?.id],
  );
  const { sessionNow } = props;
  const sharing = session?.sharing ?? "none";
  const sessionState = session?.state;
  const sessionId = session?.id ?? "";
  useEffect(() => {
    sessionNow?.(
      sessionState === "offered" || sessionState === "live"
        ? {
            id: sessionId,
            state: sessionState,
            agent: agentName,
            locale: state.locale,
            sharing,
            end: () => void client.signal(sessionId, { kind: "end" }),
          }
        : null,
    );
  }, [sessionNow, sessionState, sessionId, agentName, sharing, state.locale, client]);
  useEffect(() => {
    if (sessionId !== "") setHidden(false);
  }, [sessionId]);

  return (
    <RoomProvider value={room}>
      <div
        class={`chat${elder ? " elder" : ""}${decides ? " deciding" : ""}${props.page && !staff ? " page" : ""}${staff ? " staff" : ""}`}
        lang={state.locale === "en" ? "en" : "zh-CN"}
      >
        {props.page && !staff ? <Aside /> : null}
        <main class="main">
          {props.demo ? <p class="demo">{t.demo}</p> : null}
          {staff ? <p class="demo internal">{t.staff.ribbon}</p> : null}
          <Header
            mood={moodOf(state, listening, speaking)}
            aloud={reads}
            toggleAloud={() => {
              if (reads) speech.speaker?.stop();
              setAloud(!reads);
              setSaid(reads ? t.aloudOff : t.aloudOn);
            }}
            close={props.close}
          />
          <Banner />
          {staff ? null : <QueueStrip />}
          {session && sessionState !== "ended" ? (
            <Panel
              key={session.id}
              session={session}
              agent={state.server.agent ?? null}
              locale={state.locale}
              elder={elder}
              connected={state.link === "live"}
              relayOnly={props.relayOnly}
              send={send}
              subscribe={subscribe}
              sharing={props.sharing}
              minimised={hidden}
              minimise={setHidden}
            />
          ) : null}
          <Transcript />
          {staff ? <Ideas /> : null}
          {elder ? <ElderBar again={again} /> : null}
          <Composer draftKey={`pingdui.typed.${props.subject}`} setListening={setListening} />
          {source ? <SourceDrawer passage={source} close={() => setSource("")} /> : null}
          <p class={`toast${said ? " on" : ""}`} role="status">
            {said}
          </p>
        </main>
      </div>
    </RoomProvider>
  );
}
