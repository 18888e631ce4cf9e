import { Button, Input, Modal, Skeleton } from "antd";
import { type ReactElement, useCallback, useEffect, useState } from "react";
import { Trouble } from "../../api/signed";
import type { Filter } from "../api";
import { stamp } from "../core/clock";
import type { Opening, Recording } from "../core/wire";
import { half } from "../i18n";
import { day, usePage } from "./context";

const ANY: Filter = { from: "", to: "", agent: "", customer: "", conversation: "" };

/** ListPage is the list of recorded sessions; one is opened with a reason. */
export function ListPage(props: { opened(o: Opening): void }): ReactElement {
  const { api, t, locale } = usePage();
  const [filter, setFilter] = useState(ANY);
  const [rows, setRows] = useState<Recording[] | null>(null);
  const [more, setMore] = useState(false);
  const [trouble, setTrouble] = useState("");
  const [asking, setAsking] = useState<Recording | null>(null);
  const load = useCallback(
    async (f: Filter, before: string) => {
      setTrouble("");
      try {
        const page = await api.sessions(f, before);
        setRows((was) => (before === "" ? page.sessions : [...(was ?? []), ...page.sessions]));
        setMore(page.more);
      } catch (error) {
        setRows((was) => was ?? []);
        setTrouble(error instanceof Trouble ? error.message : String(error));
      }
    },
    [api],
  );
  useEffect(() => void load(ANY, ""), [load]);
  const field = (name: keyof Filter, label: string, type = "text"): ReactElement => (
    <label className={`ev-field ev-field-${name}`} htmlFor={`ev-${name}`}>
      <span>{label}</span>
      <Input
        id={`ev-${name}`}
        type={type}
        value={filter[name]}
        maxLength={40}
        onChange={(e) => setFilter({ ...filter, [name]: e.target.value })}
      />
    </label>
  );
  return (
    <main className="ev-list">
      <h2>{t.list}</h2>
      <p className="ev-lead">{t.listHint}</p>
      <form
        className="ev-filter"
        onSubmit={(e) => {
          e.preventDefault();
          void load(filter, "");
        }}
      >
        {field("from", t.from, "date")}
        {field("to", t.to, "date")}
        {field("agent", t.agent)}
        {field("customer", t.customer)}
        {field("conversation", t.conversation)}
        <div className="ev-filter-go">
          <Button type="primary" htmlType="submit">
            {t.search}
          </Button>
          <Button
            onClick={() => {
              setFilter(ANY);
              void load(ANY, "");
            }}
          >
            {t.clear}
          </Button>
        </div>
      </form>
      {trouble ? (
        <div className="ev-alert" role="alert">
          {half(trouble, locale)}{" "}
          <Button size="small" onClick={() => void load(filter, "")}>
            {t.again}
          </Button>
        </div>
      ) : null}
      {rows === null ? (
        <Skeleton active />
      ) : rows.length === 0 && !trouble ? (
        <div className="ev-none">
          <b>{t.none}</b>
          <p>{t.noneHint}</p>
        </div>
      ) : rows.length > 0 ? (
        <Rows rows={rows} open={setAsking} />
      ) : null}
      {more ? (
        <Button onClick={() => void load(filter, rows?.at(-1)?.started_at ?? "")}>{t.older}</Button>
      ) : null}
      {asking ? <Ask recording={asking} close={() => setAsking(null)} opened={props.opened} /> : null}
    </main>
  );
}

function Rows(props: { rows: readonly Recording[]; open(r: Recording): void }): ReactElement {
  const { t, locale } = usePage();
  return (
    <table className="ev-rows">
      <thead>
        <tr>
          {Object.entries(t.columns).map(([name, label]) => (
            <th key={name} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {props.rows.map((r) => (
          <tr key={r.session}>
            <td data-label={t.columns.when}>{day(r.started_at, locale)}</td>
            <td data-label={t.columns.length} className="ev-num">
              {stamp(r.length_ms)}
              {r.segments > 1 ? <small> · {t.segments(r.segments)}</small> : null}
            </td>
            <td data-label={t.columns.customer}>
              {r.customer.name} <small>{r.customer.number}</small>
            </td>
            <td data-label={t.columns.agent}>
              {locale === "en" ? r.agent.name_en || r.agent.name : r.agent.name}{" "}
              <small>{r.agent.number}</small>
            </td>
            <td data-label={t.columns.what}>
              {r.title || t.noTitle}
              {r.role || r.outcome ? (
                <small>
                  {" "}
                  {[t.roles[r.role ?? ""], t.outcomes[r.outcome ?? ""]].filter(Boolean).join(" · ")}
                </small>
              ) : null}
            </td>
            <td data-label={t.columns.state}>
              <span className={`ev-state ev-state-${r.state}`}>{t.listStates[r.state] ?? r.state}</span>
              {t.listStateHints[r.state] ? (
                <small className="ev-state-hint">{t.listStateHints[r.state]}</small>
              ) : null}
            </td>
            <td className="ev-open">
              <Button
                type="primary"
                ghost
                disabled={r.state === "recording" || r.state === "destroyed"}
                onClick={() => props.open(r)}
                aria-label={`${t.open} ${day(r.started_at, locale)} ${r.customer.name}`}
              >
                {t.open}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const SHORTEST = 4;

function Ask(props: { recording: Recording; close(): void; opened(o: Opening): void }): ReactElement {
  const { api, t, locale } = usePage();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState("");
  const r = props.recording;
  const open = async (): Promise<void> => {
    setBusy(true);
    setTrouble("");
    try {
      props.opened(await api.open(r.session, reason));
    } catch (error) {
      setTrouble(error instanceof Trouble ? error.message : String(error));
      setBusy(false);
    }
  };
  const fits = Array.from(reason.trim()).length >= SHORTEST;
  return (
    <Modal
      open
      title={t.openTitle}
      okText={t.open}
      cancelText={t.cancel}
      onCancel={props.close}
      onOk={() => void open()}
      confirmLoading={busy}
      okButtonProps={{ disabled: !fits }}
    >
      <p className="ev-ask-what">
        {day(r.started_at, locale)} · {r.customer.name} · {r.title || t.noTitle} · {stamp(r.length_ms)}
      </p>
      <label className="ev-ask" htmlFor="ev-reason">
        <b>{t.reason}</b>
        <Input.TextArea
          id="ev-reason"
          autoFocus
          rows={3}
          maxLength={300}
          showCount
          value={reason}
          onChange={(e) => setReason(e.target.value)}
        />
      </label>
      <div className="ev-chips">
        {t.reasons.map((words) => (
          <Button key={words} size="small" onClick={() => setReason(words)}>
            {words}
          </Button>
        ))}
      </div>
      <p className="ev-hint">{busy ? t.opening : t.reasonHint}</p>
      {trouble ? (
        <p className="ev-alert" role="alert">
          {half(trouble, locale)}
        </p>
      ) : null}
    </Modal>
  );
}
