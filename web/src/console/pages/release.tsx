import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Input, Modal, Progress, Steps, Tooltip } from "antd";
import { type ReactElement, useState } from "react";
import { Link, useParams } from "react-router";
import { inLocale, moment, named } from "../i18n";
import { Diff, Page, Panel } from "../parts/bits";
import { FieldChanges } from "../parts/field-changes";
import { Icon } from "../parts/icons";
import { Nodes } from "../parts/nodes";
import { Faults, Reading, Refused } from "../parts/states";
import { Tag } from "../parts/tag";
import { kindOf, placeOf } from "../paths";
import { useSession } from "../session";
import type { Change, Gate, ReleaseView } from "../wire";
import { StatusTag } from "./releases";

/** ReleasePage is one release: how far it is, what the checks say, what it changes. */
export function ReleasePage(): ReactElement {
  const { api } = useSession();
  const { id = "" } = useParams();
  const release = useQuery({
    queryKey: ["release", id],
    queryFn: () => api.release(id),
    refetchInterval: (q) => (q.state.data?.working ? 1_000 : 5_000),
  });
  return <Reading of={release}>{(r) => <Release key={r.id} release={r} />}</Reading>;
}

type Act = "approve" | "publish" | "rollback" | "recheck";

function Release(props: { release: ReleaseView }): ReactElement {
  const { release: r } = props;
  const { api, w, locale, nameOf, me, has } = useSession();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const [refusing, setRefusing] = useState<string | null>(null);
  const settle = async (next: ReleaseView): Promise<void> => {
    queries.setQueryData(["release", r.id], next);
    await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "release" });
  };
  const act = useMutation({
    mutationFn: (what: Act) => api.act(r.id, what),
    onSuccess: async (next, what) => {
      const said = {
        approve: w.releases.approved,
        publish: w.releases.published(r.id),
        rollback: w.releases.rolledBack(r.id),
        recheck: w.releases.rechecked,
      }[what];
      void message.success(said);
      await settle(next);
    },
  });
  const refuse = useMutation({
    mutationFn: (reason: string) => api.refuse(r.id, reason),
    onSuccess: async (next) => {
      setRefusing(null);
      void message.success(w.releases.refused);
      await settle(next);
    },
  });
  const ask = (what: Act, title: string, content: string, danger = false): void => {
    modal.confirm({
      title,
      content,
      okText: what === "rollback" ? w.releases.rollback : w.releases[what],
      okButtonProps: { danger },
      cancelText: w.act.cancel,
      onOk: () => act.mutateAsync(what).catch(() => undefined),
    });
  };
  const may = (what: (typeof r.may)[number]): boolean => r.may.includes(what);
  const own = r.author === me.subject || r.authors.includes(me.subject);
  const open = r.status === "draft" || r.status === "review" || r.status === "approved";
  const stale =
    open && r.against !== "" && r.status === "approved" && !may("publish") && has("approver", "admin");
  const whyNot = own
    ? w.releases.ownWork
    : !has("approver", "admin")
      ? w.releases.notApprover
      : w.releases.notYet;
  return (
    <Page
      back={
        <Link to="/releases" className="cs-back">
          <Icon name="back" size={16} />
          {w.nav.releases}
        </Link>
      }
      title={inLocale(r.title, locale)}
      note={
        <>
          <StatusTag release={r} /> {r.id} · {w.releases.author} {nameOf(r.author)}{" "}
          {moment(r.created_at, locale)}
          {r.approver
            ? ` · ${w.releases.approver} ${nameOf(r.approver)} ${moment(r.approved_at, locale)}`
            : ""}
        </>
      }
      tools={
        <>
          {may("refuse") ? <Button onClick={() => setRefusing("")}>{w.releases.refuse}</Button> : null}
          {may("recheck") ? (
            <Button loading={act.isPending} onClick={() => act.mutate("recheck")}>
              {w.releases.recheck}
            </Button>
          ) : null}
          {r.status === "draft" || r.status === "review" ? (
            <Tooltip title={may("approve") ? "" : whyNot}>
              <span className="cs-why">
                <Button
                  type="primary"
                  disabled={!may("approve")}
                  loading={act.isPending}
                  onClick={() => ask("approve", w.releases.approveAsk(r.id), w.releases.approveHint)}
                >
                  {w.releases.approve}
                </Button>
                {may("approve") ? null : <small>{whyNot}</small>}
              </span>
            </Tooltip>
          ) : null}
          {r.status === "approved" ? (
            <Button
              type="primary"
              disabled={!may("publish")}
              loading={act.isPending}
              onClick={() => ask("publish", w.releases.publishAsk(r.id), w.releases.publishHint)}
            >
              {w.releases.publish}
            </Button>
          ) : null}
          {may("rollback") ? (
            <Button
              danger
              loading={act.isPending}
              onClick={() => ask("rollback", w.releases.rollbackAsk(r.id), w.releases.rollbackHint, true)}
            >
              {w.releases.rollback}
            </Button>
          ) : null}
        </>
      }
    >
      <Refused error={act.error ?? refuse.error} onClose={() => act.reset()} />
      {open ? <Progressed release={r} /> : null}
      {r.status === "refused" ? (
        <Alert type="error" showIcon title={w.releases.reason} description={r.reason} />
      ) : null}
      {stale ? <Alert type="warning" showIcon title={w.releases.stale} /> : null}
      {r.status === "review" && own ? (
        <Alert type="info" showIcon title={w.releases.ownWork} description={w.releases.ownWorkHint} />
      ) : null}
      {r.status === "published" ? <Nodes /> : null}
      <div className="cs-release">
        <Panel
          title={
            <>
              {w.releases.changes} <small>{w.releases.files(r.changes.length)}</small>
            </>
          }
          tools={r.against ? <small>{w.releases.against(r.against)}</small> : null}
        >
          {r.against === "" ? <p className="cs-note">{w.releases.noChanges}</p> : null}
          {r.changes.map((c) => (
            <ChangeView key={c.path} change={c} open={r.changes.length <= 6} />
          ))}
        </Panel>
        <div className="cs-stack">
          <GateView gate={r.gate} working={r.working} />
          <Panel title={w.releases.authors}>
            <p>{r.authors.map(nameOf).join("、")}</p>
          </Panel>
        </div>
      </div>
      <Modal
        open={refusing !== null}
        title={w.releases.refuseAsk}
        okText={w.releases.refuse}
        okButtonProps={{ danger: true, disabled: (refusing ?? "").trim() === "", loading: refuse.isPending }}
        cancelText={w.act.cancel}
        onOk={() => refuse.mutate((refusing ?? "").trim())}
        onCancel={() => setRefusing(null)}
        destroyOnHidden
      >
        <Input.TextArea
          rows={4}
          autoFocus
          value={refusing ?? ""}
          placeholder={w.releases.refuseHint}
          aria-label={w.releases.refuseAsk}
          onChange={(e) => setRefusing(e.target.value)}
        />
      </Modal>
    </Page>
  );
}

