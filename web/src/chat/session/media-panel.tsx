import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { PersonFace } from "../../design/avatar";
import { canShareScreen } from "../../rtc";
import { type MediaView, SessionMedia } from "./media";
import type { SessionPanelProps } from "./panel";
import { OwnPicture, Picture, Voice } from "./pictures";
import { Script } from "./script";
import { inLanguage, type SessionWords, sessionWords } from "./words";

/**
 * MediaPanel is the customer's side of a remote session. Offered, it lies over the chat and
 * asks; live, it stands above the transcript so that the business goes on below it.
 */
export function MediaPanel(props: SessionPanelProps): JSX.Element | null {
  const { session, send, subscribe, connected } = props;
  const t = sessionWords(props.locale);
  const [media, setMedia] = useState<SessionMedia | null>(null);
  const [failed, setFailed] = useState(false);
  const newest = useRef(props);
  newest.current = props;

  // A session belongs to the page it was accepted on; after a reload that page takes it up again.
  useEffect(() => {
    if (session.state === "live" && isOurs(session.id) && capable()) {
      const opened = open();
      opened.back();
      setMedia(opened);
    }
    // Only what stood when the panel came: later changes come by way of accept.
  }, [session.id]);
  useEffect(() => {
    if (!media) return;
    const off = subscribe((signal) => media.receive(signal));
    return () => {
      off();
      media.close();
    };
  }, [media, subscribe]);
  useEffect(() => {
    if (connected) media?.back();
  }, [connected, media]);

  function open(): SessionMedia {
    return new SessionMedia({
      send: (signal) => newest.current.send(signal),
      relayOnly: props.relayOnly,
      elder: props.elder,
      sharing: (on) => newest.current.sharing(on),
    });
  }
  function accept(): void {
    if (!capable()) {
      setFailed(!send({ kind: "state", body: JSON.stringify({ action: "accept" }) }));
      return;
    }
    const opened = media ?? open();
    setMedia(opened);
    setFailed(!opened.accept());
    ours(session.id);
  }

  if (session.state === "ended") return null;
  if (session.state === "offered") {
    return (
      <Offer
        {...props}
        t={t}
        failed={failed}
        waiting={media !== null && !failed}
        accept={accept}
        decline={() => setFailed(!send({ kind: "state", body: JSON.stringify({ action: "decline" }) }))}
      />
    );
  }
  return (
    <Live
      {...props}
      t={t}
      media={media}
      takeOver={() => {
        media?.close();
        const opened = open();
        opened.back();
        setMedia(opened);
        ours(session.id);
      }}
    />
  );
}

/** Offer asks: who it is, the 口令 to compare, and yes or no. */
function Offer(
  props: SessionPanelProps & {
    t: SessionWords;
    failed: boolean;
    waiting: boolean;
    accept(): void;
    decline(): void;
  },
): JSX.Element {
  const { t, session, agent } = props;
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div class="rs-back">
      <section class="rs-offer" role="dialog" aria-modal="true" aria-label={t.title} tabIndex={-1} ref={box}>
        {agent ? (
          <p class="rs-who">
            <PersonFace
              id={agent.number}
              name={agent.name}
              hue={agent.hue ?? "#a05a2c"}
              size={props.elder ? 76 : 64}
            />
            <span>
              <b>{t.invites(agent.name)}</b>
              <span>{t.number(agent.number)}</span>
              {agent.certificate ? <span>{t.certificate(agent.certificate)}</span> : null}
            </span>
          </p>
        ) : (
          <h2>{t.title}</h2>
        )}
        <p class="rs-code">
          <span>{t.code}</span>
          <b>{session.code}</b>
          <span>{t.codeHint}</span>
        </p>
        <p class="rs-hint">{t.invitesHint}</p>
        <p class="rs-safe">{t.safe}</p>
        {props.failed ? (
          <p class="trouble" role="alert">
            {t.offline}
          </p>
        ) : null}
        <div class="rs-yes-no">
          <button type="button" class="btn" disabled={props.waiting} onClick={props.decline}>
            {t.decline}
          </button>
          <button type="button" class="btn primary" disabled={props.waiting} onClick={props.accept}>
            {props.waiting ? t.accepting : t.accept}
          </button>
        </div>
      </section>
    </div>
  );
}

