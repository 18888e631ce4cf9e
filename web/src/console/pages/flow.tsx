import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Modal, Segmented, Select } from "antd";
import { type ReactElement, useCallback, useEffect, useMemo, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { Problem } from "../api";
import { FilesPane } from "../flow/files-pane";
import { marksOf, type Visit } from "../flow/path";
import { ReachChoice, useReach } from "../flow/reach";
import { RunPane } from "../flow/run-pane";
import { StepPane } from "../flow/step-pane";
import { type FlowDraft, useFlowDraft } from "../flow/use-text";
import { VersionsPane } from "../flow/versions-pane";
import { YamlEditor } from "../flow/yaml-editor";
import { Canvas, type Mark } from "../graph/canvas";
import { labelOf, stepAtLine, wayId } from "../graph/ways";
import { inLocale, named } from "../i18n";
import { Page, StateTag } from "../parts/bits";
import { SaveBar, useUnsaved } from "../parts/edit";
import { Icon } from "../parts/icons";
import { Merge } from "../parts/merge";
import { Reading, Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { Conflict, FlowComparison, FlowEdge, FlowView } from "../wire";
import { riskColor } from "./flows";

const PANES = ["yaml", "step", "run", "versions", "files"] as const;
type Pane = (typeof PANES)[number];

/** FlowPage is one scene: its flow as a graph beside its text, run through, counted and compared. */
export function FlowPage(): ReactElement {
  const { api } = useSession();
  const { id = "" } = useParams();
  const flow = useQuery({
    queryKey: ["flow", id],
    queryFn: () => api.flow(id),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  return (
    <Reading of={flow} rows={12}>
      {(f) => <Scene key={f.id} view={f} reload={() => flow.refetch().then((r) => r.data)} />}
    </Reading>
  );
}

function Scene(props: { view: FlowView; reload: () => Promise<FlowView | undefined> }): ReactElement {
  const { view } = props;
  const { api, w, locale, has } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [params, setParams] = useSearchParams();
  // Kept here and written to the address: two changes in one moment are both kept.
  const [place, setPlace] = useState(() => ({
    pane: PANES.find((p) => p === params.get("pane")) ?? ("yaml" as Pane),
    step: params.get("step") ?? "",
  }));
  const { pane, step: chosen } = place;
  useEffect(() => {
    const kept = new URLSearchParams();
    if (place.pane !== "yaml") kept.set("pane", place.pane);
    if (place.step) kept.set("step", place.step);
    if (kept.toString() !== params.toString()) setParams(kept, { replace: true });
  }, [place, params, setParams]);
  const [wish, setWish] = useState<{ line: number } | null>(null);
  const [visits, setVisits] = useState<readonly Visit[]>([]);
  const [comparison, setComparison] = useState<FlowComparison | null>(null);
  const [leading, setLeading] = useState<{ edges: FlowEdge[]; to: string } | null>(null);
  const [clash, setClash] = useState<Conflict | null>(null);
  const draft = useFlowDraft(view);
  const reach = useReach(view.id);
  const readOnly = !has("editor", "admin");
  const dirty = draft.text !== view.yaml;

  const put = useCallback(
    (next: { pane?: Pane; step?: string }): void => setPlace((old) => ({ ...old, ...next })),
    [],
  );
  const choose = useCallback(
    (step: string): void => {
      put({ step });
      const line = draft.graph?.nodes.find((n) => n.id === step)?.line ?? 0;
      if (line > 0) setWish({ line });
    },
    [put, draft.graph],
  );
  const open = useCallback((step: string): void => put({ step, pane: "step" }), [put]);
  const goLine = (line: number): void => {
    put({ pane: "yaml" });
    setWish({ line });
  };
  const show = (next: Pane): void => {
    put({ pane: next });
    if (next === "yaml" && chosen) choose(chosen);
  };

  const save = useMutation({
    mutationFn: (base: string) => api.saveFlow(view.id, { base, yaml: draft.text }),
    onSuccess: async (saved) => {
      setClash(null);
      void message.success(w.act.saved);
      draft.reset(saved);
      queries.setQueryData(["flow", view.id], saved);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "flow" });
    },
    onError: (error) => {
      if (error instanceof Problem && error.conflict) setClash(error.conflict);
    },
  });
  const { base } = view.file;
  const submit = useCallback(() => save.mutate(base), [base, save.mutate]);
  useUnsaved(dirty && !readOnly, submit);
  const anew = async (): Promise<void> => {
    const fresh = await props.reload();
    if (fresh) draft.reset(fresh);
    await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "flow" });
  };
  const discard = useMutation({
    mutationFn: () => api.discard(view.file.path, base),
    onSuccess: async () => {
      void message.success(w.act.discarded);
      await anew();
    },
  });
  const compare = useMutation({
    mutationFn: (v: { from: string; to: string }) => api.compareFlow(view.id, v.from, v.to),
    onSuccess: setComparison,
  });
  const change = useCallback(
    async (what: Parameters<FlowDraft["change"]>[0]): Promise<boolean> => {
      const ok = await draft.change(what);
      if (ok) void message.success(w.flow.applied);
      return ok;
    },
    [draft.change, message, w],
  );
  const lead = (from: string, to: string): void => {
    const edges = (draft.graph?.edges ?? []).filter((e) => e.from === from && e.path);
    const only = edges[0];
    if (edges.length === 1 && only) void change({ kind: "lead", path: only.path ?? "", value: to });
    else if (edges.length > 1) setLeading({ edges, to });
  };

  // Which graph is looked at: two versions in one, or what is being edited.
  const compared = pane === "versions" && comparison?.graph ? comparison.graph : null;
  const graph = compared?.graph ?? draft.graph;
  const marks = useMemo((): { steps: Map<string, Mark>; ways: Map<string, Mark> } => {
    if (compared) {
      const ways = new Map<string, Mark>();
      compared.graph.edges.forEach((e, i) => {
        const what = compared.edges[i];
        const id = wayId(e.from, e.to);
        if (what === "added" || what === "removed")
          ways.set(id, ways.has(id) && ways.get(id) !== what ? "changed" : what);
      });
      return { steps: new Map(Object.entries(compared.nodes) as [string, Mark][]), ways };
    }
    if (pane === "run") return marksOf(visits);
    return {
      steps: new Map(draft.problems.flatMap((p): [string, Mark][] => (p.step ? [[p.step, "bad"]] : []))),
      ways: new Map(),
    };
  }, [compared, pane, visits, draft.problems]);

  const node = draft.graph?.nodes.find((n) => n.id === chosen);
  const refused = [save.error, discard.error, draft.error].find(
    (e) => e && !(e instanceof Problem && e.conflict),
  );
  const name = locale === "en" ? view.name_en || view.name : view.name;
  const purpose = locale === "en" ? view.purpose_en || view.purpose : view.purpose;
  return (
    <Page
      back={
        <Link to="/flows" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.flows}
        </Link>
      }
      title={`${view.number} ${name}`}
      note={
        <>
          <StateTag file={view.file} />{" "}
          <Tag color={riskColor(view.risk)}>{named(w.flows.risks, view.risk)}</Tag>{" "}
          {purpose ? `${purpose} · ` : ""}
          {view.owner} · {view.identity} · {w.flows.stepsCount(view.steps)} · {w.flows.testsCount(view.tests)}
        </>
      }
      tools={
        view.file.state !== "published" && !view.file.proposed ? (
          <Link to="/releases?pack=1">{w.act.toRelease}</Link>
        ) : null
      }
    >
      <Refused error={refused} />
      <div className={`cs-flow cs-flow-${pane}`}>
        {graph ? (
          <Canvas
            graph={graph}
            chosen={chosen}
            onChoose={choose}
            onOpen={compared ? undefined : open}
            onLead={readOnly || compared ? undefined : lead}
            marks={marks.steps}
            wayMarks={marks.ways}
            badge={compared || pane === "run" ? undefined : reach.badge}
            {...(compared || pane === "run" ? {} : { counts: reach.counts })}
            tools={<ReachChoice reach={reach} />}
          />
        ) : (
          <p className="cs-note">{w.flow.stale}</p>
        )}
        <section className="cs-flow-side" aria-label={w.flow.paneLabel}>
          <Segmented
            block
            aria-label={w.flow.paneLabel}
            value={pane}
            options={PANES.map((value) => ({ value, label: named(w.flow.panes, value) }))}
            onChange={(value) => show(value as Pane)}
          />
          {pane === "yaml" ? (
            <>
              <State draft={draft} onLine={goLine} onChoose={choose} />
              <YamlEditor
                value={draft.text}
                label={w.flow.editor}
                readOnly={readOnly}
                lit={node && node.line > 0 ? [node.line, node.until] : null}
                faults={draft.problems}
                wish={wish}
                onChange={draft.type}
                onLine={(line) => {
                  const step = stepAtLine(draft.graph, line);
                  if (step && step !== chosen) put({ step });
                }}
              />
            </>
          ) : null}
          {pane === "step" && draft.graph ? (
            <StepPane
              key={chosen}
              graph={draft.graph}
              step={chosen}
              reach={reach.steps.get(chosen)}
              readOnly={readOnly}
              change={change}
              onChoose={choose}
              onLine={goLine}
            />
          ) : null}
          {pane === "run" ? (
            <RunPane view={view} text={draft.text} broken={draft.problems.length > 0} onPath={setVisits} />
          ) : null}
          {pane === "versions" ? (
            <VersionsPane
              id={view.id}
              path={view.file.path}
              compared={comparison}
              onCompare={(from, to) => compare.mutate({ from, to })}
              onClose={() => setComparison(null)}
              failed={compare.error}
            />
          ) : null}
          {pane === "files" ? <FilesPane files={view.files} /> : null}
        </section>
      </div>
      <SaveBar
        dirty={dirty}
        saving={save.isPending}
        readOnly={readOnly}
        note={view.file.state !== "published" ? w.act.saved : undefined}
        save={submit}
        undo={() => {
          draft.reset(view);
          save.reset();
        }}
        extra={
          draft.undo ? (
            <Button onClick={draft.undo} disabled={!dirty}>
              {w.flow.undo}
            </Button>
          ) : null
        }
        discard={view.file.state !== "published" && !view.file.proposed ? () => discard.mutate() : undefined}
      />
      {leading ? (
        <WhichWay
          edges={leading.edges}
          to={leading.to}
          onClose={() => setLeading(null)}
          onPick={(path) => {
            setLeading(null);
            void change({ kind: "lead", path, value: leading.to });
          }}
        />
      ) : null}
      {clash ? (
        <Merge
          conflict={clash}
          parts={[]}
          saving={save.isPending}
          onSave={() => save.mutate(clash.base)}
          onTheirs={() => {
            setClash(null);
            void anew();
          }}
          onClose={() => setClash(null)}
        />
      ) : null}
    </Page>
  );
}

