import { Button } from "antd";
import type { ReactElement } from "react";
import { useEffect, useRef } from "react";
import { minutes } from "../core/timing";
import { useDesk, useRoom } from "./context";
import { Face } from "./face";
import { useNow } from "./use";

/** RINGS_FOR is the longest a ring lasts, in seconds: the dial is full then. */
const RINGS_FOR = 20;

/** Ring is the card of the customer who rings now. */
export function Ring(props: { blocked: boolean }): ReactElement | null {
  const { t, client } = useRoom();
  const { rings, answering } = useDesk();
  const now = useNow();
  const card = useRef<HTMLElement>(null);
  const ring = rings[0];
  const handoff = ring?.handoff ?? "";
  useEffect(() => {
    // Whoever writes keeps writing; Ctrl+Enter works from everywhere.
    const busy = document.activeElement instanceof HTMLTextAreaElement;
    if (handoff !== "" && !busy) card.current?.focus();
  }, [handoff]);
  if (!ring) return null;
  const until = ring.ring_until ? Date.parse(ring.ring_until) : now;
  const left = Math.min(RINGS_FOR, Math.max(0, Math.ceil((until - now) / 1000)));
  const asked = answering[ring.handoff];
  const title = ring.join ? t.ringJoin : t.ring;
  const round = 2 * Math.PI * 25;
  return (
    <section
      className={`dk-ring${ring.urgent ? " urgent" : ""}`}
      role="alertdialog"
      aria-label={`${title}：${ring.customer}`}
      aria-describedby="dk-ring-reason"
      tabIndex={-1}
      ref={card}
    >
      <div className="dk-ring-top">
        <span className="dk-dial">
          <svg viewBox="0 0 56 56" width="64" height="64" aria-hidden="true">
            <circle
              cx="28"
              cy="28"
              r="25"
              fill="none"
              stroke="currentColor"
              strokeOpacity="0.18"
              strokeWidth="4"
            />
            <circle
              cx="28"
              cy="28"
              r="25"
              fill="none"
              stroke="currentColor"
              strokeWidth="4"
              strokeLinecap="round"
              strokeDasharray={round}
              strokeDashoffset={round * (1 - left / RINGS_FOR)}
              transform="rotate(-90 28 28)"
            />
          </svg>
          <Face name={ring.customer} size={46} />
        </span>
        <div>
          <small>{title}</small>
          <b>{ring.customer || t.customer}</b>
          <span>
            {ring.urgent ? <em className="dk-tag bad">{t.urgent}</em> : null}
            <em className="dk-tag">{t.queues[ring.queue] ?? ring.queue}</em>
            {ring.edition === "elder" ? <em className="dk-tag elder">{t.editions.elder}</em> : null}
            <small>{t.waited(minutes((now - Date.parse(ring.since)) / 1000))}</small>
          </span>
        </div>
      </div>
      <p id="dk-ring-reason">{ring.reason || t.noReason}</p>
      {ring.flow || ring.step ? (
        <p className="dk-ring-step">{[ring.flow, ring.step].filter(Boolean).join(" · ")}</p>
      ) : null}
      {ring.passed ? (
        <div className="dk-passed">
          <b>{t.passed(ring.passed.name || ring.passed.by)}</b>
          <p>{ring.passed.note}</p>
        </div>
      ) : null}
      <p className="dk-ring-left">
        {left > 0 ? (ring.join ? t.joinLeft(left) : t.ringLeft(left)) : t.ringLate}
        {rings.length > 1 ? ` · ${t.ringMore(rings.length - 1)}` : ""}
        {props.blocked ? ` · ${t.soundBlocked}` : ""}
      </p>
      <div className="dk-ring-buttons">
        <Button
          size="large"
          loading={asked === "decline"}
          disabled={asked !== undefined}
          onClick={() => client.decline(ring.handoff)}
        >
          {asked === "decline" ? t.declining : t.decline}
        </Button>
        <Button
          size="large"
          type="primary"
          loading={asked === "accept"}
          disabled={asked === "decline"}
          onClick={() => client.accept(ring.handoff)}
        >
          {asked === "accept" ? t.accepting : ring.join ? t.join : t.accept}
          <span className="dk-kbd" aria-hidden="true">
            Ctrl ↵
          </span>
        </Button>
      </div>
    </section>
  );
}
