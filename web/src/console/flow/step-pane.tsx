import { App, Button, Input, Modal, Select } from "antd";
import { type ReactElement, useState } from "react";
import { Link } from "react-router";
import { kindOfNode, labelOf } from "../graph/ways";
import { named } from "../i18n";
import { Field } from "../parts/bits";
import { Icon } from "../parts/icons";
import { Blank } from "../parts/states";
import { useSession } from "../session";
import type { FlowChange, FlowEdge, FlowGraph, FlowNode, StepReach, Wording } from "../wire";

type Change = (change: FlowChange) => Promise<boolean>;

/** StepPane shows one step: what the customer reads, where it leads, who came here; all to be edited in place. */
export function StepPane(props: {
  graph: FlowGraph;
  step: string;
  reach: StepReach | undefined;
  readOnly: boolean;
  change: Change;
  onChoose: (id: string) => void;
  onLine: (line: number) => void;
}): ReactElement {
  const { w } = useSession();
  const { modal } = App.useApp();
  const [renaming, setRenaming] = useState<string | null>(null);
  const [adding, setAdding] = useState<FlowEdge | null>(null);
  const { graph, readOnly } = props;
  const node = graph.nodes.find((n) => n.id === props.step);
  if (!node) return <Blank icon="flows" title={w.flow.pick} hint={w.flow.pickHint} />;
  const edges = graph.edges.filter((e) => e.from === node.id);
  const kind = named(w.flows.stepKinds, kindOfNode(node));
  return (
    <div className="cs-step-pane">
      <header className="cs-step-head">
        <i className={`cs-node-kind cs-node-kind-${kindOfNode(node)}`}>{kind}</i>
        <h2>{node.id}</h2>
        {node.line > 0 ? (
          <Button type="link" size="small" onClick={() => props.onLine(node.line)}>
            {w.flow.line(node.line)}
          </Button>
        ) : null}
        <span className="cs-grow" />
        {readOnly || node.kind === "missing" ? null : (
          <>
            <Button size="small" onClick={() => setRenaming(node.id)}>
              {w.flow.rename}
            </Button>
            <Button
              size="small"
              danger
              onClick={() =>
                modal.confirm({
                  title: w.flow.removeAsk(node.id),
                  content: w.flow.removeHint,
                  okText: w.act.remove,
                  okButtonProps: { danger: true },
                  cancelText: w.act.cancel,
                  onOk: async () => {
                    await props.change({ kind: "remove", step: node.id });
                  },
                })
              }
            >
              {w.flow.remove}
            </Button>
          </>
        )}
      </header>
      <Facts node={node} />
      {props.reach ? <ReachTable reach={props.reach} /> : null}
      <h3>{w.flow.texts}</h3>
      {node.texts.length === 0 ? <p className="cs-note">{w.flow.textsNone}</p> : null}
      {node.texts.map((t) => (
        <Texts
          key={`${node.id} ${t.path}`}
          wording={t}
          node={node}
          readOnly={readOnly}
          change={props.change}
          onLine={props.onLine}
        />
      ))}
      <h3>{w.flow.leads}</h3>
      {edges.length === 0 ? <p className="cs-note">{w.flow.leadsNone}</p> : null}
      <ul className="cs-leads">
        {edges.map((e) => (
          <Lead
            key={`${e.kind} ${e.label ?? ""} ${e.path ?? ""}`}
            edge={e}
            node={node}
            graph={graph}
            readOnly={readOnly}
            change={props.change}
            onChoose={props.onChoose}
            onAdd={() => setAdding(e)}
          />
        ))}
      </ul>
      {renaming === null ? null : (
        <AskId
          title={w.flow.renameTitle(node.id)}
          value={renaming}
          ok={w.flow.rename}
          onClose={() => setRenaming(null)}
          onDone={async (id) => {
            if (await props.change({ kind: "rename", step: node.id, value: id })) {
              setRenaming(null);
              props.onChoose(id);
            }
          }}
        />
      )}
      {adding ? (
        <AddStep
          edge={adding}
          onClose={() => setAdding(null)}
          onDone={async (as, id) => {
            if (await props.change({ kind: "add", path: adding.path ?? "", value: id, as })) {
              setAdding(null);
              props.onChoose(id);
            }
          }}
        />
      ) : null}
    </div>
  );
}

