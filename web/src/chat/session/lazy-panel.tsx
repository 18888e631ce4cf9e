import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { SessionPanel, SessionPanelProps } from "./panel";
import { PlainPanel } from "./plain-panel";

/**
 * LazyPanel fetches the media room when the first session is offered; few conversations
 * ever have one. Until it is there, and where it can't be had, the plain panel stands.
 */
export function LazyPanel(props: SessionPanelProps): JSX.Element {
  const [Panel, setPanel] = useState<SessionPanel | null>(null);
  useEffect(() => {
    let gone = false;
    import("./media-panel").then(
      ({ MediaPanel }) => {
        if (!gone) setPanel(() => MediaPanel);
      },
      () => undefined, // a chunk that is gone after an update: the plain panel can still end
    );
    return () => {
      gone = true;
    };
  }, []);
  return Panel ? <Panel {...props} /> : <PlainPanel {...props} />;
}
