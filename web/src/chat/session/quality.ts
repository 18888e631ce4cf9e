/** Quality is how the line is, in three words for people. */
export type Quality = "good" | "weak" | "bad";

/** Figures are what one look at the browser's statistics gives; null where it does not say. */
export interface Figures {
  /** roundTrip in seconds. */
  roundTrip: number | null;
  /** lost and came count packets that arrived here since the connection began. */
  lost: number;
  came: number;
  /** remoteLost is the share of our packets the server missed lately, 0 to 1. */
  remoteLost: number | null;
}

const ROUND_TRIP_WEAK = 0.4;
const ROUND_TRIP_BAD = 1;
const LOST_WEAK = 0.05;
const LOST_BAD = 0.15;
/** FEW packets between two looks say nothing about loss. */
const FEW = 20;

interface Stat {
  type: string;
  state?: string;
  nominated?: boolean;
  currentRoundTripTime?: number;
  packetsLost?: number;
  packetsReceived?: number;
  fractionLost?: number;
}

/** figures reads a statistics report. */
export function figures(report: Iterable<Stat>): Figures {
  const out: Figures = { roundTrip: null, lost: 0, came: 0, remoteLost: null };
  for (const stat of report) {
    if (stat.type === "candidate-pair" && stat.state === "succeeded" && stat.nominated)
      out.roundTrip = stat.currentRoundTripTime ?? out.roundTrip;
    else if (stat.type === "inbound-rtp") {
      out.lost += stat.packetsLost ?? 0;
      out.came += stat.packetsReceived ?? 0;
    } else if (stat.type === "remote-inbound-rtp" && stat.fractionLost !== undefined)
      out.remoteLost = Math.max(out.remoteLost ?? 0, stat.fractionLost);
  }
  return out;
}

/** qualityOf judges what happened between two looks. */
export function qualityOf(before: Figures | null, now: Figures): Quality {
  const lost = now.lost - (before?.lost ?? 0);
  const all = now.came - (before?.came ?? 0) + lost;
  const share = Math.max(all >= FEW ? lost / all : 0, now.remoteLost ?? 0);
  const trip = now.roundTrip ?? 0;
  if (share >= LOST_BAD || trip >= ROUND_TRIP_BAD) return "bad";
  return share >= LOST_WEAK || trip >= ROUND_TRIP_WEAK ? "weak" : "good";
}
