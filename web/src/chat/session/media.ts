import type { Signal } from "../../api/wire";
import {
  createSession,
  type Mark,
  MarkOverlay,
  type Recording,
  type RtcSession,
  type SessionView,
  type Share,
} from "../../rtc";
import { Cover } from "./cover";
import { type Figures, figures, type Quality, qualityOf } from "./quality";

/** Refusal is why something did not work; text is the server's own sentence. */
export type Refusal = { why: "cancelled" | "device" | "interrupted" | "server" | "offline"; text: string };

/** MediaView is what the panel draws of the media. */
export interface MediaView {
  /** newest is the session as the last state signal told it. */
  newest: SessionView["session"] | null;
  line: "connecting" | "live" | "trouble" | "replaced";
  quality: Quality;
  mic: "off" | "starting" | "on" | "refused";
  share: "none" | "starting" | "screen" | "camera";
  /** paused is true while a secret field has the focus: nobody sees the picture. */
  paused: boolean;
  refusal: Refusal | null;
  /** record is who has agreed to a recording, and whether there is one. */
  record: Recording;
  /** asked is what the agent asks to see; empty once it was answered. */
  asked: "" | "screen" | "camera";
  voice: MediaStream | null;
  picture: MediaStream | null;
  /** own is the customer's camera, as the agent sees it. */
  own: MediaStream | null;
  /** marks are the agent's marks on the camera's picture; those on the page are drawn there. */
  marks: readonly Mark[];
}

/** MediaConfig is what a session's media need of the chat. */
export interface MediaConfig {
  send(signal: Signal): boolean;
  relayOnly: boolean;
  elder: boolean;
  sharing(on: boolean): void;
}

const LOOK_EVERY = 3_000;
const POINTER_FOR = 1_500;
const NOTHING: MediaView = {
  newest: null,
  line: "connecting",
  quality: "good",
  mic: "off",
  share: "none",
  paused: false,
  refusal: null,
  record: {},
  asked: "",
  voice: null,
  picture: null,
  own: null,
  marks: [],
};

/** SessionMedia is the customer's part in one session: connection, share, cover and marks. */
export class SessionMedia {
  private view = NOTHING;
  private readonly rtc: RtcSession;
  private readonly cover: Cover;
  private overlay: MarkOverlay | null = null;
  private frame: HTMLElement | null = null;
  private before: Figures | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor(private readonly config: MediaConfig) {
    this.rtc = createSession({
      role: "customer",
      relayOnly: config.relayOnly,
      send: (signal) => config.send(signal),
      onState: ({ session, clients }) => {
        this.set({ newest: session });
        // The server knows this page: it can share, though no packet flows before it does.
        if (clients?.customer === this.rtc.client && this.view.line === "connecting")
          this.set({ line: "live" });
        this.settle();
      },
      onRemoteTrack: (kind, _peer, stream) =>
        this.set(kind === "mic" ? { voice: stream } : { picture: stream }),
      onShare: (share) => {
        // While another share begins, this is only the answer to the end of the one before.
        if (share.kind === "none" && this.view.share !== "starting") this.stopped(null);
      },
      onAsk: (what) => this.set({ asked: what, refusal: null }),
      onRecord: (record) => this.set({ record }),
      onMark: (mark) => this.mark(mark),
      onUnmark: (id) => {
        this.overlay?.remove(id);
        this.set({ marks: id === undefined ? [] : this.view.marks.filter((m) => m.id !== id) });
      },
      onConnection: (state) => {
        if (state === "connected") this.set({ line: "live" });
        else if (state === "disconnected" || state === "failed") this.set({ line: "trouble" });
      },
      onReplaced: () => {
        this.stopped(null);
        this.set({ line: "replaced", mic: "off", voice: null, picture: null });
      },
      onEnd: () => this.stopped(null),
    });
    this.cover = new Cover((paused) => {
      this.rtc.pause(paused);
      this.set({ paused });
    });
    this.timer = setInterval(() => void this.measure(), LOOK_EVERY);
    document.addEventListener("visibilitychange", this.looked);
  }

  current = (): MediaView => this.view;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  receive(signal: Signal): void {
    this.rtc.receive(
      signal.body === undefined ? { kind: signal.kind } : { kind: signal.kind, body: signal.body },
    );
  }

  /** accept is the customer's yes; false when the socket is away. */
  accept(): boolean {
    return this.rtc.accept();
  }

  /** back says that the socket has come back, or that this page takes a session up again. */
  back(): void {
    this.rtc.back();
  }

  /** answerAsk clears the agent's request, whatever the customer decided. */
  answerAsk(): void {
    this.set({ asked: "", refusal: null });
  }

  async mic(on: boolean): Promise<void> {
    if (on) this.set({ mic: "starting", refusal: null });
    try {
      await this.rtc.mic(on);
      this.set({ mic: on ? "on" : "off" });
    } catch {
      this.set({ mic: "refused", refusal: { why: "device", text: "" } });
    }
  }

