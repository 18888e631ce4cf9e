import { useMutation } from "@tanstack/react-query";
import { Button, Input, Segmented, Select } from "antd";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { named } from "../i18n";
import { Blank, Refused } from "../parts/states";
import { useSession } from "../session";
import type { FlowView, RunLine, RunTurn } from "../wire";
import { type Visit, visitsOf } from "./path";

/** PACE is how long each step of the path is lit before the next, in milliseconds. */
const PACE = 260;

/** RunPane plays lines against the flow, and hands the path up step by step for the graph. */
export function RunPane(props: {
  view: FlowView;
  text: string;
  /** broken says that the text can't be run as it stands. */
  broken: boolean;
  onPath: (visits: readonly Visit[]) => void;
}): ReactElement {
  const { api, w, locale, cast } = useSession();
  const { view, onPath } = props;
  const [on, setOn] = useState<"draft" | "live">("draft");
  const [as, setAs] = useState("C002");
  const [edition, setEdition] = useState<"standard" | "elder">("standard");
  const [lines, setLines] = useState<readonly RunLine[]>([]);
  const [turns, setTurns] = useState<readonly RunTurn[]>([]);
  const [said, setSaid] = useState("");
  const log = useRef<HTMLOListElement>(null);
  const run = useMutation({
    mutationFn: (next: readonly RunLine[]) =>
      api.runFlow(view.id, {
        yaml: on === "draft" ? props.text : "",
        as,
        edition,
        locale,
        lines: [...next],
      }),
    onSuccess: (ran, next) => {
      setLines(next);
      setTurns(ran);
    },
  });

  // The path of the last line is lit step by step.
  const before = visitsOf(turns.slice(0, -1), view.id).length;
  useEffect(() => {
    const all = visitsOf(turns, view.id);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      onPath(all);
      return;
    }
    let shown = Math.min(before + 1, all.length);
    onPath(all.slice(0, shown));
    const timer = setInterval(() => {
      if (shown >= all.length) return clearInterval(timer);
      shown += 1;
      onPath(all.slice(0, shown));
    }, PACE);
    return () => clearInterval(timer);
  }, [turns, before, view.id, onPath]);

  useEffect(() => {
    if (turns.length > 0) log.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [turns]);

  const play = (line: RunLine): void => run.mutate([...lines, line]);
  const restart = (): void => {
    run.reset();
    setLines([]);
    setTurns([]);
  };
  const say = (): void => {
    const text = said.trim();
    if (text === "") return;
    setSaid("");
    play({ say: text });
  };
  const last = turns.at(-1);
  const offered = last?.said.at(-1);
  return (
    <div className="cs-run">
      <p className="cs-note">{w.flow.runHint}</p>
      <div className="cs-run-who">
        <Segmented
          aria-label={w.flow.runOn}
          value={on}
          options={[
            { value: "draft", label: w.flow.runDraft },
            { value: "live", label: w.flow.runLive },
          ]}
          onChange={(value) => {
            setOn(value as typeof on);
            restart();
          }}
        />
        <Select
          value={as}
          aria-label={w.try.who}
          popupMatchSelectWidth={200}
          options={[
            ...cast.customers.map((c) => ({
              value: c.id,
              label: locale === "en" ? c.name_en || c.name : c.name,
            })),
            { value: "anonymous", label: w.try.visitor },
          ]}
          onChange={(value) => {
            setAs(value);
            restart();
          }}
        />
        <Segmented
          aria-label={w.try.edition}
          value={edition}
          options={[
            { value: "standard", label: w.try.standard },
            { value: "elder", label: w.try.elder },
          ]}
          onChange={(value) => {
            setEdition(value as typeof edition);
            restart();
          }}
        />
      </div>
      <Refused error={run.error} onClose={() => run.reset()} />
      {turns.length === 0 ? (
        <Blank icon="try" title={w.flow.run}>
          <Button type="primary" loading={run.isPending} onClick={() => play({ begin: true })}>
            {w.flow.begin}
          </Button>
        </Blank>
      ) : (
        <ol className="cs-run-log" ref={log} aria-live="polite">
          {turns.map((t, i) => (
            <Turn key={i} turn={t} line={lines[i]} flow={view.id} />
          ))}
        </ol>
      )}
      {last && !last.problem ? (
        <div className="cs-run-taps">
          {(offered?.taps ?? []).map((label) => (
            <Button key={label} size="small" disabled={run.isPending} onClick={() => play({ tap: label })}>
              {label}
            </Button>
          ))}
          {offered && offered.secrets.length > 0 ? (
            <SecureBox fields={offered.secrets} onFill={(secure) => play({ secure })} />
          ) : null}
        </div>
      ) : null}
      <div className="cs-run-say">
        <Input
          value={said}
          placeholder={w.flow.sayHint}
          aria-label={w.flow.say}
          onChange={(e) => setSaid(e.target.value)}
          onPressEnter={(e) => {
            if (!e.nativeEvent.isComposing) say();
          }}
        />
        <Button type="primary" loading={run.isPending} disabled={said.trim() === ""} onClick={say}>
          {w.flow.send}
        </Button>
        <Button
          disabled={lines.length === 0}
          onClick={() => (lines.length > 1 ? run.mutate(lines.slice(0, -1)) : restart())}
        >
          {w.flow.back}
        </Button>
        <Button disabled={lines.length === 0} onClick={restart}>
          {w.flow.again}
        </Button>
      </div>
      {last ? <Known turn={last} /> : null}
    </div>
  );
}

