import { Input } from "antd";
import { type ReactElement, type ReactNode, useRef, useState } from "react";
import { named } from "../i18n";
import { useSession } from "../session";
import type { FileState } from "../wire";
import { Icon } from "./icons";
import { Tag } from "./tag";

/** Page is the head and body of one page. */
export function Page(props: {
  title: ReactNode;
  note?: ReactNode;
  tools?: ReactNode;
  back?: ReactNode;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="cs-page">
      <header className="cs-head">
        <div className="cs-head-text">
          {props.back}
          <h1>{props.title}</h1>
          {props.note ? <p className="cs-note">{props.note}</p> : null}
        </div>
        {props.tools ? <div className="cs-tools">{props.tools}</div> : null}
      </header>
      {props.children}
    </div>
  );
}

/** Panel is a titled box. */
export function Panel(props: {
  title: ReactNode;
  note?: ReactNode;
  tools?: ReactNode;
  className?: string;
  children: ReactNode;
}): ReactElement {
  return (
    <section className={`cs-panel ${props.className ?? ""}`}>
      <header className="cs-panel-head">
        <h2>{props.title}</h2>
        {props.tools}
      </header>
      {props.note ? <p className="cs-note">{props.note}</p> : null}
      {props.children}
    </section>
  );
}

/** StateTag says where a file stands: live, draft, new or to be deleted. */
export function StateTag(props: { file: FileState }): ReactElement {
  const { w } = useSession();
  const { state, proposed } = props.file;
  const color = ({ published: "default", draft: "gold", new: "green", deleted: "red" } as const)[state];
  return (
    <Tag color={color} title={proposed ? w.proposedIn(proposed) : undefined}>
      {named(w.fileState, state)}
      {proposed ? ` · ${proposed}` : ""}
    </Tag>
  );
}

/** Bar shows a probability with its number; the mark is the threshold. */
export function Bar(props: {
  value: number;
  label: string;
  mark?: number;
  tone?: "good" | "plain";
}): ReactElement {
  const percent = Math.round(Math.max(0, Math.min(1, props.value)) * 100);
  return (
    <span className="cs-bar">
      <span
        className={`cs-bar-track cs-bar-${props.tone ?? "plain"}`}
        role="img"
        aria-label={`${props.label} ${percent}%`}
      >
        <span className="cs-bar-fill" style={{ width: `${percent}%` }} />
        {props.mark === undefined ? null : (
          <span className="cs-bar-mark" style={{ left: `${props.mark * 100}%` }} />
        )}
      </span>
      <span className="cs-bar-number" aria-hidden="true">
        {props.value.toFixed(2)}
      </span>
    </span>
  );
}

/** Field is a labelled input; the label encloses what it names. */
export function Field(props: {
  label: string;
  hint?: string;
  className?: string;
  children: ReactNode;
}): ReactElement {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={`cs-field ${props.className ?? ""}`}>
      <span className="cs-field-label">{props.label}</span>
      {props.children}
      {props.hint ? <span className="cs-field-hint">{props.hint}</span> : null}
    </label>
  );
}

/**
 * DayInput takes a day as 2006-01-02, or nothing, typed or picked. A browser's own date
 * field would show the day in the order of the browser's language, not the console's.
 */
export function DayInput(props: {
  value: string;
  label?: string;
  disabled?: boolean;
  onChange: (day: string) => void;
}): ReactElement {
  const { w } = useSession();
  const picker = useRef<HTMLInputElement>(null);
  // What the page doesn't hold yet: a day half typed.
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <span className="cs-day">
      <Input
        value={typed ?? props.value}
        disabled={props.disabled ?? false}
        aria-label={props.label}
        placeholder={w.dayFormat}
        inputMode="numeric"
        maxLength={10}
        status={typed === null ? "" : "error"}
        onChange={(e) => {
          const day = e.target.value.trim();
          const whole = day === "" || isDay(day);
          setTyped(whole ? null : day);
          if (whole) props.onChange(day);
        }}
        onBlur={() => setTyped(null)}
      />
      <input
        ref={picker}
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        value={props.value}
        onChange={(e) => {
          setTyped(null);
          props.onChange(e.target.value);
        }}
      />
      <button
        type="button"
        disabled={props.disabled ?? false}
        aria-label={w.dayPick}
        title={w.dayPick}
        onClick={() => picker.current?.showPicker()}
      >
        <Icon name="clock" size={16} />
      </button>
    </span>
  );
}

/** isDay tells whether a text is a day of the calendar, as 2006-01-02. */
function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return (
    /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(time) && new Date(time).toISOString().startsWith(text)
  );
}

/** Diff draws lines with -, + or a space in front. */
export function Diff(props: { text: string; label: string }): ReactElement {
  const lines = props.text.replace(/\n$/, "").split("\n");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="cs-diff" aria-label={props.label} tabIndex={0}>
      {lines.map((line, i) => {
        const kind = line.startsWith("+")
          ? "add"
          : line.startsWith("-")
            ? "del"
            : line.startsWith("…")
              ? "gap"
              : "same";
        return (
          <span key={i} className={`cs-diff-${kind}`}>
            {line === "" ? " " : line}
            {"\n"}
          </span>
        );
      })}
    </section>
  );
}
