import { Button } from "antd";
import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type ReactNode,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { named } from "../i18n";
import { useSession } from "../session";
import type { FlowGraph, FlowNode } from "../wire";
import { layoutOf, type Placed, pathOf } from "./layout";
import { boxesOf, kindOfNode, linesOf, sayOf, type Way, waysOf } from "./ways";

/** Mark is how a step or a way stands out: lit by a run, or by a comparison, or by a fault. */
export type Mark = "lit" | "now" | "added" | "removed" | "changed" | "bad";

/** Canvas draws a flow: steps in rows, ways between them. */
export function Canvas(props: {
  graph: FlowGraph;
  chosen: string;
  onChoose: (id: string) => void;
  /** onOpen is Enter or a second click on a step. */
  onOpen?: ((id: string) => void) | undefined;
  /** onLead is a way being drawn from one step to another. */
  onLead?: ((from: string, to: string) => void) | undefined;
  marks?: ReadonlyMap<string, Mark>;
  wayMarks?: ReadonlyMap<string, Mark>;
  /** badge is a line at the foot of a step. */
  badge?: ((n: FlowNode) => ReactNode) | undefined;
  /** counts stand beside the ways that people took. */
  counts?: ReadonlyMap<string, number>;
  tools?: ReactNode;
}): ReactElement {
  const { w, locale } = useSession();
  const { graph, chosen } = props;
  const ways = useMemo(() => waysOf(graph, locale, w), [graph, locale, w]);
  const layout = useMemo(() => layoutOf(boxesOf(graph), linesOf(ways)), [graph, ways]);
  const [zoom, setZoom] = useState<number | null>(null);
  const room = useRef<HTMLElement>(null);
  const [fit, setFit] = useState(0); // 0: not measured yet
  useLayoutEffect(() => {
    const el = room.current;
    if (!el) return;
    const look = (): void =>
      setFit(Math.max(0.3, Math.min(1, (el.clientWidth - 2) / Math.max(1, layout.width))));
    look();
    const watch = new ResizeObserver(look);
    watch.observe(el);
    return () => watch.disconnect();
  }, [layout.width]);
  // Words must stay readable: what does not fit is scrolled to.
  const scale = zoom ?? Math.max(0.8, fit);
  const lead = useLead(layout.nodes, scale, props.onLead);

  // The first step stands at the top, whatever is beside it.
  const start = graph.nodes[0]?.id ?? "";
  const begun = useRef("");
  useLayoutEffect(() => {
    const at = layout.nodes.get(start);
    const el = room.current;
    if (!at || !el || fit === 0 || begun.current === graph.flow) return;
    begun.current = graph.flow;
    el.scrollTo({ left: (at.x + at.width / 2) * scale - el.clientWidth / 2, top: 0 });
  }, [layout, scale, fit, start, graph.flow]);

  useEffect(() => {
    const at = layout.nodes.get(chosen);
    const el = room.current;
    if (at && el) reveal(el, at, scale);
  }, [chosen, layout, scale]);

  // What runs is followed with the eyes.
  const now = [...(props.marks ?? [])].find(([, m]) => m === "now")?.[0] ?? "";
  useEffect(() => {
    const at = layout.nodes.get(now);
    const el = room.current;
    if (at && el) reveal(el, at, scale);
  }, [now, layout, scale]);

  const walk = (event: KeyboardEvent, id: string): void => {
    const next = neighbour(layout.nodes, ways, id, event.key);
    if (event.key === "Enter" && props.onOpen) {
      event.preventDefault();
      props.onChoose(id);
      props.onOpen(id);
    } else if (next) {
      event.preventDefault();
      props.onChoose(next);
      room.current?.querySelector<HTMLElement>(`[data-step="${CSS.escape(next)}"]`)?.focus();
    }
  };
  const first = layout.nodes.has(chosen) ? chosen : (graph.nodes[0]?.id ?? "");
  return (
    <section className="cs-graph" aria-label={w.flow.graph}>
      <header className="cs-graph-head">
        <span className="cs-graph-tools">{props.tools}</span>
        <span className="cs-graph-zoom">
          <Button
            size="small"
            aria-label={w.flow.zoomOut}
            onClick={() => setZoom(Math.max(0.3, scale / 1.2))}
          >
            −
          </Button>
          <span aria-live="polite">{Math.round(scale * 100)}%</span>
          <Button size="small" aria-label={w.flow.zoomIn} onClick={() => setZoom(Math.min(1.6, scale * 1.2))}>
            ＋
          </Button>
          <Button size="small" onClick={() => setZoom(Math.min(fit, 1))}>
            {w.flow.fit}
          </Button>
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="cs-graph-room" ref={room} tabIndex={0} aria-label={w.flow.graphHint}>
        <div className="cs-graph-size" style={{ width: layout.width * scale, height: layout.height * scale }}>
          <div
            className="cs-graph-paper"
            ref={lead.paper}
            style={{ width: layout.width, height: layout.height, transform: `scale(${scale})` }}
          >
            <svg width={layout.width} height={layout.height} aria-hidden="true">
              <defs>
                {["", "lit", "now", "added", "removed", "changed", "bad"].map((m) => (
                  <marker
                    key={m}
                    id={`cs-arrow-${m}`}
                    viewBox="0 0 8 8"
                    refX="7"
                    refY="4"
                    markerWidth="10"
                    markerHeight="10"
                    markerUnits="userSpaceOnUse"
                    orient="auto-start-reverse"
                    className={`cs-arrow cs-arrow-${m}`}
                  >
                    <path d="M0 0.6L7.4 4L0 7.4Z" />
                  </marker>
                ))}
              </defs>
              {ways.map((way) => {
                const drawn = layout.lines.get(way.id);
                if (!drawn) return null;
                const mark = props.wayMarks?.get(way.id) ?? "";
                return (
                  <path
                    key={way.id}
                    d={pathOf(drawn.points)}
                    className={`cs-way ${drawn.back ? "cs-way-back" : ""} ${mark ? `cs-way-${mark}` : ""} ${
                      way.from === chosen || way.to === chosen ? "cs-way-near" : ""
                    }`}
                    markerEnd={`url(#cs-arrow-${mark})`}
                    data-way={way.id}
                  />
                );
              })}
              {lead.line ? <path className="cs-way cs-way-drag" d={lead.line} /> : null}
            </svg>
            {ways.map((way) => {
              const drawn = layout.lines.get(way.id);
              const count = props.counts?.get(way.id);
              const mark = props.wayMarks?.get(way.id);
              const at = drawn?.label ?? (count ? drawn?.points[1] : undefined);
              if (!at || (way.label === "" && !count)) return null;
              return (
                <span
                  key={way.id}
                  className={`cs-way-label ${mark ? `cs-way-label-${mark}` : ""}`}
                  style={{ left: at.x, top: at.y }}
                  title={way.whole}
                >
                  {mark === "added" || mark === "removed" ? `${w.flow.changes[mark]?.slice(0, 1)} ` : ""}
                  {way.label}
                  {count ? <b> {count}</b> : null}
                </span>
              );
            })}
            {graph.nodes.map((n, i) => {
              const at = layout.nodes.get(n.id);
              if (!at) return null;
              const mark = props.marks?.get(n.id);
              return (
                <Step
                  key={n.id}
                  node={n}
                  at={at}
                  first={i === 0}
                  chosen={n.id === chosen}
                  target={lead.over === n.id}
                  mark={mark}
                  badge={props.badge?.(n)}
                  says={sayOf(n, locale, w)}
                  focusable={n.id === first}
                  onChoose={() => props.onChoose(n.id)}
                  onOpen={props.onOpen ? () => props.onOpen?.(n.id) : undefined}
                  onKey={(event) => walk(event, n.id)}
                  onDrag={props.onLead && n.kind !== "end" && n.kind !== "missing" ? lead.start : undefined}
                />
              );
            })}
          </div>
        </div>
      </section>
    </section>
  );
}

