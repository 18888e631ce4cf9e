import { Refusal } from "../../api/rest";
import type { Signal } from "../../api/wire";
import { VERSION } from "../../api/wire";
import { waitBefore } from "../../chat/core/backoff";
import type { SocketLike, Timers } from "../../chat/core/client";
import type { WrapUp } from "./passing";
import type { DeskState, Event } from "./state";
import { type Asked, initialState, passes, reduce } from "./state";
import {
  type FromStaff,
  type Outcome,
  type Presence,
  parseStaffFrame,
  type Review,
  type ReviewItem,
  type ToStaff,
} from "./wire";

/** DeskConfig is what a DeskClient stands on. Times are in milliseconds. */
export interface DeskConfig {
  open(): SocketLike;
  /** ticket asks for a single-use ticket; renew is true when the last one was refused. */
  ticket(renew: boolean): Promise<string>;
  timers: Timers;
  random(): number;
  newId(): string;
  /** pingEvery (15 s) keeps the line alive; silence of pingEvery + quiet is a dead socket. */
  pingEvery?: number;
  quiet?: number;
  /** settleAfter (4 s) is how long after welcome the server may take to give our conversations back. */
  settleAfter?: number;
}

/** Close codes that say more than "come again": see docs/protocol.md. */
const UNAUTHORIZED = 4001;
const VERSION_REFUSED = 4003;

/** DeskClient keeps one desk in step with the server over sockets that come and go. */
export class DeskClient {
  private state = initialState();
  private socket: SocketLike | null = null;
  private stopped = false;
  private attempt = 0;
  private refusals = 0;
  private epoch = 0;
  private cancelRetry: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  private cancelQuiet: (() => void) | null = null;
  private cancelSettle: (() => void) | null = null;
  private readonly listeners = new Set<() => void>();
  private readonly signals = new Set<(session: string, signal: Signal) => void>();

  constructor(private readonly config: DeskConfig) {}

  /** current is the state to draw. */
  current = (): DeskState => this.state;

  /** subscribe calls back after every change; the result unsubscribes. */
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** onSignal hears the signals of remote sessions; the result unsubscribes. */
  onSignal(listener: (session: string, signal: Signal) => void): () => void {
    this.signals.add(listener);
    return () => this.signals.delete(listener);
  }

  start(): void {
    void this.connect();
  }

  /** stop ends everything; nothing is called back afterwards. */
  stop(): void {
    this.stopped = true;
    this.epoch++;
    this.cancelRetry?.();
    this.cancelSettle?.();
    this.detach(1000);
    this.listeners.clear();
    this.signals.clear();
  }

  /** wake tries at once: the network is back, the page is visible again, or somebody asked. */
  wake(): void {
    if (this.stopped || this.socket) return;
    if (this.state.link === "refused") this.apply({ type: "link", link: "connecting" });
    this.attempt = 0;
    this.refusals = 0;
    this.cancelRetry?.();
    void this.connect();
  }

  /** lost is told by the browser: no network. The socket may not know it for minutes. */
  lost(): void {
    if (!this.stopped && this.state.link !== "refused") this.cut();
  }

  /** presence asks for ready, busy or away; the reason is for colleagues and the supervisor. */
  presence(presence: Presence, reason: string): void {
    this.apply({ type: "want", presence, reason });
    this.write({ type: "presence", presence, ...(reason === "" ? {} : { text: reason }) });
  }

  /** accept takes the customer who rings. */
  accept(handoff: string): void {
    this.answer(handoff, "accept");
  }

  /** decline lets the next colleague take the customer. */
  decline(handoff: string): void {
    this.answer(handoff, "decline");
  }

  /** say queues a text of the agent; it goes out as soon as the line stands. */
  say(conversation: string, text: string): string {
    const id = this.config.newId();
    const at = this.config.timers.now().toISOString();
    this.apply({
      type: "say",
      conversation,
      pending: { id, text, at, delivery: "queued", reason: "" },
    });
    this.flush();
    return id;
  }

