import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { Link } from "react-router";
import { moment, named } from "../i18n";
import { Page, StateTag } from "../parts/bits";
import { EmployeeEdit } from "../parts/employee-edit";
import { RobotFace } from "../parts/icons";
import { useNames } from "../parts/names";
import { Blank, Reading, Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { EmployeeRow } from "../wire";

/** SPREAD is how long a change of duty may take to be on every node, in milliseconds. */
const SPREAD = 10_000;

/** EmployeesPage is the personnel file of the digital employees, with 停岗 and 上岗. */
export function EmployeesPage(): ReactElement {
  const { api, w } = useSession();
  const employees = useQuery({ queryKey: ["employees"], queryFn: api.employees, refetchInterval: 10_000 });
  return (
    <Reading of={employees}>
      {(list) => (
        <Page title={w.nav.employees} note={w.employees.file}>
          {list.length === 0 ? <Blank icon="employees" title={w.employees.none} /> : null}
          <div className="cs-staff">
            {list.map((e) => (
              <Card key={e.id} employee={e} />
            ))}
          </div>
        </Page>
      )}
    </Reading>
  );
}

function Card(props: { employee: EmployeeRow }): ReactElement {
  const { employee: e } = props;
  const { api, w, locale, nameOf, has } = useSession();
  const { modal } = App.useApp();
  const queries = useQueryClient();
  const names = useNames(false);
  const [reason, setReason] = useState<string | null>(null);
  const [editing, setEditing] = useState(false);
  const duty = useMutation({
    mutationFn: (change: { leave: boolean; reason: string }) =>
      api.setDuty(e.id, change.leave, change.reason),
    onSuccess: async (answer) => {
      setReason(null);
      queries.setQueryData(["employees"], answer.employees);
      await queries.invalidateQueries({ queryKey: ["audit"] });
    },
  });
  const allowed = has("approver", "admin");
  return (
    <article className={`cs-card ${e.on_leave ? "cs-card-off" : ""}`} aria-label={e.name}>
      <header>
        <RobotFace hue={e.hue || "#32606f"} size={76} resting={e.on_leave} />
        <div>
          <h2>{e.name}</h2>
          <p>{e.job}</p>
          <p className="cs-tags">
            <Tag color={e.on_leave ? "red" : "green"}>
              {e.on_leave ? w.employees.offDuty : w.employees.onDuty}
            </Tag>
            <Tag>{named(w.employees.serves, e.serves)}</Tag>
            {e.file.state === "published" ? null : <StateTag file={e.file} />}
          </p>
        </div>
      </header>
      <blockquote>{e.greeting}</blockquote>
      <dl>
        <dt>{w.employees.scenes}</dt>
        <dd>
          {e.scenes.length === 0
            ? w.employees.noScenes
            : e.scenes.map((s) => (
                <Link key={s} to={`/flows/${s}`}>
                  {names.flow(s)}
                </Link>
              ))}
        </dd>
        <dt>{w.employees.knowledge}</dt>
        <dd>
          {e.knowledge.map((k) => (
            <Link key={k} to={`/articles?audience=${k}`}>
              {named(w.audiences, k)}
            </Link>
          ))}
        </dd>
        <dt>{w.employees.hours}</dt>
        <dd>
          {(locale === "en" ? e.hours.en : e.hours.zh) || w.employees.noHours}
          {e.hours.from ? (
            <small className="cs-note">
              {e.hours.from}–{e.hours.until}
            </small>
          ) : null}
        </dd>
        <dt>{w.employees.hue}</dt>
        <dd>
          {e.hue ? (
            <>
              <i className="cs-swatch" style={{ background: e.hue }} aria-hidden="true" />
              <code>{e.hue}</code>
            </>
          ) : (
            w.employees.noHours
          )}
        </dd>
        <dt>{w.employees.supervisor}</dt>
        <dd>{nameOf(e.supervisor)}</dd>
        {e.on_leave && e.reason ? (
          <>
            <dt>{w.employees.why}</dt>
            <dd>{e.reason}</dd>
          </>
        ) : null}
      </dl>
      <Refused error={duty.error} />
      <footer>
        <span className="cs-note">
          {e.changed_at && e.changed_by ? (
            <>
              {w.employees.changed(nameOf(e.changed_by), moment(e.changed_at, locale))}
              <Spread at={e.changed_at} />
            </>
          ) : allowed ? null : (
            w.employees.needApprover
          )}
        </span>
        <Button disabled={!has("editor", "admin")} onClick={() => setEditing(true)}>
          {w.act.edit}
        </Button>
        {e.on_leave ? (
          <Button
            type="primary"
            disabled={!allowed}
            loading={duty.isPending}
            onClick={() =>
              modal.confirm({
                title: w.employees.backAsk(e.name),
                content: w.employees.backHint,
                okText: w.employees.back,
                cancelText: w.act.cancel,
                onOk: () => duty.mutateAsync({ leave: false, reason: "" }).catch(() => undefined),
              })
            }
          >
            {w.employees.back}
          </Button>
        ) : (
          <Button danger disabled={!allowed} loading={duty.isPending} onClick={() => setReason("")}>
            {w.employees.leave}
          </Button>
        )}
      </footer>
      {editing ? <EmployeeEdit employee={e} onClose={() => setEditing(false)} /> : null}
      <Modal
        open={reason !== null}
        title={w.employees.leaveAsk(e.name)}
        okText={w.employees.leave}
        cancelText={w.act.cancel}
        okButtonProps={{ danger: true, disabled: (reason ?? "").trim() === "", loading: duty.isPending }}
        onOk={() => duty.mutate({ leave: true, reason: (reason ?? "").trim() })}
        onCancel={() => setReason(null)}
        destroyOnHidden
      >
        <p className="cs-note">{w.employees.leaveHint}</p>
        <Input
          value={reason ?? ""}
          autoFocus
          maxLength={160}
          placeholder={w.employees.reasonHint}
          aria-label={w.employees.reason}
          onChange={(ev) => setReason(ev.target.value)}
        />
      </Modal>
    </article>
  );
}

/** Spread says whether a change may be taken to be on every node. */
function Spread(props: { at: string }): ReactElement | null {
  const { api, w } = useSession();
  const nodes = useQuery({ queryKey: ["nodes"], queryFn: api.nodes, refetchInterval: 5_000 });
  const due = Date.parse(props.at) + SPREAD;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (Date.now() > due) return setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 500);
    const stop = setTimeout(() => clearInterval(timer), due - Date.now() + 1_500);
    return () => {
      clearInterval(timer);
      clearTimeout(stop);
    };
  }, [due]);
  const alive = nodes.data?.nodes.filter((n) => n.alive).length;
  if (alive === undefined || now - due > 60_000) return null;
  return (
    <strong role="status" className={now < due ? "cs-warn" : "cs-good"}>
      {now < due ? w.employees.spreading(alive) : w.employees.everywhere(alive)}
    </strong>
  );
}