/** Live is the session that goes on: who is there, what is shown, and the button that ends it. */
function Live(
  props: SessionPanelProps & { t: SessionWords; media: SessionMedia | null; takeOver(): void },
): JSX.Element {
  const { t, session, agent, media } = props;
  const view = useMedia(media);
  const [consent, setConsent] = useState<"" | "screen" | "camera">("");
  const [offline, setOffline] = useState(false);
  const asking = view?.asked || consent;
  const present = view?.newest?.present ?? session.present;
  const visitor = view?.newest ? view.newest.visitor : session.visitor;
  const share = view?.share ?? "none";
  const end = (): void => setOffline(!(media ? media.end() : props.send({ kind: "end" })));
  const state = view ? t.sharing[share] : t.sharing[session.sharing ?? "none"];

  return (
    <section class={`rs-live${props.minimised ? " folded" : ""}`} aria-label={t.title}>
      <header>
        <span class={`rs-dot ${share === "none" ? "" : "on"}`} aria-hidden="true" />
        <p class="rs-state" role="status">
          <b>
            {agent ? `${agent.name} · ` : ""}
            {view?.paused ? t.paused : state}
          </b>
          {props.minimised ? null : (
            <span>
              {t.code} {session.code} · {t.present(present.join(props.locale === "en" ? ", " : "、"))}
              {visitor ? ` · ${t.visitor[visitor.mode]}` : ""}
            </span>
          )}
        </p>
        <button type="button" class="btn small" onClick={() => props.minimise(!props.minimised)}>
          {props.minimised ? t.unfold : t.fold}
        </button>
        <button type="button" class="btn small rs-end" onClick={end}>
          {t.end}
        </button>
      </header>
      {view?.voice ? <Voice stream={view.voice} /> : null}
      {props.minimised ? null : (
        <div class="rs-body">
          <Script session={session} locale={props.locale} elder={props.elder} send={props.send} />
          {media && view ? <Recorded t={t} media={media} view={view} locale={props.locale} /> : null}
          <Notes t={t} view={view} locale={props.locale} offline={offline} />
          {view?.picture || view?.own ? (
            <div class="rs-pictures">
              {view.picture ? (
                <Picture stream={view.picture} label={t.agentVideo(agent?.name ?? "")} />
              ) : null}
              {view.own ? (
                <OwnPicture stream={view.own} marks={view.marks} label={t.ownVideo} large={props.elder} />
              ) : null}
            </div>
          ) : null}
          {media === null || view?.line === "replaced" ? (
            capable() ? (
              <p class="rs-elsewhere">
                {t.elsewhere}
                <button type="button" class="btn small" onClick={props.takeOver}>
                  {t.here}
                </button>
              </p>
            ) : (
              <p class="rs-note">{t.noMedia}</p>
            )
          ) : asking ? (
            <Consent
              t={t}
              what={asking}
              asked={view?.asked === asking}
              yes={() => {
                setConsent("");
                void (asking === "screen" ? media.shareScreen() : media.shareCamera());
              }}
              no={() => {
                setConsent("");
                media.answerAsk();
              }}
            />
          ) : (
            <Buttons t={t} media={media} view={view} choose={setConsent} />
          )}
          <p class="rs-safe">{t.safe}</p>
        </div>
      )}
    </section>
  );
}

function Notes(props: {
  t: SessionWords;
  view: MediaView | null;
  locale: SessionPanelProps["locale"];
  offline: boolean;
}): JSX.Element | null {
  const { t, view } = props;
  const refusal = view?.refusal;
  const line = view && view.line !== "live" && view.line !== "replaced" ? t.line[view.line] : "";
  const note = line || (view ? t.quality[view.quality] : "");
  return (
    <>
      {note ? (
        <p class="rs-note" role="status">
          {note}
        </p>
      ) : null}
      {refusal || props.offline ? (
        <p class="rs-note bad" role="alert">
          {refusal ? t.refused[refusal.why] : t.offline}
          {refusal?.text ? `：${inLanguage(refusal.text, props.locale)}` : ""}
        </p>
      ) : null}
    </>
  );
}

