import type { components } from "../api/types.gen";
import type { Message, Session, Signal, WireError } from "../api/wire";
import { VERSION } from "../api/wire";
import { createSession, type RtcSession } from "../rtc";

type Case = components["schemas"]["Case"];
type ToStaff = components["schemas"]["ToStaff"];

/** Mode is as what a supervisor is in a conversation. */
export type Mode = "read" | "listen" | "whisper" | "barge";

/** Look is what a supervisor sees and hears of one conversation. */
export interface Look {
  link: "connecting" | "open" | "closed";
  case: Case | null;
  messages: Message[];
  session: Session | null;
  mode: Mode;
  /** sound is both voices; picture what the customer shows. */
  sound: MediaStream | null;
  picture: MediaStream | null;
  /** mic is this supervisor's microphone. */
  mic: "off" | "on" | "refused";
  trouble: string;
}

const PING_EVERY = 15_000;

/**
 * LookLine is a supervisor's line into one conversation: a desk's socket that reads it
 * along, and a connection to its remote session once the supervisor listens. It is not
 * mended by itself: a cut ends the visit, which the page says.
 */
export class LookLine {
  private look: Look = {
    link: "connecting",
    case: null,
    messages: [],
    session: null,
    mode: "read",
    sound: null,
    picture: null,
    mic: "off",
    trouble: "",
  };
  private socket: WebSocket | null = null;
  private rtc: RtcSession | null = null;
  private rtcOf = "";
  private ping: ReturnType<typeof setInterval> | undefined;
  private over = false;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly conversation: string,
    private readonly reason: string,
    private readonly ticket: () => Promise<string>,
  ) {
    void this.open();
  }

  current = (): Look => this.look;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** enter changes as what the supervisor is there. */
  enter(mode: Mode): void {
    this.set({ trouble: "" });
    if (mode === "read" || mode === "listen") void this.microphone(false);
    this.send({ type: "visit", id: mode, conversation: this.conversation, mode });
  }

  /** close leaves the conversation and its session. */
  close(): void {
    this.over = true;
    clearInterval(this.ping);
    this.send({ type: "visit", id: "leave", conversation: this.conversation, mode: "leave" });
    this.rtc?.close();
    this.socket?.close(1000);
    this.listeners.clear();
  }

  private async open(): Promise<void> {
    try {
      const ticket = await this.ticket();
      if (this.over) return;
      const at = new URL("/api/v1/desk/socket", location.href);
      at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
      const socket = new WebSocket(at);
      this.socket = socket;
      socket.onopen = () => {
        this.send({ type: "hello", v: VERSION, ticket });
        this.send({
          type: "visit",
          id: "read",
          conversation: this.conversation,
          mode: "read",
          reason: this.reason,
        });
        this.ping = setInterval(() => this.send({ type: "ping" }), PING_EVERY);
      };
      socket.onmessage = ({ data }) => this.take(JSON.parse(String(data)) as ToStaff);
      socket.onclose = () => this.cut();
    } catch (error) {
      this.set({ link: "closed", trouble: error instanceof Error ? error.message : String(error) });
    }
  }

  private cut(): void {
    clearInterval(this.ping);
    this.rtc?.close();
    this.rtc = null;
    this.set({ link: "closed", mode: "read", sound: null, picture: null, mic: "off" });
  }

  private take(frame: ToStaff): void {
    if (frame.type === "accepted" && frame.id && frame.conversation === this.conversation)
      this.entered(frame.id);
    if (frame.type === "error") this.set({ trouble: (frame.error as WireError | undefined)?.message ?? "" });
    if (frame.type === "signal" && frame.session_id) this.signalled(frame.session_id, frame.signal as Signal);
    if (frame.conversation !== this.conversation) return;
    if (frame.type === "case" && frame.case) {
      const { messages } = frame.case;
      this.set({
        case: frame.case,
        session: frame.case.session ?? null,
        ...(messages.length > 0 ? { messages } : {}),
      });
    }
    if (frame.type === "message" && frame.message)
      this.set({ messages: [...this.look.messages, frame.message] });
    if (frame.type === "session" && frame.session) this.join(frame.session);
    if (frame.type === "released") this.cut();
  }

  private entered(id: string): void {
    if (id === "read") {
      this.rtc?.close();
      this.rtc = null;
      this.set({ link: "open", mode: "read", sound: null, picture: null });
    }
    if (id === "listen" || id === "whisper" || id === "barge") {
      this.set({ mode: id });
      if (id !== "listen") void this.microphone(true);
    }
  }

  private join(session: Session): void {
    this.set({ session });
    if (this.rtc && this.rtcOf === session.id) return;
    this.rtc?.close();
    this.rtcOf = session.id;
    this.rtc = createSession({
      role: "supervisor",
      send: (signal) => this.send({ type: "signal", session: session.id, signal }),
      onState: (view) => this.set({ session: { ...view.session, sharing: sharing(view.session.sharing) } }),
      onRemoteTrack: (kind, _peer, stream) =>
        this.set(kind === "mic" ? { sound: stream } : { picture: stream }),
      onEnd: () => {
        this.rtc = null;
        this.set({ mode: "read", sound: null, picture: null, mic: "off", session: null });
      },
    });
    this.rtc.join();
    if (this.look.mode === "whisper" || this.look.mode === "barge") void this.microphone(true);
  }

  private signalled(session: string, signal: Signal): void {
    if (session !== this.rtcOf) return;
    this.rtc?.receive(
      signal.body === undefined ? { kind: signal.kind } : { kind: signal.kind, body: signal.body },
    );
  }

  private async microphone(on: boolean): Promise<void> {
    const { rtc } = this;
    if (!rtc || (this.look.mic === "on") === on) return;
    try {
      await rtc.mic(on);
      this.set({ mic: on ? "on" : "off" });
    } catch {
      this.set({ mic: "refused" }); // by the person or the browser, or there is none
    }
  }

  private send(frame: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private set(change: Partial<Look>): void {
    this.look = { ...this.look, ...change };
    for (const listener of Array.from(this.listeners)) listener();
  }
}

function sharing(value: string | undefined): "screen" | "camera" | "none" {
  return value === "screen" || value === "camera" ? value : "none";
}
