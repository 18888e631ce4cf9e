import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { named } from "../i18n";
import { Page, StateTag } from "../parts/bits";
import { Blank, Reading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { Tag, type Tone } from "../parts/tag";
import { useSession } from "../session";
import type { FlowRow } from "../wire";

/** riskColor is how loud a risk is shown. */
export function riskColor(risk: string): Tone {
  return risk === "money" ? "red" : risk === "information" || risk === "low" ? "default" : "gold";
}

/** FlowsPage lists the scenes with owner, risk and tests. */
export function FlowsPage(): ReactElement {
  const { api, w } = useSession();
  const flows = useQuery({ queryKey: ["flows"], queryFn: api.flows });
  const columns: Column<FlowRow>[] = [
    { key: "number", title: "#", width: "56px", phone: "off", cell: (f) => f.number },
    {
      key: "item",
      title: w.flows.item,
      phone: "lead",
      cell: (f) => (
        <Link to={`/flows/${f.id}`} className="cs-title">
          <strong>{f.name}</strong>
          <small>
            {f.group} · {f.id}
          </small>
        </Link>
      ),
    },
    { key: "owner", title: w.flows.owner, width: "150px", cell: (f) => f.owner },
    {
      key: "risk",
      title: w.flows.risk,
      width: "110px",
      cell: (f) => <Tag color={riskColor(f.risk)}>{named(w.flows.risks, f.risk)}</Tag>,
    },
    { key: "identity", title: w.flows.identity, width: "80px", cell: (f) => f.identity },
    { key: "steps", title: w.flows.steps, width: "80px", align: "right", cell: (f) => f.steps },
    { key: "tests", title: w.flows.tests, width: "80px", align: "right", cell: (f) => f.tests },
    { key: "state", title: w.articles.status, width: "110px", cell: (f) => <StateTag file={f.file} /> },
  ];
  return (
    <Reading of={flows}>
      {(list) => (
        <Page title={w.nav.flows} note={`${w.flows.sum(list.length)} · ${w.flows.readOnly}`}>
          {list.length === 0 ? (
            <Blank icon="flows" title={w.flows.none} />
          ) : (
            <Listing label={w.nav.flows} columns={columns} rows={list} rowKey={(f) => f.id} />
          )}
        </Page>
      )}
    </Reading>
  );
}
