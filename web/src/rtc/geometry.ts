// Where a mark stands. Three spaces are kept apart: the agent's video element, the shared
// surface (fractions 0..1 from its upper left corner) and the customer's page (CSS pixels).

/** Point is a place in whichever space is said. */
export interface Point {
  x: number;
  y: number;
}

/** Rect is an upright rectangle. */
export interface Rect extends Point {
  w: number;
  h: number;
}

/** Viewport is what the customer saw of the page at one moment, in CSS pixels. */
export interface Viewport {
  n: number;
  x: number;
  y: number;
  w: number;
  h: number;
  page_w: number;
  page_h: number;
  dpr: number;
  hidden?: boolean;
}

/** pictureRect is where a video of that size stands in an element with object-fit: contain. */
export function pictureRect(video: { w: number; h: number }, element: { w: number; h: number }): Rect {
  if (video.w <= 0 || video.h <= 0 || element.w <= 0 || element.h <= 0) return { x: 0, y: 0, w: 0, h: 0 };
  const scale = Math.min(element.w / video.w, element.h / video.h);
  const w = video.w * scale;
  const h = video.h * scale;
  return { x: (element.w - w) / 2, y: (element.h - h) / 2, w, h };
}

/** toSurface converts a place in the element to fractions of the picture; null on the black bars. */
export function toSurface(at: Point, picture: Rect): Point | null {
  if (picture.w <= 0 || picture.h <= 0) return null;
  const x = (at.x - picture.x) / picture.w;
  const y = (at.y - picture.y) / picture.h;
  return x >= 0 && x <= 1 && y >= 0 && y <= 1 ? { x, y } : null;
}

/** clampToSurface is toSurface for a drag that has left the picture. */
export function clampToSurface(at: Point, picture: Rect): Point {
  const fraction = (v: number, from: number, size: number): number =>
    size <= 0 ? 0 : Math.min(1, Math.max(0, (v - from) / size));
  return { x: fraction(at.x, picture.x, picture.w), y: fraction(at.y, picture.y, picture.h) };
}

/** fromSurface converts fractions of the picture to a place in the element. */
export function fromSurface(at: Point, picture: Rect): Point {
  return { x: picture.x + at.x * picture.w, y: picture.y + at.y * picture.h };
}

/** toPage converts fractions of the surface, as it was at a viewport, to a place of the page. */
export function toPage(at: Point, view: Viewport): Point {
  return { x: view.x + at.x * view.w, y: view.y + at.y * view.h };
}

/** toFractions says where a place stands within a rectangle; it may be outside. */
export function toFractions(at: Point, rect: Rect): Point {
  return { x: rect.w > 0 ? (at.x - rect.x) / rect.w : 0, y: rect.h > 0 ? (at.y - rect.y) / rect.h : 0 };
}

/** centre is the middle of the points' bounds. */
export function centre(points: Point[]): Point {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  return { x: (Math.min(...xs) + Math.max(...xs)) / 2, y: (Math.min(...ys) + Math.max(...ys)) / 2 };
}