function Turn(props: { turn: RunTurn; line: RunLine | undefined; flow: string }): ReactElement {
  const { w, locale } = useSession();
  const { turn: t, line } = props;
  const who = line?.secure ? w.flow.secure : w.flow.customer;
  const text =
    line?.say ??
    line?.tap ??
    (line?.secure
      ? Object.keys(line.secure)
          .map(() => "••••••")
          .join(" ")
      : w.flow.begin);
  const own = t.path.filter((v) => v.flow === props.flow);
  return (
    <li>
      <p className="cs-run-customer">
        <small>{who}</small> {text}
      </p>
      {t.said.map((m, i) => (
        <div key={i} className="cs-run-bot">
          <p>{m.text}</p>
          {m.rows.length > 0 ? (
            <dl>
              {m.amount ? (
                <div>
                  <dt>{m.title}</dt>
                  <dd>
                    <strong>{m.amount}</strong>
                  </dd>
                </div>
              ) : null}
              {m.rows.map((r) => (
                <div key={`${r.label} ${r.value}`}>
                  <dt>{r.label}</dt>
                  <dd>{r.value}</dd>
                </div>
              ))}
            </dl>
          ) : null}
        </div>
      ))}
      <p className="cs-run-path">
        <small>{w.flow.path}</small>{" "}
        {own.length === 0
          ? w.flow.notStarted
          : own.map((v) => (v.skipped ? `(${v.step})` : v.step)).join(" → ")}
      </p>
      {t.calls.length > 0 ? (
        <p className="cs-run-path">
          <small>{w.flow.calls}</small>{" "}
          {[...new Set(t.calls.map((c) => c.operation))].join(locale === "en" ? ", " : "、")}
        </p>
      ) : null}
      {t.ended ? (
        <p className={`cs-run-ended cs-run-${t.ended}`}>
          {named(w.flow.ended, t.ended)} · {named(w.flow.results, t.why ?? "")}
        </p>
      ) : null}
      {t.flow !== "" && t.flow !== props.flow ? (
        <p className="cs-run-ended">{w.flow.elsewhere(t.flow)}</p>
      ) : null}
      {t.problem ? (
        <p role="alert" className="cs-run-problem">
          {t.problem}
        </p>
      ) : null}
    </li>
  );
}

function SecureBox(props: {
  fields: readonly { name: string; label: string }[];
  onFill: (values: Record<string, string>) => void;
}): ReactElement {
  const { w } = useSession();
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(props.fields.map((f) => [f.name, f.name === "sms_code" ? "246810" : ""])),
  );
  return (
    <fieldset className="cs-run-secure">
      <legend>{w.flow.secure}</legend>
      {props.fields.map((f) => (
        // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
        <label key={f.name}>
          {f.label}
          <Input
            size="small"
            value={values[f.name] ?? ""}
            onChange={(e) => setValues({ ...values, [f.name]: e.target.value })}
          />
        </label>
      ))}
      <Button size="small" type="primary" onClick={() => props.onFill(values)}>
        {w.flow.fill}
      </Button>
    </fieldset>
  );
}

function Known(props: { turn: RunTurn }): ReactElement {
  const { w } = useSession();
  const { turn: t } = props;
  return (
    <section className="cs-run-known" aria-label={w.flow.slots}>
      <strong>{w.flow.slots}</strong>
      {t.slots.length === 0 ? <span className="cs-note">{w.flow.slotsNone}</span> : null}
      <dl>
        {t.slots.map((s) => (
          <div key={s.name}>
            <dt>{s.label}</dt>
            <dd>
              {s.value}
              {s.by ? <small> {named(w.flow.by, s.by)}</small> : null}
            </dd>
          </div>
        ))}
      </dl>
      {t.step ? <small className="cs-note">{w.flow.standsAt(t.step)}</small> : null}
    </section>
  );
}
