import type { JSX } from "preact";
import { sayings } from "../core/sayings";

/** Sayings is an answer with its enumerations drawn as lists. */
export function Sayings(props: { text: string }): JSX.Element {
  const parts = sayings(props.text);
  return (
    <>
      {parts.map((part, i) =>
        "items" in part ? (
          <ul class="sayings" key={i}>
            {part.items.map((item) => (
              <li key={item}>{item}</li>
            ))}
          </ul>
        ) : (
          part.text
        ),
      )}
    </>
  );
}
