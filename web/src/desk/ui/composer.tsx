import { Button } from "antd";
import type { KeyboardEvent, ReactElement } from "react";
import { useEffect, useRef, useState } from "react";
import type { Locale } from "../../api/wire";
import type { Conversation } from "../core/state";
import { matching, slashOf } from "../text/canned";
import { type Finding, findings } from "../text/forbidden";
import { useDesk, useRoom } from "./context";

/** LONGEST is the longest text the server takes, in characters. */
const LONGEST = 2000;

/** Composer is where the agent writes: phrases by "/", and a warning before anything forbidden goes out. */
export function Composer(props: { conversation: Conversation; compact: boolean }): ReactElement {
  const { t, client, locale } = useRoom();
  const { staff } = useDesk();
  const { conversation: c } = props;
  const box = useRef<HTMLTextAreaElement>(null);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  const text = c.draft;
  const slash = closed ? null : slashOf(text);
  const name = (locale === "en" ? staff?.name_en : staff?.name) || staff?.name || "";
  const theirs: Locale = c.file.locale === "en" ? "en" : "zh";
  const phrases = slash === null ? [] : matching(slash, theirs, name);
  const chosen = phrases[Math.min(at, phrases.length - 1)];
  const found = slash === null ? findings(text) : [];
  const blocked = found.some((f) => f.severity === "block");
  const listId = `dk-phrases-${c.id}`;

  useEffect(() => {
    if (!props.compact) box.current?.focus();
  }, [c.id]);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${Math.min(el.scrollHeight, 160)}px`;
  }, [text]);

  function write(next: string): void {
    setClosed(false);
    setAt(0);
    client.draft(c.id, next);
  }
  function insert(next: string): void {
    write(next);
    box.current?.focus();
  }
  function send(anyway: boolean): void {
    const ready = text.trim();
    if (ready === "" || blocked || (found.length > 0 && !anyway)) return;
    client.say(c.id, ready);
    box.current?.focus();
  }
  function onKey(e: KeyboardEvent<HTMLTextAreaElement>): void {
    if (e.nativeEvent.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (slash !== null) {
      const n = Math.max(1, phrases.length);
      if (e.key === "ArrowDown") setAt((at + 1) % n);
      else if (e.key === "ArrowUp") setAt((at + n - 1) % n);
      else if (e.key === "Escape") setClosed(true);
      else if ((e.key === "Enter" || e.key === "Tab") && chosen) insert(chosen.text);
      else return;
      e.preventDefault();
      return;
    }
    if (e.key === "Enter" && !e.shiftKey) {
      e.preventDefault();
      send(false);
    }
  }

  return (
    <form
      className="dk-composer"
      onSubmit={(e) => {
        e.preventDefault();
        send(false);
      }}
    >
      {slash !== null ? (
        <div className="dk-phrases" id={listId} role="listbox" aria-label={t.canned}>
          {phrases.length === 0 ? <p className="dk-empty">{t.cannedNone}</p> : null}
          {phrases.map((p) => (
            <button
              type="button"
              key={p.id}
              id={`${listId}-${p.id}`}
              role="option"
              aria-selected={p.id === chosen?.id}
              tabIndex={-1}
              onClick={() => insert(p.text)}
            >
              {p.text}
              <span className="dk-kbd" aria-hidden="true">
                /{p.keys.split(" ")[0]}
              </span>
            </button>
          ))}
        </div>
      ) : null}
      {found.length > 0 ? (
        <Warning found={found} to={theirs} use={insert} send={blocked ? null : () => send(true)} />
      ) : null}
      <div className="dk-write">
        <Button
          type="text"
          className="dk-icon"
          aria-label={t.canned}
          title={t.canned}
          onClick={() => insert(text === "" ? "/" : text)}
        >
          /
        </Button>
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={LONGEST}
          aria-label={t.composer}
          aria-invalid={found.length > 0}
          placeholder={props.compact ? t.composerHintShort : t.composerHint}
          role="combobox"
          aria-expanded={slash !== null}
          aria-controls={listId}
          aria-autocomplete="list"
          {...(chosen && slash !== null ? { "aria-activedescendant": `${listId}-${chosen.id}` } : {})}
          onChange={(e) => write(e.currentTarget.value)}
          onKeyDown={onKey}
        />
        <Button
          type="primary"
          htmlType="submit"
          disabled={text.trim() === "" || found.length > 0 || slash !== null}
        >
          {t.send}
        </Button>
      </div>
      {props.compact ? null : <p className="dk-keys">{t.keys}</p>}
    </form>
  );
}

function Warning(props: {
  found: Finding[];
  /** to is the customer's language: what is suggested is written to them. */
  to: Locale;
  use(text: string): void;
  send: (() => void) | null;
}): ReactElement {
  const { t, locale } = useRoom();
  return (
    <div className={`dk-warning${props.send ? "" : " block"}`} role="alert">
      <b>{props.send ? t.changeTitle : t.blockTitle}</b>
      {props.found.map((f) => (
        <div key={f.words}>
          <p>
            <mark>{t.found(f.words)}</mark> {f.why[locale]}
          </p>
          <p className="dk-instead">
            {t.suggestion}：{f.instead[props.to]}
            <Button size="small" onClick={() => props.use(f.instead[props.to])}>
              {t.useSuggestion}
            </Button>
          </p>
        </div>
      ))}
      {props.send ? (
        <Button size="small" type="text" className="dk-anyway" onClick={props.send}>
          {t.sendAnyway}
        </Button>
      ) : null}
    </div>
  );
}
