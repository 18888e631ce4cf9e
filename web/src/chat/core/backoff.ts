/** Backoff bounds the wait before the next try, in milliseconds. */
export interface Backoff {
  first: number;
  most: number;
}

/** BACKOFF is the default: soon at first, never more than 15 s. */
export const BACKOFF: Backoff = { first: 400, most: 15_000 };

/**
 * waitBefore is the wait before try number `attempt` (0 is the first), with full
 * jitter in its upper half, so that a node's customers don't all come back at once.
 */
export function waitBefore(attempt: number, random: () => number, bounds: Backoff = BACKOFF): number {
  const top = Math.min(bounds.most, bounds.first * 2 ** Math.min(attempt, 10));
  return Math.round(top / 2 + (random() * top) / 2);
}
