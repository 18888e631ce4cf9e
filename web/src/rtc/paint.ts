import type { Mark } from "./bodies";
import type { Point } from "./geometry";

const COLOR = "#e5252a";

/** draw paints a mark whose points are given in pixels of the canvas. */
export function draw(c: CanvasRenderingContext2D, mark: Mark, points: Point[], scale: number): void {
  const [first, second] = points;
  if (!first) return;
  c.save();
  c.strokeStyle = c.fillStyle = mark.color ?? COLOR;
  c.lineWidth = 4 * scale;
  c.lineJoin = c.lineCap = "round";
  // A light edge keeps the mark visible on every background.
  c.shadowColor = "#ffffff";
  c.shadowBlur = 3 * scale;
  c.beginPath();
  switch (mark.shape) {
    case "pointer":
      c.arc(first.x, first.y, 7 * scale, 0, Math.PI * 2);
      c.fill();
      break;
    case "tap":
      c.arc(first.x, first.y, 5 * scale, 0, Math.PI * 2);
      c.fill();
      c.beginPath();
      c.arc(first.x, first.y, 24 * scale, 0, Math.PI * 2);
      c.stroke();
      break;
    case "box":
      if (second) c.strokeRect(first.x, first.y, second.x - first.x, second.y - first.y);
      break;
    case "stroke":
      c.moveTo(first.x, first.y);
      for (const p of points.slice(1)) c.lineTo(p.x, p.y);
      c.stroke();
      break;
  }
  c.restore();
}