  /** shareScreen shows this tab; it must be called inside a click. */
  async shareScreen(): Promise<void> {
    if (this.view.share !== "none") this.stopShare();
    // Secrets are covered before the first frame, not after it.
    this.cover.on();
    this.config.sharing(true);
    this.overlay = new MarkOverlay({
      large: this.config.elder,
      report: (view) => {
        if (this.rtc.local("screen")) this.rtc.viewport(view);
      },
    });
    this.set({ share: "starting", refusal: null, asked: "" });
    await this.started(this.rtc.shareTab(), "screen");
    if (this.view.share !== "screen") return;
    this.frame = sharedFrame();
    this.cover.sends();
    this.overlay?.report();
  }

  /** shareCamera shows the customer's camera. */
  async shareCamera(): Promise<void> {
    if (this.view.share !== "none") this.stopShare();
    this.set({ share: "starting", refusal: null, asked: "" });
    await this.started(this.rtc.shareCamera(), "camera");
  }

  stopShare(): void {
    this.rtc.stopShare();
    this.stopped(null);
  }

  /** record is the customer's word on being recorded. */
  record(consent: boolean): void {
    this.rtc.record(consent);
  }

  end(): boolean {
    this.stopped(null);
    return this.rtc.end();
  }

  /** looked tells the agent that the page went to the background or came back; with a shared screen the overlay does. */
  private readonly looked = (): void => {
    if (this.overlay) return;
    const root = document.documentElement;
    this.rtc.viewport({
      n: 0,
      x: scrollX,
      y: scrollY,
      w: innerWidth,
      h: innerHeight,
      page_w: root.scrollWidth,
      page_h: root.scrollHeight,
      dpr: devicePixelRatio || 1,
      ...(document.hidden ? { hidden: true } : {}),
    });
  };

  close(): void {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.looked);
    this.listeners.clear();
    this.stopped(null);
    this.rtc.close();
  }

  private async started(asking: Promise<Share>, kind: "screen" | "camera"): Promise<void> {
    const source = kind === "screen" ? "screen" : "cam";
    try {
      const share = await asking;
      const track = this.rtc.local(source);
      if (!share.allowed || !track) {
        this.stopped({ why: share.reason ? "server" : "interrupted", text: share.reason ?? "" });
        return;
      }
      this.set({ share: kind, own: kind === "camera" ? new MediaStream([track]) : null });
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      const denied = name === "NotAllowedError" || name === "AbortError";
      this.stopped({ why: kind === "screen" && denied ? "cancelled" : "device", text: "" });
    }
  }

  /** settle notices a share that ended without our doing: the browser's own button, a new connection. */
  private settle(): void {
    const { share } = this.view;
    if (share === "screen" && !this.rtc.local("screen")) this.stopped(null);
    else if (share === "camera" && !this.rtc.local("cam")) this.stopped({ why: "interrupted", text: "" });
  }

  private stopped(refusal: Refusal | null): void {
    const was = this.overlay !== null;
    this.cover.off();
    this.overlay?.close();
    this.overlay = null;
    this.frame?.remove();
    this.frame = null;
    if (was) this.config.sharing(false);
    this.set({ share: "none", paused: false, own: null, marks: [], refusal: refusal ?? this.view.refusal });
  }

  private mark(mark: Mark): void {
    if (mark.source === "screen") {
      this.overlay?.add(mark);
      return;
    }
    this.set({ marks: [...this.view.marks.filter((m) => m.id !== mark.id), mark].slice(-50) });
    if (mark.shape !== "pointer") return;
    setTimeout(() => {
      // A pointer that moved since is another object.
      if (this.view.marks.includes(mark)) this.set({ marks: this.view.marks.filter((m) => m !== mark) });
    }, POINTER_FOR);
  }

  private async measure(): Promise<void> {
    this.settle();
    const report = await this.rtc.stats();
    if (!report) return;
    const now = figures(Array.from(report.values()));
    const quality = qualityOf(this.before, now);
    this.before = now;
    if (quality !== this.view.quality) this.set({ quality });
  }

  private set(change: Partial<MediaView>): void {
    this.view = { ...this.view, ...change };
    for (const listener of Array.from(this.listeners)) listener();
  }
}

/** sharedFrame rings the page while it is shared, so that nobody forgets it. */
function sharedFrame(): HTMLElement {
  const frame = document.createElement("div");
  frame.setAttribute("aria-hidden", "true");
  frame.dataset.pingdui = "shared";
  frame.style.cssText =
    "all:initial;position:fixed;top:0;right:0;bottom:0;left:0;border:3px solid #e2a33d;pointer-events:none;z-index:2147483645";
  document.documentElement.append(frame);
  return frame;
}
