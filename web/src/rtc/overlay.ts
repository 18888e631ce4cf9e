import type { Mark } from "./bodies";
import { centre, fromSurface, type Point, type Rect, toFractions, toPage, type Viewport } from "./geometry";
import { draw } from "./paint";

const POINTER_FOR = 1_500;
const MARKS_MAX = 100;
const REPORT_EVERY = 100;
const VIEWS_KEPT = 64;
/** LAYOUT_EVERY catches pages that move their parts without a scroll or resize. */
const LAYOUT_EVERY = 250;

interface Standing {
  mark: Mark;
  /** page is where the points stand on the page; used when the element is gone. */
  page: Point[];
  element: Element | null;
  /** inside is where they stand within the element. */
  inside: Point[];
  until: number;
}

/** OverlayOptions of the customer's page. */
export interface OverlayOptions {
  /** report gets a viewport whenever what is visible has changed, at most ten a second. */
  report?(view: Viewport): void;
  /** large draws thicker, for the elder edition. */
  large?: boolean;
}

/**
 * MarkOverlay draws the agent's marks above the customer's page. A mark is anchored to the
 * element it was drawn on, so it stays on it when the page scrolls or is laid out anew.
 */
export class MarkOverlay {
  readonly canvas: HTMLCanvasElement;
  private readonly standing = new Map<string, Standing>();
  private readonly views = new Map<number, Viewport>();
  private number = 0;
  private lastReport = 0;
  private reportTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly layoutTimer: ReturnType<typeof setInterval>;
  private frame = 0;
  private readonly moved = (): void => {
    this.reportSoon();
    this.repaint();
  };

  constructor(private readonly options: OverlayOptions = {}) {
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.canvas.dataset.pingdui = "marks";
    this.canvas.style.cssText =
      // The bank's own rules for canvases must not shrink this one.
      "all:initial;position:fixed;top:0;left:0;width:100vw;height:100vh;pointer-events:none;z-index:2147483646;margin:0;border:0";
    document.documentElement.append(this.canvas);
    addEventListener("scroll", this.moved, { capture: true, passive: true });
    addEventListener("resize", this.moved);
    document.addEventListener("visibilitychange", this.moved);
    this.layoutTimer = setInterval(() => this.standing.size > 0 && this.repaint(), LAYOUT_EVERY);
    this.report();
  }

  /** add draws a mark; one of the same id is moved. */
  add(mark: Mark): void {
    const view = this.views.get(mark.view) ?? this.views.get(this.number);
    if (!view || mark.points.length === 0) return;
    if (this.standing.size >= MARKS_MAX && !this.standing.has(mark.id)) {
      const oldest = this.standing.keys().next().value;
      if (oldest !== undefined) this.standing.delete(oldest);
    }
    const page = mark.points.map((p) => toPage(p, view));
    const element = this.elementAt(centre(page));
    const rect = element ? pageRect(element) : null;
    this.standing.set(mark.id, {
      mark,
      page,
      element,
      inside: rect ? page.map((p) => toFractions(p, rect)) : [],
      until: mark.shape === "pointer" ? performance.now() + POINTER_FOR : Number.POSITIVE_INFINITY,
    });
    this.repaint();
    if (mark.shape === "pointer") setTimeout(() => this.repaint(), POINTER_FOR + 20);
  }

  /** remove takes one mark away, or all. */
  remove(id?: string): void {
    if (id === undefined) this.standing.clear();
    else this.standing.delete(id);
    this.repaint();
  }

  /** places are where marks stand now, in the visible part; for tests and read-aloud. */
  places(): { id: string; points: Point[] }[] {
    return [...this.standing.values()].map((s) => ({ id: s.mark.id, points: this.onScreen(s) }));
  }

  close(): void {
    removeEventListener("scroll", this.moved, { capture: true });
    removeEventListener("resize", this.moved);
    document.removeEventListener("visibilitychange", this.moved);
    clearInterval(this.layoutTimer);
    clearTimeout(this.reportTimer);
    cancelAnimationFrame(this.frame);
    this.canvas.remove();
  }

  private elementAt(page: Point): Element | null {
    const [x, y] = [page.x - scrollX, page.y - scrollY];
    let element = document.elementFromPoint(x, y);
    // The chat and parts of banks' pages live in shadow roots: what scrolls in there is the target.
    for (let inner = element; inner; ) {
      element = inner;
      inner = element.shadowRoot?.elementFromPoint(x, y) ?? null;
      if (inner === element) break;
    }
    return element && element !== document.documentElement && element !== document.body ? element : null;
  }

  private onScreen(s: Standing): Point[] {
    const page =
      s.element?.isConnected && s.inside.length > 0
        ? s.inside.map((p) => fromSurface(p, pageRect(s.element as Element)))
        : s.page;
    return page.map((p) => ({ x: p.x - scrollX, y: p.y - scrollY }));
  }

  private repaint(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    const scale = devicePixelRatio || 1;
    const w = Math.round(innerWidth * scale);
    const h = Math.round(innerHeight * scale);
    if (this.canvas.width !== w) this.canvas.width = w;
    if (this.canvas.height !== h) this.canvas.height = h;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, innerWidth, innerHeight);
    const now = performance.now();
    for (const [id, s] of this.standing) {
      if (s.until < now) this.standing.delete(id);
      else draw(context, s.mark, this.onScreen(s), this.options.large ? 2 : 1);
    }
  }

  private reportSoon(): void {
    if (this.reportTimer !== undefined) return;
    const wait = Math.max(0, REPORT_EVERY - (performance.now() - this.lastReport));
    this.reportTimer = setTimeout(() => {
      this.reportTimer = undefined;
      this.report();
    }, wait);
  }

  /** report tells what is visible now; call it when a share begins. */
  report(): void {
    this.lastReport = performance.now();
    this.number++;
    const root = document.documentElement;
    const view: Viewport = {
      n: this.number,
      x: scrollX,
      y: scrollY,
      w: innerWidth,
      h: innerHeight,
      page_w: root.scrollWidth,
      page_h: root.scrollHeight,
      dpr: devicePixelRatio || 1,
      ...(document.hidden ? { hidden: true } : {}),
    };
    this.views.set(view.n, view);
    this.views.delete(view.n - VIEWS_KEPT);
    this.options.report?.(view);
  }
}

function pageRect(element: Element): Rect {
  const r = element.getBoundingClientRect();
  return { x: r.left + scrollX, y: r.top + scrollY, w: r.width, h: r.height };
}
