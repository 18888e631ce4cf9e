import { useQuery } from "@tanstack/react-query";
import { Tabs } from "antd";
import type { ReactElement } from "react";
import { Link, useParams } from "react-router";
import { named } from "../i18n";
import { outlineOf } from "../outline";
import { Page, StateTag } from "../parts/bits";
import { Icon } from "../parts/icons";
import { Reading } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { FlowView } from "../wire";
import { riskColor } from "./flows";

/** FlowPage shows one scene: its steps for reading, and its files. */
export function FlowPage(): ReactElement {
  const { api } = useSession();
  const { id = "" } = useParams();
  const flow = useQuery({ queryKey: ["flow", id], queryFn: () => api.flow(id) });
  return <Reading of={flow}>{(f) => <Scene flow={f} />}</Reading>;
}

function Scene(props: { flow: FlowView }): ReactElement {
  const { w } = useSession();
  const { flow } = props;
  const files = Object.entries(flow.files).sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b));
  const yaml = files.find(([path]) => path.endsWith("/flow.yaml"))?.[1] ?? "";
  return (
    <Page
      back={
        <Link to="/flows" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.flows}
        </Link>
      }
      title={`${flow.number} ${flow.name}`}
      note={
        <>
          <StateTag file={flow.file} />{" "}
          <Tag color={riskColor(flow.risk)}>{named(w.flows.risks, flow.risk)}</Tag> {flow.owner} ·{" "}
          {flow.identity} · {w.flows.stepsCount(flow.steps)} · {w.flows.testsCount(flow.tests)}
        </>
      }
    >
      {flow.purpose ? <p className="cs-purpose">{flow.purpose}</p> : null}
      <Tabs
        items={[
          { key: "steps", label: w.flows.outline, children: <Steps yaml={yaml} /> },
          ...files.map(([path, text]) => ({
            key: path,
            label: path.split("/").slice(2).join("/"),
            children: <Source path={path} text={text} />,
          })),
        ]}
      />
    </Page>
  );
}

function rank(path: string): number {
  const order = ["/flow.yaml", "/intents.yaml", "/scene.yaml"].findIndex((end) => path.endsWith(end));
  return order < 0 ? 9 : order;
}

function Steps(props: { yaml: string }): ReactElement {
  const { w, locale } = useSession();
  const outline = outlineOf(props.yaml, locale);
  return (
    <>
      {outline.slots.length > 0 ? (
        <p className="cs-slots">
          <span>{w.flows.slots}</span>
          {outline.slots.map((s) => (
            <Tag key={s.name}>{s.label || s.name}</Tag>
          ))}
        </p>
      ) : null}
      <ol className="cs-steps">
        {outline.steps.map((s) => (
          <li key={s.id} id={`step-${s.id}`} className={s.irreversible ? "cs-step-act" : ""}>
            <span className="cs-step-kind">{named(w.flows.stepKinds, s.irreversible ? "act" : s.kind)}</span>
            <div>
              <strong>{s.id}</strong>
              {s.says ? <p>{s.says}</p> : null}
              {s.goes.length > 0 ? (
                <ul>
                  {s.goes.map((g) => (
                    <li key={`${g.when}>${g.to}`}>
                      {g.when ? (
                        <code>{g.when}</code>
                      ) : (
                        <span>{s.goes.length > 1 ? w.flows.otherwise : w.flows.next}</span>
                      )}
                      <span aria-hidden="true">→</span>
                      <a href={`#step-${g.to}`}>{g.to}</a>
                    </li>
                  ))}
                </ul>
              ) : null}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
}

function Source(props: { path: string; text: string }): ReactElement {
  const { w } = useSession();
  const lines = props.text.replace(/\n$/, "").split("\n");
  return (
    <>
      <p className="cs-note">
        <code>{props.path}</code> · {w.flows.lines(lines.length)} · {w.flows.readOnly}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="cs-source" tabIndex={0} aria-label={props.path}>
        {lines.map((line, i) => (
          <span key={i}>{`${line}\n`}</span>
        ))}
      </section>
    </>
  );
}
