import type {
  End,
  IceBody,
  Mark,
  OfferBody,
  Recording,
  Role,
  RtcSignal,
  SessionView,
  Share,
  SourceKind,
} from "./bodies";
import { parse } from "./bodies";
import { allowedTab, type Captured, captureTab, describe } from "./capture";
import type { Viewport } from "./geometry";

/** SessionConfig is what a page gives to take part in a session. */
export interface SessionConfig {
  role: Role;
  /** send passes a signal to the server; false when the socket is away just now. */
  send(signal: RtcSignal): boolean;
  /** relayOnly keeps this page's address from the other side and tests TURN. */
  relayOnly?: boolean;
  onState?(view: SessionView): void;
  /** onRemoteTrack gives a stream for each picture of another person, and for a voice one
   *  with the voices of all others. */
  onRemoteTrack?(kind: SourceKind, peer: string, stream: MediaStream): void;
  onMark?(mark: Mark): void;
  onUnmark?(id: string | undefined): void;
  onViewport?(view: Viewport): void;
  /** onShare tells what became of a share, on both sides. */
  onShare?(share: Share): void;
  /** onAsk tells the customer that the agent asks for a share. */
  onAsk?(what: "screen" | "camera"): void;
  /** onRecord tells who has agreed to a recording and whether there is one. */
  onRecord?(recording: Recording): void;
  onEnd?(end: End): void;
  /** onConnection follows the line of this page. */
  onConnection?(state: RTCPeerConnectionState): void;
  /** onReplaced says that another tab has taken this session over. */
  onReplaced?(): void;
}

const HERE_EVERY = 15_000;
const REJOIN_FIRST = 1_000;
const REJOIN_MAX = 8_000;
const ANSWER_WITHIN = 15_000;
const BITRATE: Record<SourceKind, number> = {
  mic: 48_000,
  cam: 1_200_000,
  screen: 2_500_000,
  doc: 2_500_000,
};