function Step(props: {
  node: FlowNode;
  at: Placed;
  first: boolean;
  chosen: boolean;
  target: boolean;
  mark: Mark | undefined;
  badge: ReactNode;
  says: string;
  focusable: boolean;
  onChoose: () => void;
  onOpen: (() => void) | undefined;
  onKey: (event: KeyboardEvent) => void;
  onDrag: ((event: PointerEvent, from: string) => void) | undefined;
}): ReactElement {
  const { w } = useSession();
  const { node: n, at, mark } = props;
  const kind = kindOfNode(n);
  const word = mark === "added" || mark === "removed" || mark === "changed" ? w.flow.changes[mark] : "";
  return (
    <div
      className={`cs-node cs-node-${kind} ${props.chosen ? "cs-node-chosen" : ""} ${mark ? `cs-mark-${mark}` : ""} ${
        props.target ? "cs-node-target" : ""
      }`}
      style={{ left: at.x, top: at.y, width: at.width, height: at.height }}
    >
      <button
        type="button"
        className="cs-node-body"
        data-step={n.id}
        tabIndex={props.focusable ? 0 : -1}
        aria-pressed={props.chosen}
        onClick={props.onChoose}
        onDoubleClick={props.onOpen}
        onKeyDown={props.onKey}
      >
        <span className="cs-node-head">
          <i className="cs-node-kind">{named(w.flows.stepKinds, kind)}</i>
          <strong>{n.id}</strong>
          {word ? <em>{word}</em> : null}
        </span>
        {at.height > 50 || n.texts.length > 0 ? <span className="cs-node-says">{props.says}</span> : null}
        {at.height <= 50 && n.kind === "end" ? <span className="cs-node-says">{props.says}</span> : null}
        {props.badge ? <span className="cs-node-badge">{props.badge}</span> : null}
      </button>
      {props.onDrag ? (
        <span
          className="cs-node-dot"
          aria-hidden="true"
          onPointerDown={(event) => props.onDrag?.(event, n.id)}
        />
      ) : null}
    </div>
  );
}

