import type { JSX } from "preact";
import { useRoom } from "./context";

/** Ideas are a few questions for a colleague who has not asked anything yet. */
export function Ideas(): JSX.Element | null {
  const { client, state, t } = useRoom();
  if (!state.caughtUp || state.pending.length > 0 || state.messages.some((m) => m.author === "customer"))
    return null;
  return (
    <div class="ideas">
      {t.staff.ideas.map((idea) => (
        <button type="button" key={idea} class="btn small" onClick={() => client.say(idea)}>
          {idea}
        </button>
      ))}
    </div>
  );
}