/** RtcSession is one page's part in a remote session. */
export class RtcSession {
  readonly client = Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) =>
    b.toString(16).padStart(2, "0"),
  ).join("");
  /** view is the newest viewport report: marks name it. */
  view = 0;
  private pc: RTCPeerConnection | null = null;
  private epoch = 0;
  private readonly tracks = new Map<SourceKind, MediaStreamTrack>();
  private readonly senders = new Map<SourceKind, RTCRtpSender>();
  private lines = new Map<string, { kind: SourceKind; peer: string }>();
  /** voices are the others' sound, by person: they are heard together. */
  private readonly voices = new Map<string, MediaStreamTrack>();
  private work: Promise<void> = Promise.resolve();
  private here: ReturnType<typeof setInterval> | undefined;
  private rejoin: ReturnType<typeof setTimeout> | undefined;
  private rejoinAfter = REJOIN_FIRST;
  private joined = false;
  private over = false;
  private shareWaits: ((share: Share) => void)[] = [];

  constructor(private readonly config: SessionConfig) {
    this.here = setInterval(() => this.say("state", { action: "here" }), HERE_EVERY);
  }

  /** receive takes one signal of this session from the socket. */
  receive(signal: RtcSignal): void {
    if (this.over) return;
    const { kind, body } = signal;
    switch (kind) {
      case "state":
        this.read(kind, body, (view) => this.took(view));
        break;
      case "ice":
        this.read(kind, body, (ice) => this.open(ice));
        break;
      case "offer":
        this.read(kind, body, (offer) => this.enqueue(() => this.answer(offer)));
        break;
      case "share":
        this.read(kind, body, (share) => this.shared(share));
        break;
      case "want":
        this.read(kind, body, (want) => want.ask && this.config.onAsk?.(want.ask));
        break;
      case "mark":
        this.read(kind, body, (mark) => this.config.onMark?.(mark));
        break;
      case "unmark":
        this.read(kind, body, (gone) => this.config.onUnmark?.(gone.id));
        break;
      case "viewport":
        this.read(kind, body, (view) => {
          this.view = view.n;
          this.config.onViewport?.(view);
        });
        break;
      case "end":
        this.read(kind, body, (end) => {
          this.close();
          this.config.onEnd?.(end);
        });
        break;
      case "record":
        this.read(kind, body, (recording) => this.config.onRecord?.(recording));
        break;
      case "answer":
      case "candidate":
        break; // only clients send these
    }
  }

  /** accept is the customer's word that begins the session. */
  accept(): boolean {
    return this.say("state", { action: "accept" });
  }

  decline(): boolean {
    return this.say("state", { action: "decline" });
  }

  /** join asks for a connection; it is called by itself when the session is live. */
  join(): void {
    this.joined = true;
    this.say("want", { join: true, client: this.client });
  }

  /** back is called when the socket has come back after an absence. */
  back(): void {
    this.say("state", { action: "here" });
    if (this.joined && this.pc?.connectionState !== "connected") this.join();
  }

  /** local is what this page sends of a kind; null when it does not. */
  local(kind: SourceKind): MediaStreamTrack | null {
    const track = this.tracks.get(kind);
    return track?.readyState === "live" ? track : null;
  }

  /** mic switches this page's microphone. */
  async mic(on: boolean): Promise<void> {
    await this.device("mic", on, { audio: { echoCancellation: true, noiseSuppression: true } });
  }

  /** cam switches the agent's camera; a customer's is shared by shareCamera. */
  async cam(on: boolean): Promise<void> {
    await this.device("cam", on, { video: { width: { ideal: 1280 }, height: { ideal: 720 } } });
  }

  private async device(kind: SourceKind, on: boolean, wish: MediaStreamConstraints): Promise<void> {
    if (on) {
      const stream = await navigator.mediaDevices.getUserMedia(wish);
      this.keep(kind, stream.getTracks()[0]);
    } else {
      this.drop(kind);
    }
    this.say("want", { kind, on });
  }

  /**
   * shareTab shows the bank's own tab after the customer has agreed. What is not a tab of
   * the bank is stopped here and refused by the server, and is never sent.
   */
  async shareTab(only?: Element): Promise<Share> {
    const captured = await captureTab(only);
    if (!allowedTab(captured)) captured.track.stop();
    const share = await this.ask({ kind: "screen", consent: true, ...this.words(captured) });
    if (!share.allowed || captured.track.readyState === "ended") {
      captured.track.stop();
      return share;
    }
    this.keep("screen", captured.track);
    captured.track.addEventListener("ended", () => this.stopShare());
    captured.track.addEventListener("capturehandlechange", () => {
      // The tab went to another page: nothing more of it leaves, whatever comes.
      if (!allowedTab(describe(captured.track))) this.stopShare();
    });
    return share;
  }

  /** shareCamera shows the customer's camera after the customer has agreed. */
  async shareCamera(): Promise<Share> {
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 1280 }, facingMode: "user" },
    });
    const share = await this.ask({ kind: "camera", consent: true });
    if (share.allowed) this.keep("cam", stream.getTracks()[0]);
    else for (const track of stream.getTracks()) track.stop();
    return share;
  }

  /** pause blanks the shared tab while a secret field has the focus. */
  pause(paused: boolean): void {
    const track = this.tracks.get("screen");
    if (!track) return;
    track.enabled = !paused;
    this.say("share", { kind: "screen", consent: true, paused, ...this.words(describe(track)) });
  }

  /** stopShare ends whatever the customer shows. */
  stopShare(): void {
    this.drop("screen");
    this.drop("cam");
    this.say("share", { kind: "none" });
  }

  /** askFor is the agent's request to see the screen or the camera. */
  askFor(what: "screen" | "camera"): boolean {
    return this.say("want", { ask: what });
  }

  mark(mark: Mark): boolean {
    return this.say("mark", mark);
  }

  unmark(id?: string): boolean {
    return this.say("unmark", id ? { id } : {});
  }

  /** record is this person's word on being recorded; false refuses or ends it. */
  record(consent: boolean): boolean {
    return this.say("record", { consent });
  }

  viewport(view: Viewport): boolean {
    return this.say("viewport", view);
  }

  /** restart searches a new way to the server, when the network has changed. */
  restart(): boolean {
    return this.say("want", { restart: true });
  }

  /** stats are the browser's own figures; null before the connection. */
  async stats(): Promise<RTCStatsReport | null> {
    return this.pc ? this.pc.getStats() : null;
  }

  /** end ends the session for everybody; the devices are off at once. */
  end(): boolean {
    const sent = this.say("end", undefined);
    this.close();
    return sent;
  }

  /** close takes this page out; the session goes on without it for a minute. */
  close(): void {
    this.over = true;
    clearInterval(this.here);
    clearTimeout(this.rejoin);
    for (const kind of [...this.tracks.keys()]) this.drop(kind);
    this.pc?.close();
    this.pc = null;
    for (const done of this.shareWaits.splice(0)) done({ kind: "none", allowed: false });
  }

  private read<K extends Parameters<typeof parse>[0]>(
    kind: K,
    body: string | undefined,
    take: (value: NonNullable<ReturnType<typeof parse<K>>>) => void,
  ): void {
    const value = parse(kind, body);
    if (value !== null) take(value as NonNullable<ReturnType<typeof parse<K>>>);
  }

  private say(kind: RtcSignal["kind"], body: object | undefined): boolean {
    if (this.over) return false;
    return this.config.send(body === undefined ? { kind } : { kind, body: JSON.stringify(body) });
  }

  private took(view: SessionView): void {
    const counts = view.clients?.[this.config.role];
    if (this.joined && counts && counts !== this.client) {
      this.close();
      this.config.onReplaced?.();
      return;
    }
    if (view.session.state === "live" && !this.joined) this.join();
    if (view.links?.[this.config.role] === "failed") this.joinLater();
    this.config.onState?.(view);
  }

  private joinLater(): void {
    if (this.rejoin !== undefined || this.over) return;
    this.rejoin = setTimeout(() => {
      this.rejoin = undefined;
      this.rejoinAfter = Math.min(this.rejoinAfter * 2, REJOIN_MAX);
      this.join();
    }, this.rejoinAfter);
  }

  private open(ice: IceBody): void {
    if (ice.client !== this.client) return;
    this.pc?.close();
    this.epoch = ice.epoch;
    this.senders.clear();
    this.lines.clear();
    this.voices.clear();
    const pc = new RTCPeerConnection({
      iceServers: ice.servers,
      bundlePolicy: "max-bundle",
      iceTransportPolicy: this.config.relayOnly ? "relay" : "all",
    });
    this.pc = pc;
    pc.onicecandidate = ({ candidate }) => {
      if (!candidate || this.pc !== pc) return;
      this.say("candidate", {
        client: this.client,
        epoch: ice.epoch,
        candidate: candidate.candidate,
        ...(candidate.sdpMid === null ? {} : { mid: candidate.sdpMid }),
        ...(candidate.sdpMLineIndex === null ? {} : { line: candidate.sdpMLineIndex }),
      });
    };
    pc.ontrack = ({ track, transceiver }) => {
      const line = this.lines.get(transceiver.mid ?? "");
      if (!line) return;
      if (line.kind !== "mic")
        return this.config.onRemoteTrack?.(line.kind, line.peer, new MediaStream([track]));
      this.voices.set(line.peer, track);
      this.config.onRemoteTrack?.("mic", line.peer, new MediaStream([...this.voices.values()]));
    };
    pc.onconnectionstatechange = () => {
      if (this.pc !== pc) return;
      if (pc.connectionState === "connected") this.rejoinAfter = REJOIN_FIRST;
      this.config.onConnection?.(pc.connectionState);
    };
    // A new connection starts with what was on; a screen needs the customer's word again.
    if (this.config.role === "customer") {
      this.drop("screen");
      this.drop("cam");
    }
    for (const kind of this.tracks.keys()) this.say("want", { kind, on: true });
  }

  private enqueue(step: () => Promise<void>): void {
    this.work = this.work.then(step).catch(() => this.joinLater());
  }

  private async answer(offer: OfferBody): Promise<void> {
    const pc = this.pc;
    if (!pc || offer.client !== this.client || offer.epoch !== this.epoch) return;
    for (const line of offer.lines)
      if (!line.publish) this.lines.set(line.mid, { kind: line.kind, peer: line.peer });
    await pc.setRemoteDescription({ type: "offer", sdp: offer.sdp });
    for (const line of offer.lines) {
      const transceiver = pc.getTransceivers().find((t) => t.mid === line.mid);
      if (!transceiver || !line.publish || this.senders.has(line.kind)) continue;
      transceiver.direction = "sendonly";
      this.senders.set(line.kind, transceiver.sender);
      await transceiver.sender.replaceTrack(this.tracks.get(line.kind) ?? null);
    }
    await pc.setLocalDescription(await pc.createAnswer());
    this.say("answer", {
      client: this.client,
      epoch: offer.epoch,
      n: offer.n,
      sdp: pc.localDescription?.sdp ?? "",
    });
    for (const line of offer.lines) if (line.publish) await this.bound(line.kind);
  }

  private async bound(kind: SourceKind): Promise<void> {
    const sender = this.senders.get(kind);
    const parameters = sender?.getParameters();
    const encoding = parameters?.encodings[0];
    if (!sender || !parameters || !encoding || encoding.maxBitrate === BITRATE[kind]) return;
    encoding.maxBitrate = BITRATE[kind];
    await sender.setParameters(parameters).catch(() => undefined); // a limit that is not taken is no reason to fail
  }

  private keep(kind: SourceKind, track: MediaStreamTrack | undefined): void {
    if (!track) return;
    this.drop(kind);
    this.tracks.set(kind, track);
    void this.senders.get(kind)?.replaceTrack(track);
  }

  private drop(kind: SourceKind): void {
    this.tracks.get(kind)?.stop();
    this.tracks.delete(kind);
    void this.senders.get(kind)?.replaceTrack(null);
  }

  private words(captured: Captured): { surface: string; handle: string; origin: string } {
    return { surface: captured.surface, handle: captured.handle, origin: captured.origin };
  }

  private ask(share: object): Promise<Share> {
    return new Promise((resolve) => {
      const timer = setTimeout(
        () =>
          done({
            kind: "none",
            allowed: false,
            reason: "没有回应，请再试一次 / no answer, please try again",
          }),
        ANSWER_WITHIN,
      );
      const done = (answer: Share): void => {
        clearTimeout(timer);
        this.shareWaits = this.shareWaits.filter((w) => w !== done);
        resolve(answer);
      };
      this.shareWaits.push(done);
      if (!this.say("share", share))
        done({ kind: "none", allowed: false, reason: "网络断开，请稍后再试 / offline, please try again" });
    });
  }

  private shared(share: Share): void {
    if (share.kind !== "none") for (const done of this.shareWaits.splice(0)) done(share);
    if (this.config.role === "customer" && !share.allowed)
      this.drop(share.kind === "camera" ? "cam" : "screen");
    this.config.onShare?.(share);
  }
}

/** createSession makes this page's part in a session. */
export function createSession(config: SessionConfig): RtcSession {
  return new RtcSession(config);
}