  /** retry sends a refused message again with the same id; abandon forgets it. */
  retry(id: string): void {
    this.apply({ type: "retry", id });
    this.flush();
  }

  abandon(id: string): void {
    this.apply({ type: "abandon", id });
  }

  draft(conversation: string, text: string): void {
    this.apply({ type: "draft", conversation, text });
  }

  /** reveal asks for what stands behind the masks, with a reason that is written down. */
  reveal(conversation: string, reason: string): boolean {
    const sent = this.write({ type: "reveal", conversation, id: this.config.newId(), reason });
    if (sent) this.apply({ type: "ask", conversation, asked: "reveal" });
    return sent;
  }

  /** conceal forgets it again. */
  conceal(conversation: string): void {
    this.apply({ type: "conceal", conversation });
  }

  /** insert puts a text behind what stands in the reply box already. */
  insert(conversation: string, text: string): void {
    const before = this.state.conversations.find((c) => c.id === conversation)?.draft.trimEnd() ?? "";
    this.draft(conversation, before === "" ? text : `${before}\n${text}`);
  }

  /** tell shows a sentence for a while. */
  tell(text: string, kind: "info" | "error"): void {
    this.apply({ type: "notice", kind, text });
  }

  select(conversation: string): void {
    if (this.state.selected !== conversation) this.apply({ type: "select", conversation });
  }

  /** handBack gives the conversation back to the digital employee; the note stays in the record. */
  handBack(conversation: string, note: string): boolean {
    const sent = this.write({ type: "handback", conversation, id: this.config.newId(), text: note });
    if (sent) this.apply({ type: "ask", conversation, asked: "handback", note });
    return sent;
  }

  /** summarise asks what the conversation was about, from its record; it may come late or never. */
  summarise(conversation: string): void {
    const id = this.config.newId();
    if (this.write({ type: "summary", conversation, id })) {
      this.apply({ type: "sum_up", conversation, id });
    }
  }

  /** askColleagues asks who is on duty and which queues there are. */
  askColleagues(): void {
    const id = this.config.newId();
    if (this.write({ type: "colleagues", id })) this.apply({ type: "ask_colleagues", id });
  }

  /** transfer passes the customer on; who takes them reads the note. */
  transfer(conversation: string, to: { to_agent: string } | { to_queue: string }, note: string): boolean {
    const id = this.config.newId();
    return this.asks({ type: "transfer", conversation, id, text: note, ...to }, "transfer", "");
  }

  /** invite asks a colleague to join; the customer hears of it when they come. */
  invite(conversation: string, agent: string): boolean {
    const id = this.config.newId();
    return this.asks({ type: "invite", conversation, id, to_agent: agent }, "invite", id);
  }

  /** leaveCase takes this agent out of a conversation of two; who stays owns it. */
  leaveCase(conversation: string): boolean {
    return this.asks({ type: "leave", conversation, id: this.config.newId() }, "leave", "");
  }

  /** hold asks the customer to hold on, or ends that. */
  hold(conversation: string, on: boolean): boolean {
    const id = this.config.newId();
    return this.asks({ type: on ? "hold" : "resume", conversation, id }, "hold", id);
  }

  /** writeUp changes what is written about the conversation handed back last. */
  writeUp(change: Partial<Pick<WrapUp, "note" | "codes">>): void {
    this.apply({ type: "write_up", change });
  }

  /** wrapUp sends it, which ends the wrap-up at once. */
  wrapUp(): boolean {
    const { wrapUp } = this.state;
    if (!wrapUp || wrapUp.sending || wrapUp.codes.length === 0) return false;
    const { handoff, codes, note } = wrapUp;
    const sent = this.write({
      type: "wrapup",
      handoff,
      id: this.config.newId(),
      codes,
      ...(note.trim() === "" ? {} : { text: note.trim() }),
    });
    if (sent) this.apply({ type: "write_up", change: { sending: true } });
    return sent;
  }

