import { useQuery } from "@tanstack/react-query";
import { Button, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { Link } from "react-router";
import { inLocale, moment, named } from "../i18n";
import { Diff } from "../parts/bits";
import { Failed, Loading } from "../parts/states";
import { Tag } from "../parts/tag";
import { useSession } from "../session";
import type { FlowComparison, FlowVersions } from "../wire";
import { sideBySide } from "./diff";
import { RecallPane } from "./recall-pane";

/** VersionsPane lists who changed this flow and when; two of them are compared, here and on the graph. */
export function VersionsPane(props: {
  id: string;
  path: string;
  compared: FlowComparison | null;
  onCompare: (from: string, to: string) => void;
  onClose: () => void;
  failed: unknown;
}): ReactElement {
  const { api, w } = useSession();
  const list = useQuery({ queryKey: ["flow-versions", props.id], queryFn: () => api.flowVersions(props.id) });
  if (list.error) return <Failed error={list.error} again={() => void list.refetch()} />;
  if (!list.data) return <Loading rows={4} />;
  return (
    <div className="cs-versions">
      <p className="cs-note">{w.flow.versionsHint}</p>
      <Choose versions={list.data} compared={props.compared} onCompare={props.onCompare} />
      {props.failed ? <Failed error={props.failed} /> : null}
      {props.compared ? <Compared of={props.compared} onClose={props.onClose} /> : null}
      <RecallPane path={props.path} />
    </div>
  );
}

function Choose(props: {
  versions: FlowVersions;
  compared: FlowComparison | null;
  onCompare: (from: string, to: string) => void;
}): ReactElement {
  const { w, locale, nameOf } = useSession();
  const { draft, versions } = props.versions;
  const ids = [...(draft ? ["draft"] : []), ...versions.map((v) => v.release)];
  const [to, setTo] = useState(ids[0] ?? "");
  const [from, setFrom] = useState(ids[1] ?? ids[0] ?? "");
  const pick = (side: "from" | "to", id: string, name: string): ReactElement => (
    <td>
      <input
        type="radio"
        name={`cs-version-${side}`}
        aria-label={`${side === "from" ? w.flow.from : w.flow.to} ${name}`}
        checked={(side === "from" ? from : to) === id}
        onChange={() => (side === "from" ? setFrom(id) : setTo(id))}
      />
    </td>
  );
  return (
    <>
      <div className="cs-versions-list">
        <table>
          <thead>
            <tr>
              <th scope="col">{w.flow.from}</th>
              <th scope="col">{w.flow.to}</th>
              <th scope="col">{w.flow.panes.versions}</th>
            </tr>
          </thead>
          <tbody>
            {draft ? (
              <tr>
                {pick("from", "draft", w.flow.draft)}
                {pick("to", "draft", w.flow.draft)}
                <td>
                  <Tag color="gold">{w.flow.draft}</Tag> {w.flow.draftBy(nameOf(draft.author))}
                  <small>{moment(draft.updated_at, locale)}</small>
                </td>
              </tr>
            ) : null}
            {versions.map((v) => (
              <tr key={v.release}>
                {pick("from", v.release, v.release)}
                {pick("to", v.release, v.release)}
                <td>
                  <Link to={`/releases/${v.release}`}>{v.release}</Link> {inLocale(v.title, locale)}{" "}
                  {v.live ? <Tag color="green">{w.flow.live}</Tag> : null}
                  {v.status === "published" ? null : <Tag>{named(w.releases.status, v.status)}</Tag>}
                  <small>
                    {w.flow.byWho(nameOf(v.author), v.approver ? nameOf(v.approver) : "")} ·{" "}
                    {moment(v.published_at ?? v.at, locale)}
                  </small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Button type="primary" disabled={from === to} onClick={() => props.onCompare(from, to)}>
        {w.flow.compare}
      </Button>
    </>
  );
}

function Compared(props: { of: FlowComparison; onClose: () => void }): ReactElement {
  const { w, locale } = useSession();
  const [how, setHow] = useState<"unified" | "sides">("unified");
  const { of } = props;
  const name = (id: string): string => (id === "draft" ? w.flow.draft : id);
  const changes = Object.values(of.graph?.nodes ?? {});
  const count = (what: string): number => changes.filter((c) => c === what).length;
  const label = w.flow.comparing(name(of.from), name(of.to));
  return (
    <section className="cs-compared" aria-label={label}>
      <header>
        <strong>{label}</strong>
        <Button size="small" onClick={props.onClose}>
          {w.flow.compareClose}
        </Button>
      </header>
      {of.diff === "" ? (
        <p className="cs-note">{w.flow.same}</p>
      ) : (
        <>
          <p className="cs-note">
            {changes.length > 0
              ? w.flow.changedSum(count("added"), count("removed"), count("changed"))
              : w.flow.untouched}
          </p>
          {Object.entries(of.graph?.before ?? {}).map(([id, was]) => {
            const is = of.graph?.graph.nodes.find((n) => n.id === id);
            const worded = was.texts.flatMap((t) => {
              const now = is?.texts.find((o) => o.name === t.name && o.of === t.of && o.path === t.path);
              const [a, b] = [t.text[locale] ?? "", now?.text[locale] ?? ""];
              return now && a !== b ? [{ key: `${t.path}`, a, b }] : [];
            });
            return worded.map((t) => (
              <p key={t.key} className="cs-compared-text">
                <b>{id}</b>
                <del>{t.a}</del>
                <ins>{t.b}</ins>
              </p>
            ));
          })}
          <Segmented
            aria-label={label}
            value={how}
            options={[
              { value: "unified", label: w.flow.unified },
              { value: "sides", label: w.flow.sideBySide },
            ]}
            onChange={setHow}
          />
          {how === "unified" ? <Diff text={of.diff} label={label} /> : <Sides diff={of.diff} label={label} />}
        </>
      )}
    </section>
  );
}

function Sides(props: { diff: string; label: string }): ReactElement {
  const { w } = useSession();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="cs-sides" tabIndex={0} aria-label={props.label}>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.flow.from}</th>
            <th scope="col">{w.flow.to}</th>
          </tr>
        </thead>
        <tbody>
          {sideBySide(props.diff).map((p, i) => (
            <tr key={i} className={`cs-sides-${p.kind}`}>
              <td className={p.kind === "changed" && p.old !== null ? "cs-diff-del" : ""}>
                {p.kind === "changed" && p.old !== null ? "- " : "  "}
                {p.old ?? ""}
              </td>
              <td className={p.kind === "changed" && p.fresh !== null ? "cs-diff-add" : ""}>
                {p.kind === "changed" && p.fresh !== null ? "+ " : "  "}
                {p.fresh ?? ""}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
