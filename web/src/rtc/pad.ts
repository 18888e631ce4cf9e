import type { Mark } from "./bodies";
import { clampToSurface, fromSurface, type Point, pictureRect, type Rect, toSurface } from "./geometry";
import { draw } from "./paint";

/** Tool is what the agent draws with. */
export type Tool = Mark["shape"];

/** PadOptions of the agent's video. */
export interface PadOptions {
  source: Mark["source"];
  /** view is the number of the newest viewport report. */
  view(): number;
  onMark(mark: Mark): void;
  color?: string;
}

const SEND_EVERY = 45; // about 22 a second, below the server's 30
const POINTS_MAX = 256;
const ECHO_FOR = 1_200;

/**
 * MarkPad turns the agent's pointer over the customer's picture into marks. The element it
 * covers must hold the video alone, with object-fit: contain.
 */
export class MarkPad {
  readonly canvas: HTMLCanvasElement;
  tool: Tool = "pointer";
  private drawing: Mark | null = null;
  private lastSent = 0;
  private serial = 0;
  private echo: ReturnType<typeof setTimeout> | undefined;
  private readonly prefix = Math.random().toString(36).slice(2, 10);

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly options: PadOptions,
  ) {
    this.canvas = document.createElement("canvas");
    this.canvas.style.cssText =
      "position:absolute;inset:0;width:100%;height:100%;touch-action:none;cursor:crosshair";
    video.after(this.canvas);
    this.canvas.addEventListener("pointerdown", this.down);
    this.canvas.addEventListener("pointermove", this.move);
    this.canvas.addEventListener("pointerup", this.up);
    this.canvas.addEventListener("pointercancel", this.up);
  }

  close(): void {
    clearTimeout(this.echo);
    this.canvas.remove();
  }

  private picture(): Rect {
    const box = this.canvas.getBoundingClientRect();
    return pictureRect(
      { w: this.video.videoWidth, h: this.video.videoHeight },
      { w: box.width, h: box.height },
    );
  }

  private at(event: PointerEvent): Point {
    const box = this.canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private readonly down = (event: PointerEvent): void => {
    const point = toSurface(this.at(event), this.picture());
    if (!point) return;
    this.canvas.setPointerCapture(event.pointerId);
    const mark: Mark = {
      id: this.tool === "pointer" ? `${this.prefix}-p` : `${this.prefix}-${++this.serial}`,
      shape: this.tool,
      source: this.options.source,
      points: this.tool === "box" ? [point, point] : [point],
      view: this.options.view(),
      ...(this.options.color ? { color: this.options.color } : {}),
    };
    this.drawing = mark;
    this.send(mark, mark.shape === "tap" || mark.shape === "pointer");
  };

  private readonly move = (event: PointerEvent): void => {
    const mark = this.drawing;
    if (!mark) return;
    const point = clampToSurface(this.at(event), this.picture());
    const first = mark.points[0];
    if (!first) return;
    if (mark.shape === "box") mark.points = [first, point];
    else if (mark.shape === "stroke") {
      if (mark.points.length >= POINTS_MAX) mark.points = mark.points.filter((_, i) => i % 2 === 0);
      mark.points.push(point);
    } else mark.points = [point];
    // What has begun on one view stays on it; a pointer follows the newest.
    if (mark.shape === "pointer") mark.view = this.options.view();
    this.send(mark, false);
  };

  private readonly up = (): void => {
    const mark = this.drawing;
    this.drawing = null;
    if (mark && mark.shape !== "tap") this.send(mark, true);
  };

  private send(mark: Mark, now: boolean): void {
    this.paint(mark);
    const at = performance.now();
    if (!now && at - this.lastSent < SEND_EVERY) return;
    this.lastSent = at;
    this.options.onMark({ ...mark, points: [...mark.points] });
  }

  /** paint echoes at once what the customer's picture will show a moment later. */
  private paint(mark: Mark): void {
    const box = this.canvas.getBoundingClientRect();
    this.canvas.width = Math.round(box.width);
    this.canvas.height = Math.round(box.height);
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const picture = this.picture();
    draw(
      context,
      mark,
      mark.points.map((p) => fromSurface(p, picture)),
      1,
    );
    clearTimeout(this.echo);
    this.echo = setTimeout(() => context.clearRect(0, 0, this.canvas.width, this.canvas.height), ECHO_FOR);
  }
}
