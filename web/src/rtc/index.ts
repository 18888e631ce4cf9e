// The client side of remote sessions, for the customer's chat and the agent's desk alike.
export type { End, Mark, Recording, Role, RtcSignal, SessionView, Share, SourceKind } from "./bodies";
export { canShareScreen, nameThisPage, PAGE_HANDLES } from "./capture";
export type { Point, Rect, Viewport } from "./geometry";
export { MarkOverlay, type OverlayOptions } from "./overlay";
export { MarkPad, type PadOptions, type Tool } from "./pad";
export { createSession, RtcSession, type SessionConfig } from "./session";
