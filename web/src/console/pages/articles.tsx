import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Button, Checkbox, Input, Pagination, Segmented, Select } from "antd";
import { type ReactElement, useDeferredValue, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { named } from "../i18n";
import { Bar, Page, StateTag } from "../parts/bits";
import { Icon } from "../parts/icons";
import { ImportFile } from "../parts/import";
import { Blank, Reading } from "../parts/states";
import { type Column, Listing } from "../parts/table";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { ArticleRow, TryPassage } from "../wire";

const PAGE = 40;

/** ArticlesPage lists the knowledge base, by words or as a customer would ask. */
export function ArticlesPage(): ReactElement {
  const { w, has } = useSession();
  const [params, setParams] = useSearchParams();
  const [importing, setImporting] = useState(false);
  const asked = params.get("ask");
  const set = (changes: Record<string, string>): void => {
    const next = new URLSearchParams(params);
    for (const [key, value] of Object.entries({ page: "", ...changes })) {
      if (value === "" && key !== "ask") next.delete(key);
      else next.set(key, value);
    }
    setParams(next, { replace: true });
  };
  return (
    <Page
      title={w.nav.articles}
      tools={
        has("editor", "admin") ? (
          <>
            <Button onClick={() => setImporting(true)}>{w.articles.import}</Button>
            <Link to="/articles/new" className="cs-button">
              <Icon name="plus" size={16} />
              {w.articles.add}
            </Link>
          </>
        ) : null
      }
    >
      <div className="cs-filter">
        <Segmented
          aria-label={w.articles.search}
          options={[
            { value: "word", label: w.articles.byWord },
            { value: "ask", label: w.articles.byAsk },
          ]}
          value={asked === null ? "word" : "ask"}
          onChange={(mode) => {
            const next = new URLSearchParams(params);
            if (mode === "ask") next.set("ask", params.get("q") ?? "");
            else next.delete("ask");
            setParams(next, { replace: true });
          }}
        />
        {asked === null ? <ByWord params={params} set={set} /> : <AskBox asked={asked} set={set} />}
      </div>
      {asked === null ? <Found params={params} set={set} /> : <Answers asked={asked} />}
      {importing ? <ImportFile onClose={() => setImporting(false)} /> : null}
    </Page>
  );
}

interface Filtered {
  params: URLSearchParams;
  set: (changes: Record<string, string>) => void;
}

function useFound(params: URLSearchParams) {
  const { api } = useSession();
  const filter = {
    q: useDeferredValue(params.get("q") ?? ""),
    group: params.get("group") ?? "",
    audience: params.get("audience") ?? "",
    state: params.get("state") ?? "",
    expiring: params.get("expiring") === "1",
    offset: (Math.max(1, Number(params.get("page") ?? "1")) - 1) * PAGE,
    limit: PAGE,
  };
  return useQuery({
    queryKey: ["articles", filter],
    queryFn: () => api.articles(filter),
    placeholderData: keepPreviousData,
  });
}

function ByWord(props: Filtered): ReactElement {
  const { w } = useSession();
  const { params, set } = props;
  const found = useFound(params);
  const any = { value: "", label: w.articles.any };
  return (
    <>
      <Input
        className="cs-filter-search"
        allowClear
        prefix={<Icon name="search" size={16} />}
        placeholder={w.articles.search}
        aria-label={w.articles.search}
        value={params.get("q") ?? ""}
        onChange={(e) => set({ q: e.target.value })}
      />
      <Choose
        label={w.articles.group}
        value={params.get("group") ?? ""}
        onChange={(group) => set({ group })}
        options={[any, ...(found.data?.groups ?? []).map((g) => ({ value: g, label: named(w.groups, g) }))]}
      />
      <Choose
        label={w.articles.audience}
        value={params.get("audience") ?? ""}
        onChange={(audience) => set({ audience })}
        options={[any, ...["customer", "staff"].map((a) => ({ value: a, label: named(w.audiences, a) }))]}
      />
      <Choose
        label={w.articles.stateFilter}
        value={params.get("state") ?? ""}
        onChange={(state) => set({ state })}
        options={[
          any,
          ...["published", "draft", "new", "deleted"].map((s) => ({
            value: s,
            label: named(w.fileState, s),
          })),
        ]}
      />
      <Checkbox
        checked={params.get("expiring") === "1"}
        onChange={(e) => set({ expiring: e.target.checked ? "1" : "" })}
      >
        {w.articles.expiringOnly}
      </Checkbox>
    </>
  );
}

function Choose(props: {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}): ReactElement {
  return (
    <span className="cs-choose">
      <span aria-hidden="true">{props.label}</span>
      <Select
        aria-label={props.label}
        value={props.value}
        options={props.options}
        onChange={props.onChange}
        popupMatchSelectWidth={false}
      />
    </span>
  );
}

function Found(props: Filtered): ReactElement {
  const { w } = useSession();
  const found = useFound(props.params);
  const columns: Column<ArticleRow>[] = [
    {
      key: "item",
      title: w.articles.item,
      phone: "lead",
      cell: (a) => (
        <Link to={`/articles/${a.id}`} className="cs-title">
          <strong>{a.title}</strong>
          <small>{a.question}</small>
        </Link>
      ),
    },
    { key: "group", title: w.articles.group, width: "96px", cell: (a) => named(w.groups, a.group) },
    { key: "owner", title: w.articles.owner, width: "132px", cell: (a) => a.owner },
    {
      key: "audience",
      title: w.articles.audience,
      width: "96px",
      cell: (a) =>
        a.audience.map((x) => (
          <Tag key={x} color={x === "staff" ? "purple" : "default"}>
            {named(w.audiences, x)}
          </Tag>
        )),
    },
    {
      key: "valid",
      title: w.articles.valid,
      width: "190px",
      cell: (a) => (
        <span className="cs-valid">
          {a.until === "" ? w.always : a.until}
          {a.expired ? (
            <Tag color="red">{w.articles.expired}</Tag>
          ) : a.expiring ? (
            <Tag color="gold">{w.articles.expiring}</Tag>
          ) : null}
        </span>
      ),
    },
    { key: "similar", title: w.articles.similar, width: "80px", align: "right", cell: (a) => a.similar },
    { key: "state", title: w.articles.status, width: "118px", cell: (a) => <StateTag file={a.file} /> },
  ];
  return (
    <Reading of={found}>
      {(list) =>
        list.total === 0 ? (
          <Blank title={w.articles.none} hint={w.articles.noneHint}>
            <Button onClick={() => props.set({ q: "", group: "", audience: "", state: "", expiring: "" })}>
              {w.articles.clear}
            </Button>
          </Blank>
        ) : (
          <>
            <p className="cs-count">{w.articles.total(list.total)}</p>
            <Listing label={w.nav.articles} columns={columns} rows={list.articles} rowKey={(a) => a.id} />
            {list.total > PAGE ? (
              <Pagination
                className="cs-pages"
                current={Number(props.params.get("page") ?? "1")}
                pageSize={PAGE}
                total={list.total}
                showSizeChanger={false}
                onChange={(n) => props.set({ page: String(n) })}
              />
            ) : null}
          </>
        )
      }
    </Reading>
  );
}

function AskBox(props: { asked: string; set: (changes: Record<string, string>) => void }): ReactElement {
  const { w } = useSession();
  const [text, setText] = useState(props.asked);
  return (
    <>
      <Input.Search
        className="cs-filter-search"
        value={text}
        placeholder={w.articles.ask}
        aria-label={w.articles.ask}
        onChange={(e) => setText(e.target.value)}
        onSearch={(value) => props.set({ ask: value.trim() })}
      />
      <span className="cs-note">{w.articles.askHint}</span>
    </>
  );
}

function Answers(props: { asked: string }): ReactElement | null {
  const { api, w } = useSession();
  const answers = useQuery({
    queryKey: ["ask", props.asked],
    queryFn: () => api.tryOut({ text: props.asked }),
    enabled: props.asked !== "",
  });
  if (props.asked === "") return null;
  const columns: Column<TryPassage>[] = [
    { key: "place", title: "#", width: "44px", phone: "off", cell: (p) => p.place },
    {
      key: "item",
      title: w.articles.item,
      phone: "lead",
      cell: (p) => (
        <Link to={`/articles/${p.article}`} className="cs-title">
          <strong>{p.title}</strong>
          <small>{p.text}</small>
        </Link>
      ),
    },
    {
      key: "score",
      title: w.articles.score,
      width: "220px",
      cell: (p) => (
        <Bar
          value={p.score}
          label={w.articles.score}
          mark={answers.data?.threshold ?? 0.5}
          tone={p.answers ? "good" : "plain"}
        />
      ),
    },
    {
      key: "answers",
      title: w.articles.status,
      width: "150px",
      cell: (p) =>
        p.answers ? <Tag color="green">{w.articles.answers}</Tag> : <Tag>{w.articles.notSure}</Tag>,
    },
  ];
  return (
    <Reading of={answers}>
      {(r) =>
        r.passages.length === 0 ? (
          <Blank title={w.articles.nothing} />
        ) : (
          <Listing label={w.try.passages} columns={columns} rows={r.passages} rowKey={(p) => p.passage} />
        )
      }
    </Reading>
  );
}
