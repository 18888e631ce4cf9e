import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSession } from "../session";
import type { NodeRow } from "../wire";
import { Panel } from "./bits";
import { Icon } from "./icons";
import { Reading } from "./states";

/** Nodes shows which release every node answers from; it looks again every second. */
export function Nodes(): ReactElement {
  const { api, w } = useSession();
  const nodes = useQuery({ queryKey: ["nodes"], queryFn: api.nodes, refetchInterval: 1_000 });
  const say = (n: NodeRow): string => {
    if (!n.alive) return w.releases.nodeDead;
    if (n.draining) return w.releases.nodeDraining;
    return n.current ? w.releases.nodeOn(n.release) : w.releases.nodeBehind(n.release || "—");
  };
  return (
    <Reading of={nodes} rows={1}>
      {(list) => {
        const alive = list.nodes.filter((n) => n.alive);
        const ok = alive.filter((n) => n.current).length;
        const note =
          alive.length === 0
            ? w.releases.nodesNone
            : ok === alive.length
              ? w.releases.nodesOk(ok)
              : w.releases.nodesBehind(ok, alive.length);
        return (
          <Panel
            title={
              <>
                {w.releases.nodes} <span className="cs-live-inline">{w.live(list.current)}</span>
              </>
            }
            tools={
              <small role="status" className={ok === alive.length ? "cs-good" : "cs-warn"}>
                {note}
              </small>
            }
          >
            <ul className="cs-nodes">
              {list.nodes.map((n) => (
                <li
                  key={n.id}
                  className={!n.alive ? "cs-node-dead" : n.current ? "cs-node-ok" : "cs-node-behind"}
                >
                  <Icon name="node" size={18} />
                  <span>
                    <strong>{n.addr || n.id}</strong>
                    <small>{say(n)}</small>
                  </span>
                </li>
              ))}
            </ul>
          </Panel>
        );
      }}
    </Reading>
  );
}
