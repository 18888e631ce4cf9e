import type { JSX } from "preact";
import type { Action, Option } from "../../../api/wire";
import { PersonFace } from "../../../design/avatar";
import { useRoom } from "../context";

/** Actions are the taps on offer below a message. */
export function Actions(props: { actions: Action[]; live: boolean }): JSX.Element | null {
  const { client, signIn } = useRoom();
  if (props.actions.length === 0 || !props.live) return null;
  return (
    <div class="actions">
      {props.actions.map((a) => (
        <button
          type="button"
          key={a.id}
          class={`btn ${a.style ? a.style : "chip"}`}
          onClick={() => {
            // The bank's own page signs the customer in; the chat only asks it to.
            if (a.id === "signin" && signIn) signIn();
            else client.tap(a.id, a.label);
          }}
        >
          {a.label}
        </button>
      ))}
    </div>
  );
}

/** OptionButton is one thing to choose, with a face for people. */
export function OptionButton(props: { option: Option; face: boolean; live: boolean }): JSX.Element {
  const { client } = useRoom();
  const { option } = props;
  return (
    <button
      type="button"
      class="option"
      disabled={!props.live}
      onClick={() => client.tap(option.id, option.note ? `${option.label} ${option.note}` : option.label)}
    >
      {props.face ? <PersonFace id={option.id} name={option.label} hue="#0c5a70" size={36} /> : null}
      <span>
        {option.label}
        {option.note ? <small>{option.note}</small> : null}
      </span>
      <Chevron />
    </button>
  );
}

/** Chevron says that a line leads somewhere. */
export function Chevron(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path d="M9 6l6 6-6 6" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
    </svg>
  );
}