/** State says whether graph and text are one, and what the compiler finds wrong. */
function State(props: {
  draft: FlowDraft;
  onLine: (line: number) => void;
  onChoose: (step: string) => void;
}): ReactElement {
  const { w, locale } = useSession();
  const { draft } = props;
  const words = { agreed: w.flow.drawn, drawing: w.flow.drawing, stale: w.flow.stale }[draft.state];
  return (
    <div className="cs-yaml-state">
      <p role="status" className={draft.problems.length > 0 ? "cs-warn" : "cs-note"}>
        {draft.problems.length > 0 ? `${w.flow.problems(draft.problems.length)} · ` : ""}
        {words}
      </p>
      {draft.problems.length > 0 ? (
        <ul className="cs-faults">
          {draft.problems.map((p) => (
            <li key={`${p.line} ${p.text}`}>
              <Button
                type="link"
                size="small"
                onClick={() => {
                  if (p.step) props.onChoose(p.step);
                  props.onLine(p.line);
                }}
              >
                {w.flow.goLine(p.line)}
              </Button>
              <span>{inLocale(p.text, locale)}</span>
              <em>
                {w.edit.remedy}：{inLocale(p.remedy, locale)}
              </em>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}

/** WhichWay asks which of a step's ways shall lead to where a line was drawn to. */
function WhichWay(props: {
  edges: readonly FlowEdge[];
  to: string;
  onPick: (path: string) => void;
  onClose: () => void;
}): ReactElement {
  const { w, locale } = useSession();
  const [path, setPath] = useState(props.edges[0]?.path ?? "");
  useEffect(() => setPath(props.edges[0]?.path ?? ""), [props.edges]);
  return (
    <Modal
      open
      title={`${props.edges[0]?.from} → ${props.to}`}
      okText={w.act.confirm}
      cancelText={w.act.cancel}
      onOk={() => props.onPick(path)}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <Select
        className="cs-wide"
        value={path}
        aria-label={w.flow.leads}
        options={props.edges.map((e) => ({
          value: e.path ?? "",
          label: `${labelOf(e, undefined, locale, w) || w.flow.always} → ${e.to}`,
        }))}
        onChange={setPath}
      />
    </Modal>
  );
}
