import type { FromCustomer } from "../../api/wire";

/** OutgoingFrame is an input of the customer: it has an id and must not be lost. */
export type OutgoingFrame = Extract<FromCustomer, { id: string }>;

/** Outgoing is an input on its way, with what the customer sees of it meanwhile. */
export interface Outgoing {
  frame: OutgoingFrame;
  /** label is what the customer said or tapped; empty for inputs that are not drawn. */
  label: string;
  /** at is when it was made, RFC 3339. */
  at: string;
  /** conversation it was meant for; empty when none was known yet. */
  conversation: string;
}

/** KeyValue is the part of localStorage the outbox needs. */
export interface KeyValue {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Outbox keeps inputs until the server said that they are durable. */
export interface Outbox {
  put(item: Outgoing): void;
  drop(id: string): void;
  load(): Outgoing[];
}

/**
 * looksSecret tells a text that is nothing but a few digits: a code or a PIN typed
 * into the wrong box. It is sent (the server masks it) but never written to disk.
 */
export function looksSecret(text: string): boolean {
  return /^\D{0,6}\d[\d\s-]{2,22}\D{0,2}$/.test(text.trim()) && text.replace(/\D/g, "").length >= 4;
}

/**
 * storedOutbox keeps one entry an input under `pingdui.out.<subject>.`, so that two
 * tabs of one customer don't overwrite each other; sending an id twice is harmless.
 * A storage that is full or forbidden costs only survival of a killed page.
 */
export function storedOutbox(storage: KeyValue, subject: string): Outbox {
  const prefix = `pingdui.out.${subject}.`;
  return {
    put(item) {
      if (item.frame.type === "send" && looksSecret(item.frame.text)) return;
      try {
        storage.setItem(prefix + item.frame.id, JSON.stringify(item));
      } catch {
        // Kept in memory all the same.
      }
    },
    drop(id) {
      storage.removeItem(prefix + id);
    },
    load() {
      const items: Outgoing[] = [];
      for (let i = 0; i < storage.length; i++) {
        const key = storage.key(i);
        if (!key?.startsWith(prefix)) continue;
        const item = parse(storage.getItem(key));
        if (item) items.push(item);
      }
      return items.sort((a, b) => a.at.localeCompare(b.at));
    },
  };
}

/** memoryOutbox is for pages that may not store anything. */
export function memoryOutbox(): Outbox {
  const items = new Map<string, Outgoing>();
  return {
    put: (item) => void items.set(item.frame.id, item),
    drop: (id) => void items.delete(id),
    load: () => Array.from(items.values()),
  };
}

function parse(text: string | null): Outgoing | null {
  if (text === null) return null;
  try {
    const value = JSON.parse(text) as Outgoing;
    return typeof value.frame?.id === "string" && typeof value.at === "string" ? value : null;
  } catch {
    return null;
  }
}
