import { useQuery } from "@tanstack/react-query";
import { Checkbox, Input } from "antd";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import type { Words } from "../i18n";
import { Page, StateTag } from "../parts/bits";
import { Icon } from "../parts/icons";
import { type Names, useNames } from "../parts/names";
import { Blank, Reading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { IntentRow } from "../wire";

/** IntentsPage lists what can be understood, thin ones marked. */
export function IntentsPage(): ReactElement {
  const { api, w, locale } = useSession();
  const [params, setParams] = useSearchParams();
  const intents = useQuery({ queryKey: ["intents"], queryFn: api.intents });
  const names = useNames(true);
  const q = params.get("q") ?? "";
  const thin = params.get("thin") === "1";
  const file = params.get("file") ?? "";
  const set = (key: string, value: string): void => {
    const next = new URLSearchParams(params);
    if (value === "") next.delete(key);
    else next.set(key, value);
    setParams(next, { replace: true });
  };
  const columns: Column<IntentRow>[] = [
    {
      key: "item",
      title: w.intents.item,
      phone: "lead",
      cell: (i) => (
        <Link to={`/intents/${i.name}`} className="cs-title">
          <strong>{locale === "en" ? i.label_en || i.label : i.label || i.name}</strong>
          <small>{i.name}</small>
        </Link>
      ),
    },
    { key: "leads", title: w.intents.leads, cell: (i) => leadsTo(i, w, names) },
    {
      key: "zh",
      title: w.intents.zh,
      width: "160px",
      cell: (i) => (
        <span className="cs-valid">
          {i.zh}
          {i.thin ? <Tag color="gold">{w.intents.thin}</Tag> : null}
        </span>
      ),
    },
    { key: "en", title: w.intents.en, width: "100px", cell: (i) => i.en },
    { key: "state", title: w.articles.status, width: "118px", cell: (i) => <StateTag file={i.file} /> },
  ];
  return (
    <Reading of={intents}>
      {(list) => {
        const shown = list.filter(
          (i) =>
            (!thin || i.thin) &&
            (file === "" || i.file.path === file) &&
            `${i.name} ${i.label} ${i.label_en}`.toLowerCase().includes(q.toLowerCase()),
        );
        return (
          <Page title={w.nav.intents} note={w.intents.sum(list.length, list.filter((i) => i.thin).length)}>
            <div className="cs-filter">
              <Input
                className="cs-filter-search"
                allowClear
                prefix={<Icon name="search" size={16} />}
                placeholder={w.intents.search}
                aria-label={w.intents.search}
                value={q}
                onChange={(e) => set("q", e.target.value)}
              />
              <Checkbox checked={thin} onChange={(e) => set("thin", e.target.checked ? "1" : "")}>
                {w.intents.thinOnly}
              </Checkbox>
            </div>
            {shown.length === 0 ? (
              <Blank title={w.intents.none} />
            ) : (
              <Listing label={w.nav.intents} columns={columns} rows={shown} rowKey={(i) => i.name} />
            )}
          </Page>
        );
      }}
    </Reading>
  );
}

/** leadsTo says what happens when an intent is hit. */
export function leadsTo(i: IntentRow, w: Words, names: Names): ReactElement {
  if (i.flow) return <Link to={`/flows/${i.flow}`}>{w.intents.starts(names.flow(i.flow))}</Link>;
  if (i.article)
    return <Link to={`/articles/${i.article}`}>{w.intents.answers(names.article(i.article))}</Link>;
  return <span>{w.intents.says}</span>;
}
