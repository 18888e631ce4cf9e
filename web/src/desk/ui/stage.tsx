import type { ReactElement } from "react";
import { useEffect, useRef, useState } from "react";
import { type Device, type LiveSession, type SessionView, TOOLS, type Tool } from "../session/port";
import { useRoom } from "./context";

/** Stage is the customer's picture with the marking tools below it. */
export function Stage(props: { live: LiveSession; view: SessionView; offered: boolean }): ReactElement {
  const { t } = useRoom();
  const { live, view, offered } = props;
  const [tool, setTool] = useState<Tool>("pointer");
  const [asked, setAsked] = useState<"screen" | "camera" | "">("");
  const video = useRef<HTMLVideoElement>(null);
  const sound = useRef<HTMLAudioElement>(null);
  const { video: picture, sound: voice, source } = view;

  useEffect(() => {
    show(video.current, picture);
    if (picture) setAsked("");
  }, [picture]);
  useEffect(() => show(sound.current, voice), [voice]);
  useEffect(() => {
    if (!picture || !video.current) return;
    return live.pad(video.current, tool);
  }, [live, picture, source, tool]);

  const waiting = offered ? t.sessionCodeHint : asked === "" ? t.sharingWait : t.askedFor[asked];
  return (
    <>
      <div className={`dk-stage${picture ? " on" : ""}`}>
        <video ref={video} autoPlay playsInline muted aria-label={t.session} />
        {/* biome-ignore lint/a11y/useMediaCaption: live speech; captions come with transcription */}
        <audio ref={sound} autoPlay />
        {picture ? null : <p className="dk-stage-wait">{lineWords(view, t, waiting)}</p>}
        {view.paused ? <p className="dk-stage-hidden">{t.secure}</p> : null}
        {view.away ? (
          <p className="dk-stage-note" role="status">
            {t.customerAway}
          </p>
        ) : null}
        {view.line === "trouble" ? <p className="dk-stage-note">{t.mediaTrouble}</p> : null}
      </div>
      {view.refused ? (
        <p className="dk-alert" role="alert">
          {view.refused}
        </p>
      ) : null}
      <div className="dk-tools" role="toolbar" aria-label={t.toolsLabel}>
        {picture ? (
          <>
            {TOOLS.map((one) => (
              <button type="button" key={one} aria-pressed={tool === one} onClick={() => setTool(one)}>
                <ToolIcon tool={one} />
                {t.tools[one]}
              </button>
            ))}
            <button type="button" onClick={() => live.clear()}>
              {t.clear}
            </button>
          </>
        ) : (
          (["screen", "camera"] as const).map((what) => (
            <button
              type="button"
              key={what}
              disabled={offered || view.line === "none"}
              onClick={() => {
                if (live.ask(what)) setAsked(what);
              }}
            >
              {t.askFor[what]}
            </button>
          ))
        )}
        <span className="dk-grow" />
        <button
          type="button"
          aria-pressed={view.record.on ?? false}
          disabled={offered || view.line === "none" || (view.record.given?.agent && !view.record.on)}
          onClick={() => live.record(!view.record.on)}
        >
          {view.record.on ? t.recordStop : view.record.given?.agent ? t.recordAsked : t.recordAsk}
        </button>
        <DeviceButton
          state={view.mic}
          off={offered}
          words={[t.micOn, t.micOff]}
          press={(on) => void live.mic(on)}
        />
        <DeviceButton
          state={view.cam}
          off={offered}
          words={[t.camOn, t.camOff]}
          press={(on) => void live.cam(on)}
        />
      </div>
      {view.record.reason ? (
        <p className="dk-alert" role="alert">
          {view.record.reason}
        </p>
      ) : null}
      {view.mic === "refused" || view.cam === "refused" ? (
        <p className="dk-alert" role="alert">
          {t.deviceRefused}
        </p>
      ) : null}
    </>
  );
}

function lineWords(view: SessionView, t: ReturnType<typeof useRoom>["t"], waiting: string): string {
  if (view.line === "none") return t.mediaNone;
  return view.line === "replaced" ? t.mediaReplaced : waiting;
}

function DeviceButton(props: {
  state: Device;
  off: boolean;
  words: readonly [string, string];
  press(on: boolean): void;
}): ReactElement {
  const on = props.state === "on";
  return (
    <button
      type="button"
      aria-pressed={on}
      disabled={props.off || props.state === "starting"}
      onClick={() => props.press(!on)}
    >
      {on ? props.words[1] : props.words[0]}
    </button>
  );
}

function show(el: HTMLMediaElement | null, stream: MediaStream | null): void {
  if (!el) return;
  el.srcObject = stream;
  // A browser that wants a click first plays at the next one; the agent has clicked already.
  if (stream) el.play().catch(() => undefined);
}

const PATHS: Record<Tool, string> = {
  pointer: "M5 3l6 16 2.200-6.500L20 10z",
  box: "M4 6h16v12H4z",
  stroke: "M4 17c4-9 6 3 9-4s4-5 7-6",
  tap: "M12 3v9m0 0l-4-4m4 4l4-4M5 17a7 4 0 0 0 14 0",
};

function ToolIcon(props: { tool: Tool }): ReactElement {
  return (
    <svg
      viewBox="0 0 24 24"
      width="16"
      height="16"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden="true"
    >
      <path d={PATHS[props.tool]} strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}
