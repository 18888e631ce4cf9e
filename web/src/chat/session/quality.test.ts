import { describe, expect, it } from "vitest";
import { figures, qualityOf } from "./quality";

const pair = (trip: number) => ({
  type: "candidate-pair",
  state: "succeeded",
  nominated: true,
  currentRoundTripTime: trip,
});

describe("quality", () => {
  it("reads the pair in use and adds up what came", () => {
    expect(
      figures([
        { ...pair(9), nominated: false },
        pair(0.03),
        { type: "inbound-rtp", packetsLost: 1, packetsReceived: 99 },
        { type: "inbound-rtp", packetsLost: 2, packetsReceived: 48 },
        { type: "remote-inbound-rtp", fractionLost: 0.01 },
      ]),
    ).toEqual({ roundTrip: 0.03, lost: 3, came: 147, remoteLost: 0.01 });
  });

  it("judges what happened since the last look, not since the beginning", () => {
    const before = { roundTrip: 0.05, lost: 500, came: 1000, remoteLost: 0 };
    expect(qualityOf(before, { ...before, came: 1100 })).toBe("good");
    expect(qualityOf(before, { ...before, lost: 510, came: 1090 })).toBe("weak");
    expect(qualityOf(before, { ...before, lost: 530, came: 1070 })).toBe("bad");
    expect(qualityOf(before, { ...before, lost: 505, came: 1005 })).toBe("good");
  });

  it("counts delay and the server's own losses", () => {
    const calm = { roundTrip: 0.05, lost: 0, came: 0, remoteLost: null };
    expect(qualityOf(null, calm)).toBe("good");
    expect(qualityOf(null, { ...calm, roundTrip: 0.5 })).toBe("weak");
    expect(qualityOf(null, { ...calm, remoteLost: 0.2 })).toBe("bad");
  });
});
