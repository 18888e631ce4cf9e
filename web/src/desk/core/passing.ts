import type { Case, Colleague } from "./wire";

/** Summing is the automatic summary of a conversation, as far as it has come. */
export interface Summing {
  /** id is the frame that asked for it. */
  id: string;
  state: "asked" | "here" | "refused";
  text: string;
}

/** Directory is who a customer can be passed to, as far as it was asked for. */
export interface Directory {
  id: string;
  state: "none" | "asked" | "here" | "refused";
  people: Colleague[];
  queues: string[];
}

/** WrapUp is what is written up about the conversation handed back last. */
export interface WrapUp {
  handoff: string;
  /** who is the masked name of the customer. */
  who: string;
  note: string;
  codes: string[];
  sending: boolean;
}

/** WRAP_CODES are what a conversation can have been about; the server takes any of this form. */
export const WRAP_CODES = [
  "transfer",
  "account",
  "card",
  "deposit",
  "loan",
  "wealth",
  "fee",
  "security",
  "complaint",
  "other",
] as const;

/** MOST_CODES is how many of them one wrap-up may have. */
export const MOST_CODES = 5;

/** NOTE is how long a note for a colleague must and may be, in characters. */
export const NOTE = { least: 2, most: 1000 } as const;

/** NOBODY is a directory nobody has asked for. */
export const NOBODY: Directory = { id: "", state: "none", people: [], queues: [] };

/** owns tells the owner of a case from the guest. */
export function owns(file: Case, staff: string): boolean {
  return !file.owner || file.owner === staff;
}

/** otherOf is the staff id of the second agent of a case, seen by one of the two; empty when alone. */
export function otherOf(file: Case, staff: string): string {
  if (!file.guest) return "";
  return owns(file, staff) ? file.guest.id : (file.owner ?? "");
}

/** toggled puts a code in or takes it out; a sixth one does nothing. */
export function toggled(codes: readonly string[], code: string): string[] {
  if (codes.includes(code)) return codes.filter((one) => one !== code);
  return codes.length < MOST_CODES ? [...codes, code] : [...codes];
}