/** useLead draws a way by hand: from a step's dot to the step where the pointer is let go. */
function useLead(
  nodes: ReadonlyMap<string, Placed>,
  scale: number,
  done: ((from: string, to: string) => void) | undefined,
): {
  paper: React.RefObject<HTMLDivElement | null>;
  line: string;
  over: string;
  start: (event: PointerEvent, from: string) => void;
} {
  const paper = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<{ from: string; x: number; y: number; over: string } | null>(null);
  const start = (event: PointerEvent, from: string): void => {
    event.preventDefault();
    event.stopPropagation();
    const look = (e: { clientX: number; clientY: number }): { x: number; y: number; over: string } => {
      const box = paper.current?.getBoundingClientRect();
      const x = (e.clientX - (box?.left ?? 0)) / scale;
      const y = (e.clientY - (box?.top ?? 0)) / scale;
      const hit = [...nodes.values()].find(
        (n) => x >= n.x && x <= n.x + n.width && y >= n.y && y <= n.y + n.height && n.id !== from,
      );
      return { x, y, over: hit?.id ?? "" };
    };
    const move = (e: globalThis.PointerEvent): void => setDrag({ from, ...look(e) });
    const stop = (e: globalThis.PointerEvent): void => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", stop);
      removeEventListener("pointercancel", stop);
      setDrag(null);
      const { over } = look(e);
      if (e.type === "pointerup" && over !== "") done?.(from, over);
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", stop);
    addEventListener("pointercancel", stop);
    setDrag({ from, ...look(event) });
  };
  const from = drag ? nodes.get(drag.from) : undefined;
  const line =
    drag && from
      ? pathOf([
          { x: from.x + from.width / 2, y: from.y + from.height },
          { x: drag.x, y: drag.y },
        ])
      : "";
  return { paper, line, over: drag?.over ?? "", start };
}

/** reveal scrolls a step into sight, within the graph alone. */
function reveal(room: HTMLElement, at: Placed, scale: number): void {
  const [left, top] = [at.x * scale, at.y * scale];
  const [width, height] = [at.width * scale, at.height * scale];
  const out =
    left < room.scrollLeft ||
    left + width > room.scrollLeft + room.clientWidth ||
    top < room.scrollTop ||
    top + height > room.scrollTop + room.clientHeight;
  if (out)
    room.scrollTo({
      left: left + width / 2 - room.clientWidth / 2,
      top: top + height / 2 - room.clientHeight / 2,
    });
}

/** neighbour is the step that an arrow key leads to: along the ways up and down, in the row sideways. */
export function neighbour(
  nodes: ReadonlyMap<string, Placed>,
  ways: readonly Way[],
  id: string,
  key: string,
): string {
  const at = nodes.get(id);
  if (!at) return "";
  const near = (list: readonly string[]): string =>
    list
      .map((other) => nodes.get(other))
      .filter((n): n is Placed => n !== undefined)
      .sort(
        (a, b) =>
          Math.abs(a.row - at.row) - Math.abs(b.row - at.row) || Math.abs(a.x - at.x) - Math.abs(b.x - at.x),
      )[0]?.id ?? "";
  const row = [...nodes.values()].filter((n) => n.row === at.row).sort((a, b) => a.x - b.x);
  const place = row.findIndex((n) => n.id === id);
  const tied = (up: boolean): string[] =>
    ways
      .flatMap((way) => (way.from === id ? [way.to] : way.to === id ? [way.from] : []))
      .filter((other) => {
        const n = nodes.get(other);
        return n !== undefined && (up ? n.row < at.row : n.row > at.row);
      });
  switch (key) {
    case "ArrowDown":
      return near(tied(false));
    case "ArrowUp":
      return near(tied(true));
    case "ArrowLeft":
      return row[place - 1]?.id ?? "";
    case "ArrowRight":
      return row[place + 1]?.id ?? "";
    default:
      return "";
  }
}
