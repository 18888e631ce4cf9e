import { Button, Segmented } from "antd";
import {
  type ReactElement,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { Trouble } from "../../api/signed";
import { asked, neighbour, RATES, stamp } from "../core/clock";
import { momentAt, type Record_, readEvents } from "../core/record";
import { stepsOf, ticksOf } from "../core/ticks";
import type { Check, Opening, Track } from "../core/wire";
import { half } from "../i18n";
import { day, usePage } from "./context";
import { Proof } from "./proof";
import { Chat, CheckList, FormView, Present } from "./side";
import { Stage } from "./stage";
import { Timeline } from "./timeline";
import { Transport } from "./transport";

const NOTHING = readEvents("");

/** PlayerPage plays an opening: everything as it was at the play head. */
export function PlayerPage(props: { opening: Opening; leave(): void }): ReactElement {
  const { api, t, locale } = usePage();
  const { opening } = props;
  const [transport] = useState(() => new Transport(opening.length_ms));
  const [record, setRecord] = useState<Record_>(NOTHING);
  const [trouble, setTrouble] = useState(opening.problem ?? "");
  const [check, setCheck] = useState<Check | null>(null);
  const [checking, setChecking] = useState(false);
  const [marks, setMarks] = useState(true);
  const [tab, setTab] = useState("chat");
  const { head, playing, rate, waiting } = useSyncExternalStore(transport.subscribe, transport.snapshot);
  const tell = useCallback((error: unknown) => {
    setTrouble(error instanceof Trouble ? error.message : String(error));
  }, []);
  useEffect(() => {
    let current = true;
    api.events(opening).then((text) => current && setRecord(readEvents(text)), tell);
    return () => {
      current = false;
    };
  }, [api, opening, tell]);
  useEffect(() => () => transport.close(), [transport]);
  const ticks = useMemo(
    () => ticksOf(record, opening, check?.findings ?? [], t, locale),
    [record, opening, check, t, locale],
  );
  const steps = useMemo(() => stepsOf(ticks), [ticks]);
  const moment = useMemo(() => momentAt(record, head), [record, head]);
  const seek = useCallback((ms: number) => transport.seek(ms), [transport]);
  useKeys(transport, ticks, steps, opening.length_ms);
  const ask = async (): Promise<void> => {
    setChecking(true);
    try {
      setCheck(await api.check(opening.id));
    } catch (error) {
      tell(error);
    }
    setChecking(false);
  };
  const step = steps.filter((s) => s.at <= head).at(-1);
  const r = opening.recording;
  return (
    <main className="ev-player">
      <div className="ev-title">
        <Button type="text" onClick={props.leave}>
          ← {t.back}
        </Button>
        <h2>
          {r.title || t.noTitle}
          <small>
            {day(r.started_at, locale)} · {t.who.customer} {r.customer.name} {r.customer.number} ·{" "}
            {t.who.agent} {locale === "en" ? r.agent.name_en || r.agent.name : r.agent.name} {r.agent.number}
          </small>
        </h2>
        <small className="ev-why">
          {t.openedFor(opening.reason)} · {t.expires(day(opening.expires_at, locale))}
        </small>
      </div>
      {trouble ? (
        <div className="ev-alert" role="alert">
          {half(trouble, locale)}
        </div>
      ) : null}
      <div className="ev-columns">
        <div className="ev-main">
          <Stage opening={opening} transport={transport} head={head} moment={moment} marks={marks} />
          <div className="ev-controls">
            <Button shape="circle" aria-label={t.previous} title={t.previous} onClick={() => event(false)}>
              |◀
            </Button>
            <Button shape="circle" aria-label={t.back5} title={t.back5} onClick={() => seek(head - 5000)}>
              −5
            </Button>
            <Button
              type="primary"
              shape="circle"
              size="large"
              className="ev-play"
              aria-label={playing ? t.pause : t.play}
              onClick={() => transport.toggle()}
            >
              {playing ? "❚❚" : "▶"}
            </Button>
            <Button shape="circle" aria-label={t.on5} title={t.on5} onClick={() => seek(head + 5000)}>
              +5
            </Button>
            <Button shape="circle" aria-label={t.next} title={t.next} onClick={() => event(true)}>
              ▶|
            </Button>
            <output className="ev-time" aria-live="off" data-waiting={waiting}>
              {stamp(head, true)} <small>/ {stamp(opening.length_ms)}</small>
            </output>
            <label className="ev-speed">
              <span>{t.speed}</span>
              <select value={rate} onChange={(e) => transport.speed(Number(e.target.value))}>
                {RATES.map((x) => (
                  <option key={x} value={x}>
                    {x}×
                  </option>
                ))}
              </select>
            </label>
            <Sounds opening={opening} transport={transport} />
            <label className="ev-marks-on">
              <input type="checkbox" checked={marks} onChange={(e) => setMarks(e.target.checked)} />{" "}
              {t.marksOn}
            </label>
          </div>
          <nav className="ev-steps" aria-label={t.jump}>
            <b>{t.jump}</b>
            {steps.length === 0 ? <span className="ev-quiet">{t.jumpNone}</span> : null}
            {steps.map((s, n) => (
              <button
                type="button"
                key={`${s.at}-${s.label}`}
                aria-current={s === step ? "step" : undefined}
                onClick={() => seek(s.at)}
              >
                {n < 9 ? <kbd>{n + 1}</kbd> : null}
                {s.label} <small>{stamp(s.at)}</small>
              </button>
            ))}
          </nav>
          <Timeline opening={opening} ticks={ticks} head={head} seek={seek} />
          <p className="ev-keys">{t.keys}</p>
        </div>
        <aside className="ev-side" data-tab={tab}>
          <Proof opening={opening} check={check} busy={checking} ask={() => void ask()} seek={seek} />
          <Present moment={moment} />
          <Segmented
            className="ev-tabs"
            block
            value={tab}
            onChange={setTab}
            options={[
              { value: "chat", label: t.chat },
              { value: "form", label: t.form },
              { value: "check", label: t.checkList },
            ]}
          />
          <FormView moment={moment} />
          <CheckList moment={moment} seek={seek} />
          <Chat record={record} moment={moment} seek={seek} />
        </aside>
      </div>
    </main>
  );
  function event(forward: boolean): void {
    const to = neighbour(
      ticks.map((x) => x.at),
      transport.head(),
      forward,
    );
    if (to !== null) seek(to);
  }
}

/** useKeys lets the whole page be played by keys, except where somebody types. */
function useKeys(
  transport: Transport,
  ticks: ReturnType<typeof ticksOf>,
  steps: ReturnType<typeof stepsOf>,
  length: number,
): void {
  useEffect(() => {
    const pressed = (e: KeyboardEvent): void => {
      const target = e.target instanceof Element ? e.target : null;
      if (e.ctrlKey || e.metaKey || e.altKey || target?.closest("input, textarea, select")) return;
      if (e.key === " " && target?.closest("button, a")) return; // it presses that
      const what = asked(e.key);
      if (!what) return;
      e.preventDefault();
      const head = transport.head();
      if (what.kind === "toggle") transport.toggle();
      else if (what.kind === "by") transport.seek(head + what.ms);
      else if (what.kind === "edge") transport.seek(what.end ? length : 0);
      else if (what.kind === "step") {
        const step = steps[what.n];
        if (step) transport.seek(step.at);
      } else {
        const to = neighbour(
          ticks.map((x) => x.at),
          head,
          what.forward,
        );
        if (to !== null) transport.seek(to);
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  }, [transport, ticks, steps, length]);
}

/** Sounds are everybody's microphones, the customer left and the agent right. */
function Sounds(props: { opening: Opening; transport: Transport }): ReactElement {
  const { t } = usePage();
  const files = props.opening.files.filter((f) => f.codec === "opus" && f.file !== "");
  if (files.length === 0) return <span className="ev-quiet">{t.silent}</span>;
  return (
    <span className="ev-sounds">
      {files.map((f) => (
        <Sound key={f.file} file={f} {...props} />
      ))}
    </span>
  );
}

function Sound(props: { file: Track; opening: Opening; transport: Transport }): ReactElement {
  const { api, t } = usePage();
  const { file, transport } = props;
  const audio = useRef<HTMLAudioElement>(null);
  const [loud, setLoud] = useState(100);
  const side = file.person === "customer" ? 0 : 1;
  useEffect(() => {
    const element = audio.current;
    return element ? transport.add(element, file.first_ms, file.last_ms, side) : undefined;
  }, [transport, file, side]);
  const who = t.who[file.person] ?? file.person;
  return (
    <label className="ev-sound">
      <span>
        {who} <small>{side === 0 ? t.left : t.right}</small>
      </span>
      <input
        type="range"
        min={0}
        max={100}
        value={loud}
        aria-label={t.volume(who)}
        onChange={(e) => {
          const to = Number(e.target.value);
          setLoud(to);
          if (audio.current) transport.volume(audio.current, to / 100);
        }}
      />
      {/* biome-ignore lint/a11y/useMediaCaption: what was written stands beside it */}
      <audio ref={audio} src={api.fileUrl(props.opening.id, file.file)} preload="auto" />
    </label>
  );
}
