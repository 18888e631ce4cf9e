import type { Edition, FromCustomer, Locale, Signal, ToCustomer } from "../../api/wire";
import { VERSION } from "../../api/wire";
import { waitBefore } from "./backoff";
import { parseFrame } from "./frames";
import type { Outbox, OutgoingFrame } from "./outbox";
import type { ChatState, Event } from "./state";
import { initialState, lastSeq, reduce } from "./state";

/** SocketLike is the part of a WebSocket the client uses. */
export interface SocketLike {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
}

/** Timers is the clock of the client. */
export interface Timers {
  now(): Date;
  after(ms: number, run: () => void): () => void;
}

/** ClientConfig is what a ChatClient stands on. Times are in milliseconds. */
export interface ClientConfig {
  open(): SocketLike;
  /** ticket asks for a single-use ticket; it rejects with a final error or a passing one. */
  ticket(): Promise<string>;
  /** final tells an error of ticket() after which trying again makes no sense. */
  final(error: unknown): string | null;
  outbox: Outbox;
  device: string;
  /** chosen are the settings this device chose itself; the server's hold where null. */
  chosen: { locale: Locale | null; edition: Edition | null };
  timers: Timers;
  random(): number;
  newId(): string;
  /** pingEvery (15 s) keeps proxies from cutting; silence of pingEvery + quiet is a dead socket. */
  pingEvery?: number;
  quiet?: number;
  /** chose is told what the customer chose here, so that this device remembers it. */
  chose?(locale: Locale, edition: Edition): void;
  onSignal?(session: string, signal: Signal): void;
}

/**
 * Closes that coming back won't mend: a frame the server can't read, and a protocol it
 * doesn't speak. After all others the client gets a new ticket, reconnects and resumes.
 */
const FINAL_CLOSE: ReadonlySet<number> = new Set([4000, 4003]);
/** RESUME is what the client closes a socket with that it doesn't trust any more. */
const RESUME = 4100;

/** ChatClient keeps one conversation in step with the server over sockets that come and go. */
export class ChatClient {
  private state: ChatState;
  private socket: SocketLike | null = null;
  private stopped = false;
  private attempt = 0;
  private cancelRetry: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  private cancelQuiet: (() => void) | null = null;
  private readonly listeners = new Set<() => void>();
  private seenSent = 0;
  private epoch = 0;
  private chosen: ClientConfig["chosen"];

  constructor(private readonly config: ClientConfig) {
    this.chosen = config.chosen;
    this.state = initialState(config.chosen.locale ?? "zh", config.chosen.edition ?? "standard");
    for (const item of config.outbox.load()) this.apply({ type: "queued", item });
  }

  /** current is the state to draw. */
  current(): ChatState {
    return this.state;
  }

  /** subscribe calls back after every change; the result unsubscribes. */
  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** start opens the first socket. */
  start(): void {
    void this.connect();
  }

  /** stop ends everything; nothing is called back afterwards. */
  stop(): void {
    this.stopped = true;
    this.epoch++;
    this.cancelRetry?.();
    this.detach(1000);
    this.listeners.clear();
  }

  /** wake tries at once: the network is back, or the page is visible again. */
  wake(): void {
    if (this.stopped || this.socket || this.state.link === "refused") return;
    this.attempt = 0;
    this.cancelRetry?.();
    void this.connect();
  }

  /** reopen tries again after a final refusal: the customer asked for it. */
  reopen(): void {
    if (this.stopped || this.state.link !== "refused") return;
    this.apply({ type: "link", link: "connecting" });
    this.attempt = 0;
    void this.connect();
  }

  /** lost is told by the browser: no network. The socket may not know it for minutes. */
  lost(): void {
    if (this.stopped || this.state.link === "refused") return;
    this.detach(RESUME);
    this.again();
  }

  /** say queues a text. */
  say(text: string): string {
    const id = this.config.newId();
    return this.submit({ type: "send", id, text, seen: lastSeq(this.state) }, text);
  }

  /** tap queues a tap; label is what the customer saw on the button. */
  tap(action: string, label: string): string {
    return this.submit({ type: "tap", id: this.config.newId(), action }, label);
  }

  /** edit queues one field of a form. */
  edit(slot: string, value: string): string {
    return this.submit({ type: "edit", id: this.config.newId(), slot, value }, "");
  }

  /** changeEmployee asks for another digital employee; no slot is lost by it. */
  changeEmployee(employee: string): string {
    return this.submit({ type: "employee", id: this.config.newId(), employee }, "");
  }

  /** mute switches a kind of opening need off. */
  mute(need: string): string {
    return this.submit({ type: "mute", id: this.config.newId(), need }, "");
  }

  /** settings changes language and edition at once here and durably there. */
  settings(locale: Locale, edition: Edition): void {
    this.chosen = { locale, edition };
    this.config.chose?.(locale, edition);
    this.apply({ type: "settings", locale, edition });
    this.submit({ type: "settings", id: this.config.newId(), locale, edition }, "");
  }

  /** retry sends a refused or lost input again with the same id. */
  retry(id: string): void {
    this.apply({ type: "retry", id });
    const item = this.state.pending.find((p) => p.frame.id === id);
    if (item) this.config.outbox.put(strip(item));
    this.flush();
  }

