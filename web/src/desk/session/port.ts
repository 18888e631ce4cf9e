import type { Session, Signal } from "../../api/wire";
import type { Recording } from "../../rtc";

/** Tool is how the agent marks: a moving hand, a box, a drawn line, or "tap here". */
export type Tool = "pointer" | "box" | "stroke" | "tap";

/** TOOLS in the order of their buttons. */
export const TOOLS: readonly Tool[] = ["pointer", "box", "stroke", "tap"];

/** Device is how the agent's microphone or camera stands. */
export type Device = "off" | "starting" | "on" | "refused";

/** Shown is a session as the panel draws it: a supervisor who has left is undefined. */
export type Shown = Omit<Session, "visitor"> & { visitor?: Session["visitor"] | undefined };

/** SessionView is what a session's panel draws of the media. */
export interface SessionView {
  /** video is the customer's screen or camera; null while nothing comes. */
  video: MediaStream | null;
  /** source is what the video shows: marks name it. */
  source: "screen" | "cam";
  /** sound is the customer's voice; null while nothing comes. */
  sound: MediaStream | null;
  mic: Device;
  cam: Device;
  line: "connecting" | "live" | "trouble" | "replaced" | "none";
  /** paused is true while a secret field is open at the customer's: the picture is blanked. */
  paused: boolean;
  /** away is true while the customer has put the page into the background. */
  away: boolean;
  /** newest is the session as the last state signal told it; null before the first. */
  newest: Partial<Pick<Shown, "state" | "sharing" | "present" | "visitor">> | null;
  /** record is who has agreed to a recording, and whether there is one. */
  record: Recording;
  /** refused is why the customer's share was not let through; empty when it was. */
  refused: string;
}

/** LiveSession is one remote session seen from the desk. */
export interface LiveSession {
  current(): SessionView;
  subscribe(listener: () => void): () => void;
  /** receive takes a signal from the server. */
  receive(signal: Signal): void;
  /** back is called when the desk's socket has come back after a cut. */
  back(): void;
  /** pad makes a video markable; the result takes the pad away. */
  pad(video: HTMLVideoElement, tool: Tool): () => void;
  /** clear takes all marks off both screens. */
  clear(): void;
  /** ask asks the customer to show the page or the camera; they decide. */
  ask(what: "screen" | "camera"): boolean;
  /** record agrees to a recording, which asks the customer; false ends it. */
  record(consent: boolean): void;
  mic(on: boolean): Promise<void>;
  cam(on: boolean): Promise<void>;
  close(): void;
}

/** SessionPort opens live sessions: media.ts gives one over src/rtc, tests give a fake. */
export interface SessionPort {
  open(config: { session: string; send(signal: Signal): boolean }): LiveSession;
}
