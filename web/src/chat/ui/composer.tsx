import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Trouble } from "../speech/engine";
import { useRoom } from "./context";

/** Composer is where the customer types or talks. What is typed survives a killed page. */
export function Composer(props: { draftKey: string; setListening: (on: boolean) => void }): JSX.Element {
  const { client, speech, state, t, elder, announce, staff } = useRoom();
  const [text, setText] = useState(() => readDraft(props.draftKey));
  const [heard, setHeard] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const stop = useRef<(() => void) | null>(null);

  useEffect(() => writeDraft(props.draftKey, text), [props.draftKey, text]);
  useEffect(() => {
    const el = box.current;
    if (!el) return;
    el.style.height = "auto";
    el.style.height = `${Math.min(el.scrollHeight, 132)}px`;
  });
  useEffect(() => () => stop.current?.(), []);
  useEffect(() => {
    if (!staff) return;
    box.current?.focus({ preventScroll: true });
    return staff.shown(() => box.current?.focus({ preventScroll: true }));
  }, [staff]);

  function send(what: string): void {
    const trimmed = what.trim();
    if (trimmed === "") return;
    client.say(trimmed.slice(0, 2000));
    setText("");
    box.current?.focus();
  }

  function talk(): void {
    if (!speech.listener || stop.current) return;
    setHeard("");
    props.setListening(true);
    stop.current = speech.listener.start(state.locale, setHeard, (words: string, trouble: Trouble | null) => {
      stop.current = null;
      setHeard(null);
      props.setListening(false);
      if (trouble) announce(trouble === "denied" ? t.talkDenied : t.talkFailed);
      // In 长辈版 letting go sends; otherwise the words can be mended first.
      else if (elder) send(words);
      else setText((before) => (before ? `${before} ${words}` : words));
    });
  }

  const release = (): void => stop.current?.();
  const can = speech.listener !== null;
  const talkButton = (
    <button
      type="button"
      class={`talk${heard === null ? "" : " on"}`}
      disabled={!can}
      title={can ? undefined : t.noTalk}
      aria-label={t.talk}
      onPointerDown={(e) => {
        e.currentTarget.setPointerCapture(e.pointerId);
        talk();
      }}
      onPointerUp={release}
      onPointerCancel={release}
      onContextMenu={(e) => e.preventDefault()}
      onKeyDown={(e) => {
        if ((e.key === " " || e.key === "Enter") && !e.repeat) talk();
      }}
      onKeyUp={release}
    >
      <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
        <rect x="9" y="3" width="6" height="11" rx="3" fill="currentColor" />
        <path
          d="M5.5 11a6.5 6.5 0 0 0 13 0M12 17.500V21"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-linecap="round"
        />
      </svg>
      {elder ? <span>{heard === null ? t.talk : t.talkRelease}</span> : null}
    </button>
  );
  return (
    <form
      class="composer"
      onSubmit={(e) => {
        e.preventDefault();
        send(text);
      }}
    >
      {heard === null ? null : (
        <p class="heard" role="status">
          {heard === "" ? t.mood.listening : `${t.talkHeard}${heard}`}
        </p>
      )}
      {elder ? (
        <div class="talk-row">
          {talkButton}
          {can ? null : <p class="talk-why">{t.noTalk}</p>}
        </div>
      ) : null}
      <div class="row">
        {elder || !can ? null : talkButton}
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={2000}
          aria-label={t.input}
          placeholder={
            staff
              ? t.staff.placeholder
              : state.server.speaker === "agent"
                ? t.placeholderAgent
                : t.placeholder
          }
          enterkeyhint="send"
          onInput={(e) => setText(e.currentTarget.value)}
          onKeyDown={(e) => {
            // An Enter that ends an input method's composition is not a send.
            if (e.key === "Enter" && !e.shiftKey && !e.isComposing) {
              e.preventDefault();
              send(text);
            }
          }}
        />
        <button type="submit" class="btn primary send" disabled={text.trim() === ""}>
          {t.send}
        </button>
      </div>
    </form>
  );
}

function readDraft(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function writeDraft(key: string, text: string): void {
  try {
    // Nothing that is only digits is left behind: it may be a code.
    if (text === "" || /^[\d\s]+$/.test(text)) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch {
    // Storage may be forbidden; then the draft lives as long as the page.
  }
}