function Facts(props: { node: FlowNode }): ReactElement | null {
  const { w, locale } = useSession();
  const { node: n } = props;
  const facts: [string, ReactElement | string][] = [];
  if (n.when) facts.push([w.flow.when, <code key="when">{n.when}</code>]);
  if (n.kind === "call" && n.detail) facts.push([w.flow.facts.operation, <code key="op">{n.detail}</code>]);
  if (n.level) facts.push([w.flow.facts.level, n.level]);
  if (n.for) facts.push([w.flow.facts.for, n.for]);
  if (n.kind === "handoff" && n.detail) facts.push([w.flow.facts.queue, n.detail]);
  if (n.runs)
    facts.push([
      w.flow.facts.runs,
      <Link key="runs" to={`/flows/${n.runs}`}>
        {n.runs}
      </Link>,
    ]);
  if (n.slots?.length)
    facts.push([
      w.flow.facts.slots,
      n.slots.map((s) => s.label?.[locale] ?? s.label?.zh ?? s.name).join("、"),
    ]);
  if (facts.length === 0) return null;
  return (
    <dl className="cs-facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function ReachTable(props: { reach: StepReach }): ReactElement {
  const { w } = useSession();
  const { reach: r } = props;
  const rows: [string, number][] = [
    [w.flow.wentOn, r.went_on],
    [w.flow.endedHere, r.ended],
    [w.flow.cancelled, r.cancelled],
    [w.flow.abandoned, r.abandoned],
    [w.flow.waiting, r.waiting],
  ];
  return (
    <section className="cs-reach" aria-label={w.flow.reachTitle}>
      <strong>{w.flow.reached(r.reached)}</strong>
      <ul>
        {rows
          .filter(([, n]) => n > 0)
          .map(([name, n]) => (
            <li key={name}>
              <span>{name}</span>
              <span className="cs-reach-bar">
                <i style={{ width: `${(100 * n) / Math.max(1, r.reached)}%` }} />
              </span>
              <b>{n}</b>
              <small>{w.flow.share(Math.round((100 * n) / Math.max(1, r.reached)))}</small>
            </li>
          ))}
      </ul>
    </section>
  );
}

const LOCALES = ["zh", "en", "zh-elder", "en-elder"] as const;

function Texts(props: {
  wording: Wording;
  node: FlowNode;
  readOnly: boolean;
  change: Change;
  onLine: (line: number) => void;
}): ReactElement {
  const { w, locale } = useSession();
  const { wording: t, readOnly } = props;
  const [elder, setElder] = useState(false);
  const slot = props.node.slots?.find((s) => s.name === t.of);
  const name = named(w.flow.textNames, t.name);
  const title = slot ? `${name} · ${slot.label?.[locale] ?? slot.name}` : name;
  const shown = LOCALES.filter(
    (l) => l === "zh" || l === "en" || t.text[l] !== undefined || (elder && l === "zh-elder"),
  );
  return (
    <fieldset className="cs-texts">
      <legend>
        {title}
        <Button type="link" size="small" onClick={() => props.onLine(t.line)}>
          {w.flow.line(t.line)}
        </Button>
        {readOnly || t.text["zh-elder"] !== undefined || elder ? null : (
          <Button type="link" size="small" onClick={() => setElder(true)}>
            {w.flow.addElder}
          </Button>
        )}
      </legend>
      {shown.map((l) => (
        <OneText
          key={`${l} ${t.text[l] ?? ""}`}
          label={`${title} ${named(w.flow.locales, l)}`}
          short={named(w.flow.locales, l)}
          value={t.text[l] ?? ""}
          readOnly={readOnly}
          onSave={(value) => props.change({ kind: "text", path: t.path, locale: l, value })}
        />
      ))}
    </fieldset>
  );
}

/** OneText is a wording; leaving the field, or Ctrl+Enter, writes it into the file. */
function OneText(props: {
  label: string;
  short: string;
  value: string;
  readOnly: boolean;
  onSave: (value: string) => Promise<boolean>;
}): ReactElement {
  const [value, setValue] = useState(props.value);
  const save = (): void => {
    if (value === props.value) return;
    void props.onSave(value).then((ok) => {
      if (!ok) setValue(props.value);
    });
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="cs-one-text">
      <span>{props.short}</span>
      <Input.TextArea
        value={value}
        readOnly={props.readOnly}
        autoSize={{ minRows: 1, maxRows: 6 }}
        aria-label={props.label}
        onChange={(e) => setValue(e.target.value)}
        onBlur={save}
        onKeyDown={(e) => {
          if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) save();
          if (e.key === "Escape") setValue(props.value);
        }}
      />
    </label>
  );
}