  /** look opens a conversation read-only: supervisors only, and audited. */
  look(conversation: string): void {
    if (this.state.conversations.some((c) => c.id === conversation)) this.select(conversation);
    else this.write({ type: "open", conversation });
  }

  /** closeLook ends a supervisor's look here; the server ends it with the socket or with newer looks. */
  closeLook(conversation: string): void {
    this.apply({ type: "close_look", conversation });
  }

  /** edit fills one field of the customer's form; the customer sees who did. */
  edit(conversation: string, slot: string, value: string): boolean {
    return this.write({ type: "edit", conversation, id: this.config.newId(), slot, value });
  }

  /** startSession offers the customer a remote session. */
  startSession(conversation: string): boolean {
    const sent = this.write({ type: "session", conversation, id: this.config.newId() });
    if (sent) this.apply({ type: "ask", conversation, asked: "session" });
    return sent;
  }

  /** takeReview takes a review off the board; its conversation opens to be read. */
  takeReview(review: string): boolean {
    return this.write({ type: "review_take", review, id: this.config.newId() });
  }

  /** leaveReview puts it back. */
  leaveReview(review: Review): boolean {
    return this.write({ type: "review_leave", id: this.config.newId(), ...about(review) });
  }

  /** tick marks one item of a check list. */
  tick(review: Review, item: string, state: ReviewItem["state"], note: string): boolean {
    return this.write({
      type: "review_item",
      id: this.config.newId(),
      ...about(review),
      item,
      state,
      text: note,
    });
  }

  /** show puts an item's words before the customer; an empty item takes them away. */
  show(review: Review, item: string): boolean {
    return this.write({ type: "review_show", id: this.config.newId(), ...about(review), item });
  }

  /** decide gives the verdict. */
  decide(review: Review, outcome: Outcome, reason: string): boolean {
    const sent = this.write({
      type: "review_end",
      id: this.config.newId(),
      ...about(review),
      outcome,
      reason,
    });
    if (sent) this.apply({ type: "ask", conversation: review.conversation, asked: "review" });
    return sent;
  }

  endSession(session: string): boolean {
    return this.write({ type: "end_session", session });
  }

  /** signal passes a frame of a remote session; it is never kept. */
  signal(session: string, signal: Signal): boolean {
    return this.state.link === "live" && this.write({ type: "signal", session, signal });
  }

  seenNotice(key: number): void {
    this.apply({ type: "seen_notice", key });
  }

  /** asks writes a frame about a conversation and notes what is waited for. */
  private asks(frame: FromStaff & { conversation: string }, asked: Asked, id: string): boolean {
    const sent = this.write(frame);
    if (sent) this.apply({ type: "ask", conversation: frame.conversation, asked, id });
    return sent;
  }

  private answer(handoff: string, how: "accept" | "decline"): void {
    if (this.state.answering[handoff]) return;
    if (this.write({ type: how, handoff })) this.apply({ type: "answer", handoff, how });
  }

  private async connect(): Promise<void> {
    const epoch = ++this.epoch;
    this.cancelRetry?.();
    this.cancelRetry = null;
    let ticket: string;
    try {
      ticket = await this.config.ticket(this.refusals > 0);
    } catch (error) {
      if (this.stopped || epoch !== this.epoch) return;
      const status = error instanceof Refusal ? error.status : 0;
      if (status >= 400 && status < 500 && status !== 429 && (status !== 401 || this.refusals++ > 0)) {
        this.apply({
          type: "link",
          link: "refused",
          refusal: error instanceof Error ? error.message : String(error),
        });
      } else this.again();
      return;
    }
    if (this.stopped || epoch !== this.epoch) return;
    const socket = this.config.open();
    this.socket = socket;
    this.watch();
    socket.onopen = () => {
      if (socket === this.socket) this.write({ type: "hello", v: VERSION, ticket });
    };
    socket.onmessage = (event) => {
      if (socket === this.socket && typeof event.data === "string") this.receive(event.data);
    };
    socket.onclose = (event) => {
      if (socket !== this.socket) return;
      this.detach(null);
      const unauthorized = event.code === UNAUTHORIZED && ++this.refusals > 1;
      if (unauthorized || event.code === VERSION_REFUSED) {
        this.apply({ type: "link", link: "refused", refusal: event.reason });
      } else this.again();
    };
  }

