import type { Signal } from "../../api/wire";
import { createSession, MarkPad, type RtcSession } from "../../rtc";
import type { LiveSession, SessionPort, SessionView, Tool } from "./port";

/** MARK is the colour of the agent's marks: seen on light and on dark pages. */
const MARK = "#d9480f";

const NOTHING: SessionView = {
  video: null,
  source: "screen",
  sound: null,
  mic: "off",
  cam: "off",
  line: "connecting",
  paused: false,
  away: false,
  newest: null,
  record: {},
  refused: "",
};

/** mediaSessions opens sessions over WebRTC; a browser without it can still see the code and end a session. */
export function mediaSessions(host: { RTCPeerConnection?: unknown }): SessionPort {
  return {
    open: (config) =>
      new MediaSession(config.send, typeof host.RTCPeerConnection === "function" ? "connecting" : "none"),
  };
}

class MediaSession implements LiveSession {
  private view: SessionView;
  private readonly rtc: RtcSession | null;
  private readonly listeners = new Set<() => void>();

  constructor(send: (signal: Signal) => boolean, line: "connecting" | "none") {
    this.view = { ...NOTHING, line };
    this.rtc =
      line === "none"
        ? null
        : createSession({
            role: "agent",
            send: (signal) => send(signal),
            onState: ({ session, paused }) =>
              this.set({
                paused: paused ?? false,
                newest: {
                  state: session.state,
                  present: session.present,
                  sharing: sharingOf(session.sharing),
                  visitor: session.visitor,
                },
                ...(sharingOf(session.sharing) === "none" ? { video: null } : {}),
              }),
            onRemoteTrack: (kind, _peer, stream) => {
              if (kind === "mic") this.set({ sound: stream });
              else this.set({ video: stream, source: kind === "cam" ? "cam" : "screen", refused: "" });
            },
            onShare: (share) => {
              if (share.kind === "none") this.set({ video: null, paused: false, refused: "" });
              else
                this.set({
                  paused: share.paused ?? false,
                  refused: share.allowed ? "" : (share.reason ?? ""),
                });
            },
            onRecord: (record) => this.set({ record }),
            onViewport: (view) => {
              const away = view.hidden ?? false;
              if (away !== this.view.away) this.set({ away });
            },
            onConnection: (state) => {
              if (state === "connected") this.set({ line: "live" });
              else if (state === "disconnected" || state === "failed") this.set({ line: "trouble" });
            },
            onReplaced: () => this.set({ line: "replaced", video: null, sound: null }),
            onEnd: () => this.set({ video: null, sound: null }),
          });
    // The server answers with how the session stands: it may have begun before this page.
    this.rtc?.back();
  }

  current = (): SessionView => this.view;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  receive(signal: Signal): void {
    this.rtc?.receive(
      signal.body === undefined ? { kind: signal.kind } : { kind: signal.kind, body: signal.body },
    );
  }

  back(): void {
    this.rtc?.back();
  }

  pad(video: HTMLVideoElement, tool: Tool): () => void {
    const { rtc } = this;
    if (!rtc) return () => undefined;
    const pad = new MarkPad(video, {
      source: this.view.source,
      view: () => rtc.view,
      onMark: (mark) => rtc.mark(mark),
      color: MARK,
    });
    pad.tool = tool;
    return () => pad.close();
  }

  clear(): void {
    this.rtc?.unmark();
  }

  ask(what: "screen" | "camera"): boolean {
    return this.rtc?.askFor(what) ?? false;
  }

  record(consent: boolean): void {
    this.rtc?.record(consent);
  }

  mic(on: boolean): Promise<void> {
    return this.device("mic", on);
  }

  cam(on: boolean): Promise<void> {
    return this.device("cam", on);
  }

  close(): void {
    this.listeners.clear();
    this.rtc?.close();
  }

  private async device(kind: "mic" | "cam", on: boolean): Promise<void> {
    if (!this.rtc) return;
    const set = (state: SessionView["mic"]): void =>
      this.set(kind === "mic" ? { mic: state } : { cam: state });
    if (on) set("starting");
    try {
      await this.rtc[kind](on);
      set(on ? "on" : "off");
    } catch {
      // Refused by the person or the browser, or no such device: the panel says what to do.
      set("refused");
    }
  }

  private set(change: Partial<SessionView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of Array.from(this.listeners)) listener();
  }
}

function sharingOf(value: string | undefined): "screen" | "camera" | "none" {
  return value === "screen" || value === "camera" ? value : "none";
}