function Buttons(props: {
  t: SessionWords;
  media: SessionMedia;
  view: MediaView | null;
  choose(what: "screen" | "camera"): void;
}): JSX.Element {
  const { t, media, view } = props;
  const share = view?.share ?? "none";
  const mic = view?.mic ?? "off";
  // Before the line stands there is nothing to share over.
  const early = view?.line === "connecting";
  const screen = canShareScreen() && !phone();
  return (
    <div class="rs-buttons">
      {share === "none" ? (
        <>
          {screen ? (
            <button type="button" class="btn primary" disabled={early} onClick={() => props.choose("screen")}>
              {t.shareScreen}
            </button>
          ) : null}
          <button
            type="button"
            class={`btn${screen ? "" : " primary"}`}
            disabled={early}
            onClick={() => props.choose("camera")}
          >
            {t.shareCamera}
          </button>
        </>
      ) : (
        <button type="button" class="btn primary" onClick={() => media.stopShare()}>
          {t.stop}
        </button>
      )}
      <button
        type="button"
        class="btn"
        aria-pressed={mic === "on"}
        disabled={mic === "starting"}
        onClick={() => void media.mic(mic !== "on")}
      >
        {mic === "on" ? t.micOff : t.micOn}
      </button>
    </div>
  );
}

/** Consent says what the agent will see before anything is shown. */
function Consent(props: {
  t: SessionWords;
  what: "screen" | "camera";
  asked: boolean;
  yes(): void;
  no(): void;
}): JSX.Element {
  const words = props.t.consent;
  return (
    <section class="rs-consent" aria-label={words[props.what]}>
      <b>{props.asked ? words.asked[props.what] : words[props.what]}</b>
      <ul>
        {(props.what === "screen" ? words.screenList : words.cameraList).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <div class="rs-yes-no">
        <button type="button" class="btn" onClick={props.no}>
          {words.no}
        </button>
        <button type="button" class="btn primary" onClick={props.yes}>
          {words.yes}
        </button>
      </div>
    </section>
  );
}

/** Recorded asks for the consent to be recorded, and shows the recording as long as it goes on. */
function Recorded(props: {
  t: SessionWords;
  media: SessionMedia;
  view: MediaView;
  locale: SessionPanelProps["locale"];
}): JSX.Element | null {
  const { media } = props;
  const { given, on, reason } = props.view.record;
  const words = props.t.record;
  if (on) {
    return (
      <p class="rs-note" role="status">
        <span aria-hidden="true">● </span>
        {words.on}
        <button type="button" class="btn small" onClick={() => media.record(false)}>
          {words.stop}
        </button>
      </p>
    );
  }
  if (given?.agent && !given.customer) {
    return (
      <section class="rs-consent" aria-label={words.asked}>
        <b>{words.asked}</b>
        <ul>
          {words.list.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
        <div class="rs-yes-no">
          <button type="button" class="btn" onClick={() => media.record(false)}>
            {words.no}
          </button>
          <button type="button" class="btn primary" onClick={() => media.record(true)}>
            {words.yes}
          </button>
        </div>
      </section>
    );
  }
  return reason ? (
    <p class="rs-note bad" role="alert">
      {inLanguage(reason, props.locale)}
    </p>
  ) : null;
}

/** useMedia draws again after every change of a session's media. */
function useMedia(media: SessionMedia | null): MediaView | null {
  const [view, setView] = useState<MediaView | null>(media?.current() ?? null);
  useEffect(() => {
    setView(media?.current() ?? null);
    return media?.subscribe(() => setView(media.current()));
  }, [media]);
  return view;
}

function capable(): boolean {
  return typeof RTCPeerConnection === "function" && navigator.mediaDevices !== undefined;
}

function phone(): boolean {
  return /Android|iPhone|iPad|Mobile|HarmonyOS/i.test(navigator.userAgent);
}

const KEY = "pingdui.session";

function ours(id: string): void {
  try {
    sessionStorage.setItem(KEY, id);
  } catch {
    // Without storage a reload asks once more.
  }
}

function isOurs(id: string): boolean {
  try {
    return sessionStorage.getItem(KEY) === id;
  } catch {
    return false;
  }
}
