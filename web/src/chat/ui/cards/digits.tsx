import type { JSX } from "preact";
import type { SecureField } from "../../../api/wire";
import { typed } from "../../core/secret";
import { useRoom } from "../context";

/**
 * Digits is one secret field: boxes for a fixed number of digits over a single real
 * input, so that paste and SMS filling work. A number whose length varies (an account
 * number) is one line that shows what is typed, to be held against the card.
 */
export function Digits(props: {
  box: string;
  field: SecureField;
  value: string;
  disabled: boolean;
  set: (value: string) => void;
}): JSX.Element {
  const { t } = useRoom();
  const { field, value } = props;
  const code = /code|otp|sms/.test(field.name);
  const n = field.digits ?? 0;
  const { digits_min: least, digits_max: most } = field;
  const id = `pd-secure-${props.box}-${field.name}`;
  return (
    <div class="digits">
      <label for={id}>{field.label}</label>
      <div class={n ? "boxes" : "free"} data-pd-mask="true">
        {Array.from({ length: n }, (_, i) => `${id}-${i}`).map((key, i) => (
          <span key={key} aria-hidden="true" class={i === Math.min(value.length, n - 1) ? "at" : ""}>
            {value[i] === undefined ? "" : code ? value[i] : "●"}
          </span>
        ))}
        <input
          id={id}
          {...(code || most ? { type: "text" as const } : { type: "password" as const })}
          inputMode={n || most ? "numeric" : "text"}
          autocomplete={code ? "one-time-code" : "off"}
          aria-label={
            n
              ? t.digitsOf(field.label, n)
              : most
                ? t.digitsWithin(field.label, least ?? 1, most)
                : field.label
          }
          data-secret="true"
          maxLength={n ? n + 8 : 64}
          disabled={props.disabled}
          value={value}
          onInput={(e) => {
            const raw = e.currentTarget.value;
            const next = typed(field, raw);
            if (next !== raw) e.currentTarget.value = next;
            props.set(next);
          }}
        />
      </div>
    </div>
  );
}
