import { useQuery } from "@tanstack/react-query";
import { Input, Select } from "antd";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { named } from "../i18n";
import { Page, StateTag } from "../parts/bits";
import { Blank, Reading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { Tag, type Tone } from "../parts/tag";
import { useSession } from "../session";
import type { FlowList, FlowRow, FlowVolume } from "../wire";

/** riskColor is how loud a risk is shown. */
export function riskColor(risk: string): Tone {
  return risk === "money" ? "red" : risk === "information" || risk === "low" ? "default" : "gold";
}

/** FlowsPage lists the scenes with owner, risk, tests, and what customers made of them. */
export function FlowsPage(): ReactElement {
  const { api } = useSession();
  const flows = useQuery({ queryKey: ["flows"], queryFn: api.flows });
  return <Reading of={flows}>{(list) => <Scenes list={list} />}</Reading>;
}

/** matches tells whether a scene fits the words and choices of the filter. */
export function matches(
  f: FlowRow,
  filter: { q: string; group: string; risk: string; state: string },
): boolean {
  const text = `${f.number} ${f.id} ${f.name} ${f.name_en} ${f.owner} ${f.group} ${f.group_en}`.toLowerCase();
  return (
    filter.q
      .toLowerCase()
      .split(/\s+/)
      .every((word) => text.includes(word)) &&
    (filter.group === "" || f.group === filter.group) &&
    (filter.risk === "" || f.risk === filter.risk) &&
    (filter.state === "" || f.file.state === filter.state)
  );
}

function Scenes(props: { list: FlowList }): ReactElement {
  const { w, locale } = useSession();
  const [params, setParams] = useSearchParams();
  const { flows, days } = props.list;
  const filter = {
    q: params.get("q") ?? "",
    group: params.get("group") ?? "",
    risk: params.get("risk") ?? "",
    state: params.get("state") ?? "",
  };
  const put = (key: keyof typeof filter, value: string): void =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (value === "") next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  const groupOf = (f: FlowRow): string => (locale === "en" ? f.group_en || f.group : f.group);
  const groups = [...new Map(flows.map((f) => [f.group, groupOf(f)]))];
  const shown = flows.filter((f) => matches(f, filter));
  const columns: Column<FlowRow>[] = [
    { key: "number", title: "#", width: "52px", phone: "off", cell: (f) => f.number },
    {
      key: "item",
      title: w.flows.item,
      phone: "lead",
      cell: (f) => (
        <Link to={`/flows/${f.id}`} className="cs-title">
          <strong>
            <span className="cs-phone-only">{f.number} </span>
            {locale === "en" ? f.name_en || f.name : f.name}
          </strong>
          <small>
            {groupOf(f)} · {f.id}
          </small>
        </Link>
      ),
    },
    { key: "owner", title: w.flows.owner, width: "136px", cell: (f) => f.owner },
    {
      key: "risk",
      title: w.flows.risk,
      width: "104px",
      cell: (f) => <Tag color={riskColor(f.risk)}>{named(w.flows.risks, f.risk)}</Tag>,
    },
    { key: "identity", title: w.flows.identity, width: "64px", cell: (f) => f.identity },
    {
      key: "tests",
      title: w.flows.tests,
      width: "64px",
      align: "right",
      cell: (f) => f.tests,
    },
    {
      key: "runs",
      title: w.flows.runs(days),
      width: "84px",
      align: "right",
      cell: (f) => (f.volume ? f.volume.started : <span className="cs-dim">—</span>),
    },
    {
      key: "finished",
      title: w.flows.finished,
      width: "92px",
      align: "right",
      cell: (f) => (f.volume ? <Share part={f.volume.done} of={f.volume} tone="good" /> : "—"),
    },
    {
      key: "dropped",
      title: w.flows.dropped,
      width: "92px",
      align: "right",
      cell: (f) =>
        f.volume ? <Share part={f.volume.cancelled + f.volume.abandoned} of={f.volume} tone="bad" /> : "—",
    },
    { key: "state", title: w.flows.state, width: "96px", cell: (f) => <StateTag file={f.file} /> },
  ];
  return (
    <Page title={w.nav.flows} note={w.flows.found(shown.length, flows.length)}>
      <div className="cs-filter">
        <Input
          className="cs-filter-search"
          allowClear
          placeholder={w.flows.search}
          aria-label={w.flows.search}
          value={filter.q}
          onChange={(e) => put("q", e.target.value)}
        />
        <Choice
          label={w.flows.group}
          value={filter.group}
          options={groups}
          onChange={(v) => put("group", v)}
        />
        <Choice
          label={w.flows.riskFilter}
          value={filter.risk}
          options={[...new Set(flows.map((f) => f.risk))].map((r) => [r, named(w.flows.risks, r)] as const)}
          onChange={(v) => put("risk", v)}
        />
        <Choice
          label={w.flows.state}
          value={filter.state}
          options={["published", "draft"].map((s) => [s, named(w.fileState, s)] as const)}
          onChange={(v) => put("state", v)}
        />
      </div>
      {shown.length === 0 ? (
        <Blank icon="flows" title={flows.length === 0 ? w.flows.none : w.flows.nothing} />
      ) : (
        <Listing label={w.nav.flows} columns={columns} rows={shown} rowKey={(f) => f.id} />
      )}
    </Page>
  );
}

function Choice(props: {
  label: string;
  value: string;
  options: readonly (readonly [value: string, label: string])[];
  onChange: (value: string) => void;
}): ReactElement {
  const { w } = useSession();
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="cs-choose">
      {props.label}
      <Select
        value={props.value}
        popupMatchSelectWidth={180}
        options={[
          { value: "", label: w.articles.any },
          ...props.options.map(([value, label]) => ({ value, label })),
        ]}
        onChange={props.onChange}
      />
    </label>
  );
}

/** Share is a part of all runs, in percent, with the numbers behind it to be read. */
function Share(props: { part: number; of: FlowVolume; tone: "good" | "bad" }): ReactElement {
  const { w } = useSession();
  const v = props.of;
  const percent = Math.round((100 * props.part) / Math.max(1, v.started));
  return (
    <span
      className={`cs-share cs-share-${props.tone}`}
      title={w.flows.shareHint(v.done, v.otherwise, v.cancelled + v.abandoned, v.waiting)}
    >
      <i style={{ width: `${percent}%` }} />
      <b>{percent}%</b>
    </span>
  );
}
