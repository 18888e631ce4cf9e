import type { Mark } from "../graph/canvas";
import { wayId } from "../graph/ways";
import type { RunTurn } from "../wire";

/** Visit is one step come to, in the flow that is looked at. */
export interface Visit {
  step: string;
  skipped: boolean;
}

/** visitsOf are the steps of one flow that a run came to, in order, over all its turns. */
export function visitsOf(turns: readonly RunTurn[], flow: string): Visit[] {
  return turns.flatMap((t) =>
    t.path.filter((v) => v.flow === flow).map((v) => ({ step: v.step, skipped: v.skipped ?? false })),
  );
}

/** marksOf lights the steps and ways of a path; the last step is where the run stands. */
export function marksOf(visits: readonly Visit[]): {
  steps: Map<string, Mark>;
  ways: Map<string, Mark>;
} {
  const steps = new Map<string, Mark>();
  const ways = new Map<string, Mark>();
  visits.forEach((v, i) => {
    const before = visits[i - 1];
    if (before && before.step !== v.step) ways.set(wayId(before.step, v.step), "lit");
    if (!v.skipped) steps.set(v.step, "lit");
  });
  const last = visits.at(-1);
  if (last) steps.set(last.step, "now");
  return { steps, ways };
}
