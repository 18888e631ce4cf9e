import { type Clock, follow, headAt, moveTo, run, speed, stopped } from "../core/clock";

/** FOLLOW_EVERY is how often sounds and pictures are put right while it plays. */
const FOLLOW_EVERY = 150;
/** WAIT_MOST is how long the play head waits for one that does not come. */
const WAIT_MOST = 4000;

interface Follower {
  first: number;
  last: number;
  /** waited is since when it has not been ready; 0 while it is. */
  waited: number;
}

/** Seen is what the page draws. */
export interface Seen {
  head: number;
  playing: boolean;
  rate: number;
  waiting: boolean;
}

/**
 * Transport moves one play head and keeps every sound and picture with it. The head's own
 * clock leads: no file is the master, because any of them may begin late or be missing.
 */
export class Transport {
  private clock: Clock;
  private seen: Seen;
  private readonly followers = new Map<HTMLMediaElement, Follower>();
  private readonly listeners = new Set<() => void>();
  private frame = 0;
  private followed = 0;
  private waiting = false;
  private sound: { context: AudioContext; merger: ChannelMergerNode } | null = null;
  private readonly gains = new Map<HTMLMediaElement, { node: GainNode | null; volume: number }>();

  constructor(length: number) {
    this.clock = stopped(length);
    this.seen = { head: 0, playing: false, rate: 1, waiting: false };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): Seen => this.seen;

  /** add takes an element that has something from first to last; the result lets go of it. */
  add(element: HTMLMediaElement, first: number, last: number, side: 0 | 1 | null): () => void {
    this.followers.set(element, { first, last, waited: 0 });
    if (side !== null) {
      this.gains.set(element, { node: null, volume: 1 });
      element.dataset.side = String(side);
      if (this.sound) this.wire(element);
    }
    const ready = (): void => this.followNow();
    element.addEventListener("loadedmetadata", ready);
    return () => {
      element.removeEventListener("loadedmetadata", ready);
      element.pause();
      this.followers.delete(element);
      this.gains.delete(element);
    };
  }

  /** volume sets how loud one person is, 0 to 1. */
  volume(element: HTMLMediaElement, to: number): void {
    const gain = this.gains.get(element);
    if (!gain) return;
    gain.volume = to;
    if (gain.node) gain.node.gain.value = to;
    else element.volume = to;
  }

  play(): void {
    if (!this.sound && this.gains.size > 0 && typeof AudioContext !== "undefined") {
      const context = new AudioContext();
      const merger = context.createChannelMerger(2);
      merger.connect(context.destination);
      this.sound = { context, merger };
      for (const element of this.gains.keys()) this.wire(element);
    }
    void this.sound?.context.resume();
    this.change(run(this.clock, true, performance.now()));
  }

  pause(): void {
    this.change(run(this.clock, false, performance.now()));
  }

  toggle(): void {
    if (this.clock.playing) this.pause();
    else this.play();
  }

  seek(ms: number): void {
    for (const f of this.followers.values()) f.waited = 0;
    this.change(moveTo(this.clock, ms, performance.now()));
  }

  speed(rate: number): void {
    this.change(speed(this.clock, rate, performance.now()));
  }

  head(): number {
    return headAt(this.clock, performance.now());
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    for (const element of this.followers.keys()) element.pause();
    void this.sound?.context.close();
    this.sound = null;
  }

  /** wire puts a person's sound on their side: the customer left, the agent right. */
  private wire(element: HTMLMediaElement): void {
    const gain = this.gains.get(element);
    if (!this.sound || !gain || gain.node) return;
    const { context, merger } = this.sound;
    const node = context.createGain();
    node.channelCount = 1;
    node.channelCountMode = "explicit";
    node.gain.value = gain.volume;
    element.volume = 1;
    context.createMediaElementSource(element).connect(node);
    node.connect(merger, 0, Number(element.dataset.side ?? "0"));
    gain.node = node;
  }

  private change(clock: Clock): void {
    this.clock = clock;
    this.followNow();
    this.tell();
    if (clock.playing && this.frame === 0) this.frame = requestAnimationFrame(this.step);
  }

  private readonly step = (): void => {
    this.frame = 0;
    const now = performance.now();
    if (headAt(this.clock, now) >= this.clock.length) {
      this.change({ ...run(this.clock, false, now), at: this.clock.length });
      return;
    }
    if (now - this.followed >= FOLLOW_EVERY) this.followNow();
    this.tell();
    if (this.clock.playing) this.frame = requestAnimationFrame(this.step);
  };

  private tell(): void {
    const head = this.head();
    const { playing, rate } = this.clock;
    const waiting = this.waiting && playing;
    const was = this.seen;
    if (
      was.playing === playing &&
      was.rate === rate &&
      was.waiting === waiting &&
      Math.abs(was.head - head) < 30
    )
      return;
    this.seen = { head, playing, rate, waiting };
    for (const listener of this.listeners) listener();
  }

  private followNow(): void {
    const now = performance.now();
    this.followed = now;
    let late = false;
    for (const [element, f] of this.followers) {
      const ready = this.followOne(element, f, now);
      if (!ready) {
        if (f.waited === 0) f.waited = now;
        late = late || now - f.waited < WAIT_MOST;
      } else f.waited = 0;
    }
    // Nobody runs ahead: the head stands while one that should be heard or seen is not there yet.
    if (late && this.clock.playing) this.clock = moveTo(this.clock, this.heldAt(now), now);
    this.waiting = late;
  }

  /** heldAt is where the head stood when it last was put right: it goes on from there. */
  private heldAt(now: number): number {
    return this.waiting ? this.clock.at : headAt(this.clock, now);
  }

  private followOne(element: HTMLMediaElement, f: Follower, now: number): boolean {
    const head = headAt(this.clock, now);
    const on = head >= f.first - 50 && head <= f.last + 200;
    if (!on || element.error) {
      if (!element.paused) element.pause();
      return true;
    }
    if (element.readyState < 1) return false;
    const { jump, rate } = follow(element.currentTime * 1000, head, this.clock.rate);
    if (!this.clock.playing) {
      if (!element.paused) element.pause();
      if (!element.seeking && Math.abs(element.currentTime * 1000 - head) > 25)
        element.currentTime = head / 1000;
      return true;
    }
    if (jump && !element.seeking) element.currentTime = head / 1000;
    if (element.playbackRate !== rate) element.playbackRate = rate;
    if (element.paused && !element.ended) element.play().catch(() => undefined);
    return element.ended || element.readyState >= 3;
  }
}