  /** abandon forgets an input that could not be sent. */
  abandon(id: string): void {
    this.apply({ type: "abandon", id });
  }

  /** older adds a page of history before what is held. */
  older(messages: ChatState["messages"]): void {
    this.apply({ type: "older", messages });
  }

  /** seen tells the server the highest seq that was on the screen. */
  seen(seq: number): void {
    if (seq <= this.seenSent || this.state.link !== "live") return;
    this.seenSent = seq;
    this.write({ type: "seen", seq });
  }

  /** signal passes a frame of a remote session; it is never kept. */
  signal(session: string, signal: Signal): boolean {
    return this.state.link === "live" && this.write({ type: "signal", session, signal });
  }

  private submit(frame: OutgoingFrame, label: string): string {
    const item = {
      frame,
      label,
      at: this.config.timers.now().toISOString(),
      conversation: this.state.conversation,
    };
    this.config.outbox.put(item);
    this.apply({ type: "queued", item });
    this.flush();
    return frame.id;
  }

  private async connect(): Promise<void> {
    const epoch = ++this.epoch;
    this.cancelRetry?.();
    this.cancelRetry = null;
    let ticket: string;
    try {
      ticket = await this.config.ticket();
    } catch (error) {
      if (this.stopped || epoch !== this.epoch) return;
      const final = this.config.final(error);
      if (final !== null) this.apply({ type: "link", link: "refused", refusal: final });
      else this.again();
      return;
    }
    if (this.stopped || epoch !== this.epoch) return;
    const socket = this.config.open();
    this.socket = socket;
    this.watch();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      const { locale, edition } = this.chosen;
      this.write({
        type: "hello",
        v: VERSION,
        ticket,
        last_seq: lastSeq(this.state),
        device: this.config.device,
        ...(this.state.conversation === "" ? {} : { conversation: this.state.conversation }),
        ...(locale === null ? {} : { locale }),
        ...(edition === null ? {} : { edition }),
      });
    };
    socket.onmessage = (event) => {
      if (socket === this.socket && typeof event.data === "string") this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      this.detach(null);
      if (FINAL_CLOSE.has(event.code)) {
        this.apply({ type: "link", link: "refused", refusal: event.reason });
      } else {
        this.again();
      }
    };
  }

  private receive(text: string): void {
    this.watch();
    let frame: ToCustomer | null;
    try {
      frame = parseFrame(text);
    } catch {
      this.cut();
      return;
    }
    if (frame === null) return;
    if (frame.type === "signal") this.config.onSignal?.(frame.session, frame.signal);
    const gap = this.apply({ type: "frame", frame });
    if (gap) {
      this.cut();
      return;
    }
    if (frame.type === "welcome") {
      this.attempt = 0;
      this.seenSent = 0;
      this.flush();
    }
    if (
      frame.type === "error" &&
      frame.id &&
      (frame.error.code === "busy" || frame.error.code === "unavailable")
    ) {
      this.config.timers.after((frame.error.retry_after ?? 2) * 1000, () => this.flush());
    }
  }

  /** cut drops a socket that can't be trusted any more and resumes from what is held. */
  private cut(): void {
    this.detach(RESUME);
    this.again();
  }

  private again(): void {
    if (this.stopped) return;
    this.apply({
      type: "link",
      link: this.attempt === 0 && !this.state.conversation ? "connecting" : "offline",
    });
    const wait = waitBefore(this.attempt++, this.config.random);
    this.cancelRetry?.();
    this.cancelRetry = this.config.timers.after(wait, () => void this.connect());
  }

  /** watch restarts the two clocks: when to ping, and when silence means a dead socket. */
  private watch(): void {
    const every = this.config.pingEvery ?? 15_000;
    this.cancelPing?.();
    this.cancelQuiet?.();
    this.cancelPing = this.config.timers.after(every, () => {
      if (this.state.link === "live") this.write({ type: "ping" });
    });
    this.cancelQuiet = this.config.timers.after(every + (this.config.quiet ?? 8_000), () => this.cut());
  }

  private detach(code: number | null): void {
    const socket = this.socket;
    this.socket = null;
    this.cancelPing?.();
    this.cancelQuiet?.();
    this.cancelPing = null;
    this.cancelQuiet = null;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    if (code !== null) socket.close(code);
  }

  /** flush writes what is queued, in the order it was made. */
  private flush(): void {
    if (this.state.link !== "live") return;
    for (const item of this.state.pending.filter((p) => p.delivery === "queued")) {
      if (!this.write(item.frame)) return;
      this.apply({ type: "written", id: item.frame.id });
    }
  }

  private write(frame: FromCustomer): boolean {
    if (!this.socket) return false;
    try {
      this.socket.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }

  private apply(event: Event): boolean {
    const step = reduce(this.state, event);
    this.state = step.state;
    for (const id of step.settled) this.config.outbox.drop(id);
    for (const listener of Array.from(this.listeners)) listener();
    return step.gap;
  }
}

function strip(item: ChatState["pending"][number]) {
  return { frame: item.frame, label: item.label, at: item.at, conversation: item.conversation };
}
