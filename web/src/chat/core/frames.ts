import type { ToCustomer } from "../../api/wire";

const KNOWN: Record<ToCustomer["type"], true> = {
  welcome: true,
  message: true,
  accepted: true,
  draft: true,
  state: true,
  error: true,
  pong: true,
  signal: true,
  caught_up: true,
};

const TYPES: ReadonlySet<string> = new Set(Object.keys(KNOWN));

/**
 * parseFrame reads one text frame. Null for a type of a newer server, which an
 * older client must be able to ignore; a SyntaxError for something that is no frame.
 */
export function parseFrame(text: string): ToCustomer | null {
  const value = JSON.parse(text) as { type?: unknown };
  if (typeof value !== "object" || value === null || typeof value.type !== "string") {
    throw new SyntaxError("a frame without a type");
  }
  return TYPES.has(value.type) ? (value as ToCustomer) : null;
}
