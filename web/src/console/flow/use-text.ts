import { useCallback, useEffect, useRef, useState } from "react";
import { useSession } from "../session";
import type { FlowChange, FlowDrawing, FlowGraph, FlowProblem, FlowView } from "../wire";

/** QUIET is how long nobody types before the server is asked to draw, in milliseconds. */
const QUIET = 300;

/** FlowDraft is a flow being edited: its text, and what the server's compiler makes of it. */
export interface FlowDraft {
  text: string;
  /** graph is of the last text that could be read; null when none could. */
  graph: FlowGraph | null;
  problems: readonly FlowProblem[];
  /** state: agreed when graph and text are one, drawing while the server is asked, stale when it can't read the text. */
  state: "agreed" | "drawing" | "stale";
  error: unknown;
  /** type changes the text, change the graph; both are the same draft. */
  type(text: string): void;
  change(change: FlowChange): Promise<boolean>;
  /** undo takes the last change on the graph back; null when there is none. */
  undo: (() => void) | null;
  /** reset begins anew with a text and its drawing. */
  reset(view: FlowView): void;
}

/** useFlowDraft keeps the text and the graph of a flow one, whichever is edited. */
export function useFlowDraft(view: FlowView): FlowDraft {
  const { api } = useSession();
  const [text, setText] = useState(view.yaml);
  const [drawing, setDrawing] = useState<FlowDrawing>(view.drawing);
  const [graph, setGraph] = useState<FlowGraph | null>(view.drawing.graph ?? null);
  const [waiting, setWaiting] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [past, setPast] = useState<readonly string[]>([]);
  // Only the answer to what stands there now counts.
  const latest = useRef(view.yaml);

  const take = useCallback((next: FlowDrawing): void => {
    setDrawing(next);
    if (next.graph) setGraph(next.graph);
    setWaiting(false);
  }, []);

  useEffect(() => {
    if (!waiting) return;
    const timer = setTimeout(() => {
      const asked = latest.current;
      api.drawFlow(view.id, asked).then(
        (next) => {
          if (latest.current !== asked) return;
          setError(null);
          take(next);
        },
        (reason: unknown) => {
          if (latest.current !== asked) return;
          setError(reason);
          setWaiting(false);
        },
      );
    }, QUIET);
    return () => clearTimeout(timer);
  }, [waiting, text, api, view.id, take]);

  const type = useCallback((next: string): void => {
    latest.current = next;
    setText(next);
    setWaiting(true);
  }, []);

  const change = useCallback(
    async (what: FlowChange): Promise<boolean> => {
      const before = latest.current;
      try {
        const edited = await api.editFlow(view.id, before, what);
        if (latest.current !== before) return false; // typed meanwhile: that counts
        latest.current = edited.yaml;
        setPast((all) => [...all.slice(-49), before]);
        setText(edited.yaml);
        setError(null);
        take(edited.drawing);
        return true;
      } catch (reason) {
        setError(reason);
        return false;
      }
    },
    [api, view.id, take],
  );

  const last = past.at(-1);
  const undo =
    last === undefined
      ? null
      : (): void => {
          setPast(past.slice(0, -1));
          type(last);
        };

  const reset = useCallback(
    (fresh: FlowView): void => {
      latest.current = fresh.yaml;
      setText(fresh.yaml);
      setPast([]);
      setError(null);
      setGraph(fresh.drawing.graph ?? null);
      take(fresh.drawing);
    },
    [take],
  );

  return {
    text,
    graph,
    problems: drawing.problems,
    state: waiting ? "drawing" : drawing.graph ? "agreed" : "stale",
    error,
    type,
    change,
    undo,
    reset,
  };
}
