import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Locale, Session, Signal } from "../../api/wire";

const zh = {
  progress: (n: number, of: number) => `已核对 ${n} 项，共 ${of} 项`,
  read: (n: number, of: number) => `第 ${n} 句，共 ${of} 句`,
  aloud: "念给我听",
  yes: "听懂了",
  no: "没听懂，再说一遍",
  answered: { yes: "您答了：听懂了", no: "您答了：没听懂，同事会再说一遍" },
};

const en: typeof zh = {
  progress: (n, of) => `${n} of ${of} checked`,
  read: (n, of) => `Sentence ${n} of ${of}`,
  aloud: "Read it to me",
  yes: "I understand",
  no: "Not clear, say it again",
  answered: { yes: "You answered: understood", no: "You answered: not clear, it will be said again" },
};

/**
 * Script shows how far the colleague's check list is, and the words that are read to the
 * customer now, with the two answers. Only the customer's own page can answer them.
 */
export function Script(props: {
  session: Session;
  locale: Locale;
  elder: boolean;
  send(signal: Signal): boolean;
}): JSX.Element | null {
  const t = props.locale === "en" ? en : zh;
  const { review } = props.session;
  const script = review?.script;
  const text = script ? (props.locale === "en" ? script.text_en : script.text) : "";
  useEffect(() => {
    if (text !== "" && props.elder) aloud(text, props.locale);
  }, [text, props.elder, props.locale]);
  if (!review || review.of === 0) return null;
  const answer = (word: "yes" | "no"): void => {
    if (script) props.send({ kind: "script", body: JSON.stringify({ item: script.item, answer: word }) });
  };
  return (
    <section class="rs-script" aria-label={review.title}>
      <p class="rs-progress">
        <b>{review.title}</b>
        <span role="status">{t.progress(review.done, review.of)}</span>
        <progress value={review.done} max={review.of} aria-hidden="true" />
      </p>
      {script ? (
        <div class="rs-words" role="alertdialog" aria-label={t.read(script.n, review.of)}>
          <small>{t.read(script.n, review.of)}</small>
          <p>{text}</p>
          {script.answer ? (
            <p class="rs-note" role="status">
              {t.answered[script.answer]}
            </p>
          ) : (
            <div class="rs-yes-no">
              <button type="button" class="btn" onClick={() => answer("no")}>
                {t.no}
              </button>
              <button type="button" class="btn primary" onClick={() => answer("yes")}>
                {t.yes}
              </button>
            </div>
          )}
          <button type="button" class="btn small" onClick={() => aloud(text, props.locale)}>
            {t.aloud}
          </button>
        </div>
      ) : null}
    </section>
  );
}

/** aloud reads words in the browser's own voice, where it has one. */
function aloud(text: string, locale: Locale): void {
  const synthesis = (globalThis as { speechSynthesis?: SpeechSynthesis }).speechSynthesis;
  if (!synthesis) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = locale === "en" ? "en" : "zh-CN";
  utterance.rate = 0.85;
  synthesis.cancel();
  synthesis.speak(utterance);
}