function Lead(props: {
  edge: FlowEdge;
  node: FlowNode;
  graph: FlowGraph;
  readOnly: boolean;
  change: Change;
  onChoose: (id: string) => void;
  onAdd: () => void;
}): ReactElement {
  const { w, locale } = useSession();
  const { edge: e, graph } = props;
  const label = labelOf(e, props.node, locale, w) || w.flow.always;
  const fixed = props.readOnly || !e.path;
  const options = graph.nodes
    .filter((n) => n.kind !== "missing")
    .map((n) => ({ value: n.id, label: `${n.id} · ${named(w.flows.stepKinds, kindOfNode(n))}` }));
  const loose = e.kind === "next" ? [{ value: "", label: w.flow.below }] : [];
  return (
    <li>
      <span className="cs-lead-label" title={label}>
        {e.kind === "branch" && e.label ? <code>{e.label}</code> : label}
      </span>
      <span aria-hidden="true">→</span>
      {fixed ? (
        <Button type="link" size="small" onClick={() => props.onChoose(e.to)}>
          {e.to}
        </Button>
      ) : (
        <Select
          size="small"
          className="cs-lead-to"
          showSearch
          value={e.to}
          aria-label={w.flow.leadTo(label)}
          options={[...options, ...loose]}
          popupMatchSelectWidth={260}
          onChange={(to) => void props.change({ kind: "lead", path: e.path ?? "", value: to })}
        />
      )}
      {fixed ? null : (
        <Button
          size="small"
          className="cs-icon-button"
          aria-label={`${label}：${w.flow.addOn}`}
          title={w.flow.addOn}
          onClick={props.onAdd}
        >
          <Icon name="plus" size={14} />
        </Button>
      )}
    </li>
  );
}

function AskId(props: {
  title: string;
  value: string;
  ok: string;
  onClose: () => void;
  onDone: (id: string) => Promise<void>;
}): ReactElement {
  const { w } = useSession();
  const [id, setId] = useState(props.value);
  return (
    <Modal
      open
      title={props.title}
      okText={props.ok}
      cancelText={w.act.cancel}
      okButtonProps={{ disabled: id.trim() === "" || id === props.value }}
      onOk={() => void props.onDone(id.trim())}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <Field label={w.flow.addId} hint={w.flow.idHint}>
        <Input
          value={id}
          autoFocus
          onChange={(e) => setId(e.target.value)}
          onPressEnter={() => void props.onDone(id.trim())}
        />
      </Field>
    </Modal>
  );
}

type NewKind = NonNullable<FlowChange["as"]>;

function AddStep(props: {
  edge: FlowEdge;
  onClose: () => void;
  onDone: (as: NewKind, id: string) => Promise<void>;
}): ReactElement {
  const { w } = useSession();
  const [as, setAs] = useState<NewKind>("say");
  const [id, setId] = useState("");
  return (
    <Modal
      open
      title={`${w.flow.addTitle}：${props.edge.from} → ${props.edge.to}`}
      okText={w.act.add}
      cancelText={w.act.cancel}
      okButtonProps={{ disabled: id.trim() === "" }}
      onOk={() => void props.onDone(as, id.trim())}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <Field label={w.flow.addKind}>
        <Select
          value={as}
          aria-label={w.flow.addKind}
          options={(["say", "choose", "branch", "handoff"] as const).map((value) => ({
            value,
            label: named(w.flow.newKinds, value),
          }))}
          onChange={setAs}
        />
      </Field>
      <Field label={w.flow.addId} hint={w.flow.idHint}>
        <Input
          value={id}
          autoFocus
          onChange={(e) => setId(e.target.value)}
          onPressEnter={() => void props.onDone(as, id.trim())}
        />
      </Field>
    </Modal>
  );
}