  private receive(text: string): void {
    this.watch();
    let frame: ToStaff | null;
    try {
      frame = parseStaffFrame(text);
    } catch {
      this.cut();
      return;
    }
    if (frame === null) return;
    this.apply({ type: "frame", frame });
    switch (frame.type) {
      case "welcome":
        this.welcomed(frame);
        break;
      case "taken":
        this.flush();
        break;
      case "reviews":
        // What this desk had taken before a cut opens again.
        for (const r of frame.reviews ?? []) {
          if (r.mine && !this.state.conversations.some((c) => c.id === r.conversation)) this.takeReview(r.id);
        }
        break;
      case "signal":
        for (const listener of Array.from(this.signals)) listener(frame.session_id, frame.signal);
        break;
      case "error":
        if (frame.id && passes(frame.error)) {
          this.config.timers.after((frame.error.retry_after ?? 2) * 1000, () => this.flush());
        }
        break;
      default:
    }
  }

  private welcomed(frame: Extract<ToStaff, { type: "welcome" }>): void {
    this.attempt = 0;
    this.refusals = 0;
    const { wanted } = this.state;
    // To say a presence would end a wrap-up, which the cut did not.
    const standing = frame.presence === "wrapup" || wanted?.presence === frame.presence;
    if (wanted && !standing) this.presence(wanted.presence, wanted.reason);
    // A supervisor's looks are not given back by themselves.
    for (const c of this.state.conversations) {
      if (!c.own) this.write({ type: "open", conversation: c.id });
    }
    this.cancelSettle?.();
    this.cancelSettle = this.config.timers.after(this.config.settleAfter ?? 4_000, () => {
      if (this.state.link === "live") this.apply({ type: "settled" });
    });
  }

  /** flush writes what is queued, in order, in conversations that are surely ours. */
  private flush(): void {
    if (this.state.link !== "live") return;
    for (const c of this.state.conversations) {
      if (c.stale) continue;
      for (const p of c.pending) {
        if (p.delivery !== "queued") continue;
        if (!this.write({ type: "send", conversation: c.id, id: p.id, text: p.text })) return;
        this.apply({ type: "written", id: p.id });
      }
    }
  }

  private cut(): void {
    this.detach(4000);
    this.again();
  }

  private again(): void {
    if (this.stopped) return;
    this.cancelSettle?.();
    this.apply({ type: "link", link: this.state.welcomed || this.attempt > 1 ? "offline" : "connecting" });
    this.cancelRetry?.();
    this.cancelRetry = this.config.timers.after(
      waitBefore(this.attempt++, this.config.random),
      () => void this.connect(),
    );
  }

  /** watch restarts the two clocks: when to ping, and when silence means a dead socket. */
  private watch(): void {
    const every = this.config.pingEvery ?? 15_000;
    this.cancelPing?.();
    this.cancelQuiet?.();
    this.cancelPing = this.config.timers.after(every, () => this.write({ type: "ping" }));
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

  private write(frame: FromStaff): boolean {
    if (!this.socket) return false;
    try {
      this.socket.send(JSON.stringify(frame));
      return true;
    } catch {
      return false;
    }
  }

  private apply(event: Event): void {
    const step = reduce(this.state, event);
    this.state = step.state;
    for (const conversation of step.reopen) this.write({ type: "open", conversation });
    for (const listener of Array.from(this.listeners)) listener();
  }
}

function about(review: Review): { review: string; conversation: string } {
  return { review: review.id, conversation: review.conversation };
}
