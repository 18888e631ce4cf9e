import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Card, Secure } from "../../../api/wire";
import { newId } from "../../core/ids";
import { encryptAll, filled, subtleOf } from "../../core/secret";
import { useRoom } from "../context";
import { Digits } from "./digits";
import { Rows } from "./rows";

/**
 * SecureCard takes secrets. Values live in this component alone, are encrypted to the
 * bank core's key and posted over a request of their own: they never enter the chat's
 * state, its storage or its socket.
 */
export function SecureCard(props: { card: Card; secure: Secure; live: boolean }): JSX.Element {
  const { api, client, state, t } = useRoom();
  const { card, secure } = props;
  const [values, setValues] = useState<Record<string, string>>({});
  const [phase, setPhase] = useState<"open" | "sending" | "done">("open");
  const [trouble, setTrouble] = useState("");
  const id = useRef(newId());
  const left = useCountdown(secure.expires_at);
  const subtle = subtleOf(window);
  const expired = left !== null && left <= 0;
  const complete = secure.fields.every((f) => filled(f, values[f.name] ?? ""));

  async function submit(): Promise<void> {
    if (!subtle || !complete || phase !== "open") return;
    const again = values.new_pin_again;
    if (again !== undefined && again !== values.new_pin) {
      setTrouble(t.secureUnequal);
      setValues({ ...values, new_pin: "", new_pin_again: "" });
      return;
    }
    setPhase("sending");
    setTrouble("");
    try {
      const key = await api.secureKey();
      const sealed = await encryptAll(key, values, subtle);
      await api.secure(secure.ref, {
        conversation: client.current().conversation,
        id: id.current,
        key_id: key.key_id,
        values: sealed,
      });
      setValues({});
      setPhase("done");
    } catch (error) {
      setPhase("open");
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  }

  const closed = !props.live || phase === "done" || expired;
  return (
    <section class="card secure" aria-label={card.title || t.secureTitle}>
      <h3>
        <Lock />
        {card.title || t.secureTitle}
      </h3>
      <Rows rows={card.rows} editable={false} />
      {subtle ? (
        <form
          autocomplete="off"
          onSubmit={(e) => {
            e.preventDefault();
            void submit();
          }}
        >
          {closed
            ? null
            : secure.fields.map((field) => (
                <Digits
                  key={field.name}
                  box={secure.ref}
                  field={field}
                  value={values[field.name] ?? ""}
                  disabled={phase !== "open"}
                  set={(value) => {
                    setTrouble("");
                    // Another value is another input: the same id with another body is refused.
                    id.current = newId();
                    setValues((before) => ({ ...before, [field.name]: value }));
                  }}
                />
              ))}
          {trouble ? (
            <p class="trouble" role="alert">
              {trouble}
            </p>
          ) : null}
          {phase === "done" ? (
            <p class="done" role="status">
              ✓ {t.secureDone}
            </p>
          ) : null}
          {expired && props.live && phase !== "done" ? <p class="trouble">{t.secureExpired}</p> : null}
          {closed ? null : (
            <button type="submit" class="btn primary wide" disabled={!complete || phase !== "open"}>
              {phase === "sending" ? t.secureSending : t.secureSubmit}
              {left === null ? null : <small>{t.secureLeft(clockOf(left, state.locale === "en"))}</small>}
            </button>
          )}
        </form>
      ) : (
        <p class="trouble" role="alert">
          {t.secureNoCrypto}
        </p>
      )}
      <p class="warn">{card.note || t.secureWarn}</p>
      <p class="note">{t.secureNote}</p>
    </section>
  );
}

/** useCountdown is the seconds until an RFC 3339 time; null when there is none. */
function useCountdown(until: string | undefined): number | null {
  const end = until ? Date.parse(until) : Number.NaN;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (Number.isNaN(end)) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [end]);
  return Number.isNaN(end) ? null : Math.ceil((end - now) / 1000);
}

function clockOf(seconds: number, english: boolean): string {
  const m = Math.floor(seconds / 60);
  const s = seconds % 60;
  if (english) return m > 0 ? `${m} min ${s} s` : `${s} s`;
  return m > 0 ? `${m} 分 ${s} 秒` : `${s} 秒`;
}

function Lock(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <rect x="5" y="10" width="14" height="10" rx="2.5" fill="currentColor" />
      <path d="M8 10V7.5a4 4 0 0 1 8 0V10" fill="none" stroke="currentColor" stroke-width="2.2" />
    </svg>
  );
}
