import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { type ReactElement, type ReactNode, useMemo, useState } from "react";
import { wayId } from "../graph/ways";
import { useSession } from "../session";
import type { FlowNode, StepReach } from "../wire";

const PERIODS = [0, 7, 30, 90] as const;

/** Reach is how far customers got, for a period that is chosen; 0 days shows nothing. */
export interface Reach {
  days: number;
  setDays(days: number): void;
  steps: ReadonlyMap<string, StepReach>;
  counts: ReadonlyMap<string, number>;
  /** nobody says that it was counted and nobody came. */
  nobody: boolean;
  badge(n: FlowNode): ReactNode;
}

/** useReach counts the customers at each step of a flow. */
export function useReach(id: string): Reach {
  const { api, w } = useSession();
  const [days, setDays] = useState(30);
  const found = useQuery({
    queryKey: ["flow-reach", id, days],
    queryFn: () => api.flowReach(id, days),
    enabled: days > 0,
  });
  const data = days > 0 ? found.data : undefined;
  return useMemo(() => {
    const steps = new Map((data?.steps ?? []).map((s) => [s.step, s]));
    const counts = new Map((data?.ways ?? []).map((c) => [wayId(c.from, c.to), c.count]));
    const most = Math.max(1, ...[...steps.values()].map((s) => s.reached));
    return {
      days,
      setDays,
      steps,
      counts,
      nobody: data !== undefined && steps.size === 0,
      badge: (n) => {
        const r = steps.get(n.id);
        if (!r) return null;
        const left = r.cancelled + r.abandoned;
        const share = Math.round((100 * r.reached) / most);
        return (
          <>
            <span title={w.flow.reached(r.reached)}>
              <b>{r.reached}</b> {w.flow.share(share)}
            </span>
            {left > 0 ? (
              <span className="cs-node-lost" title={w.flow.lost(left)}>
                −{left} {w.flow.share(Math.round((100 * left) / r.reached))}
              </span>
            ) : null}
          </>
        );
      },
    };
  }, [data, days, w]);
}

/** ReachChoice chooses the period that is counted. */
export function ReachChoice(props: { reach: Reach }): ReactElement {
  const { w } = useSession();
  const { reach } = props;
  return (
    <>
      <span id="cs-reach-label">{w.flow.reach}</span>
      <Select
        size="small"
        value={reach.days}
        aria-labelledby="cs-reach-label"
        options={PERIODS.map((n) => ({ value: n, label: n === 0 ? w.flow.reachOff : w.flow.reachDays(n) }))}
        onChange={reach.setDays}
      />
      {reach.nobody ? <small>{w.flow.reachNone(reach.days)}</small> : null}
    </>
  );
}