function Progressed(props: { release: ReleaseView }): ReactElement {
  const { w, locale, nameOf } = useSession();
  const r = props.release;
  const red = !r.working && r.status === "draft" && r.gate?.green === false;
  const at = r.status === "draft" ? 1 : r.status === "review" ? 2 : 3;
  const notes = [
    nameOf(r.author),
    r.working
      ? r.step
        ? inLocale(r.step, locale)
        : w.releases.waiting
      : red
        ? w.releases.status.red
        : r.gate
          ? w.releases.green
          : "",
    r.approver ? nameOf(r.approver) : "",
    "",
  ];
  return (
    <Panel title={w.articles.status} className="cs-quiet cs-progress">
      <Steps
        current={at}
        status={red ? "error" : "process"}
        responsive
        items={w.releases.stages.map((title, i) => ({ title, ...(notes[i] ? { content: notes[i] } : {}) }))}
      />
      {r.working ? (
        <Progress
          percent={r.total > 0 ? Math.round((r.done / r.total) * 100) : 5}
          status="active"
          showInfo={r.total > 0}
          aria-label={w.releases.working}
        />
      ) : null}
    </Panel>
  );
}

function GateView(props: { gate: Gate | undefined; working: boolean }): ReactElement {
  const { w, locale } = useSession();
  const { gate } = props;
  return (
    <Panel
      title={w.releases.gate}
      tools={
        gate ? (
          <Tag color={gate.green ? "green" : "red"}>
            {gate.green ? w.releases.green : w.releases.status.red}
          </Tag>
        ) : null
      }
      note={
        gate ? (gate.green ? "" : w.releases.red) : props.working ? w.releases.working : w.releases.gateNone
      }
    >
      <ul className="cs-checks">
        {(gate?.checks ?? []).map((c) => (
          <li key={c.name} className={c.failed > 0 ? "cs-check-bad" : ""}>
            <span className="cs-check-mark">
              <Icon name={c.failed > 0 ? "cross" : "check"} size={15} />
            </span>
            <div>
              <strong>{inLocale(named(w.releases.checks, c.name), locale)}</strong>
              <small>
                {w.releases.checkOk(c.passed)}
                {c.failed > 0 ? ` · ${w.releases.checkBad(c.failed)}` : ""} · {w.releases.seconds(c.seconds)}
              </small>
              {(c.problems ?? []).length > 0 ? <Faults list={c.problems ?? []} word={w.edit.remedy} /> : null}
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function ChangeView(props: { change: Change; open: boolean }): ReactElement {
  const { w } = useSession();
  const { change: c } = props;
  const place = placeOf(c.path);
  const color = ({ added: "green", changed: "gold", deleted: "red" } as const)[c.kind];
  return (
    <details className="cs-details" open={props.open}>
      <summary>
        <Tag color={color}>{w.releases[c.kind]}</Tag> {kindOf(c.path, w)} · <strong>{place.name}</strong>{" "}
        <code>{c.path}</code>
      </summary>
      {c.fields && c.fields.length > 0 ? (
        <>
          <FieldChanges list={c.fields} label={`${c.path} ${w.releases.byField}`} />
          <details className="cs-lines-diff">
            <summary>{w.releases.byLine}</summary>
            <Diff text={c.diff} label={c.path} />
          </details>
        </>
      ) : (
        <Diff text={c.diff} label={c.path} />
      )}
      {place.to ? <Link to={place.to}>{w.act.open}</Link> : null}
    </details>
  );
}
