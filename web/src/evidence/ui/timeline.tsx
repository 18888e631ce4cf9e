import { type PointerEvent, type ReactElement, useEffect, useRef, useState } from "react";
import { stamp } from "../core/clock";
import { placed, type Tick } from "../core/ticks";
import type { Opening } from "../core/wire";
import { usePage } from "./context";

const LANES: readonly Tick["lane"][] = ["steps", "items", "marks", "states", "faults"];

/** Timeline is the one line everything stands on: dragged, clicked, or moved by keys. */
export function Timeline(props: {
  opening: Opening;
  ticks: readonly Tick[];
  head: number;
  seek(ms: number): void;
}): ReactElement {
  const { t } = usePage();
  const { opening, ticks, head, seek } = props;
  const length = Math.max(1, opening.length_ms);
  const area = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(800);
  useEffect(() => {
    const element = area.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const at = (ms: number): string => `${Math.min(100, Math.max(0, (ms / length) * 100))}%`;
  const to = (e: PointerEvent<HTMLElement>): void => {
    const box = area.current?.getBoundingClientRect();
    if (box && box.width > 0) seek(((e.clientX - box.left) / box.width) * length);
  };
  const drag = {
    onPointerDown: (e: PointerEvent<HTMLElement>) => {
      if ((e.target as Element).closest("button")) return;
      e.currentTarget.setPointerCapture(e.pointerId);
      to(e);
    },
    onPointerMove: (e: PointerEvent<HTMLElement>) => {
      if (e.currentTarget.hasPointerCapture(e.pointerId)) to(e);
    },
  };
  const stretches = ticks.filter((x) => x.lane === "faults" && x.to > x.at);
  return (
    <div className="ev-timeline">
      <div className="ev-line" {...drag}>
        <span className="ev-lane-name" />
        <div
          className="ev-scrub"
          ref={area}
          role="slider"
          tabIndex={0}
          aria-label={t.timeline}
          aria-valuemin={0}
          aria-valuemax={Math.round(length / 1000)}
          aria-valuenow={Math.round(head / 1000)}
          aria-valuetext={`${stamp(head)} / ${stamp(length)}`}
        >
          {opening.parts.map((p) => (
            <i
              key={p.segment}
              className="ev-part"
              style={{ left: at(p.from_ms), width: `calc(${at(p.to_ms)} - ${at(p.from_ms)})` }}
            />
          ))}
          {stretches.map((x) => (
            <i
              key={`${x.kind}-${x.at}-${x.to}`}
              className={`ev-stretch ev-stretch-${x.kind}`}
              title={`${stamp(x.at, true)} ${x.label}`}
              style={{ left: at(x.at), width: `max(3px, calc(${at(x.to)} - ${at(x.at)}))` }}
            />
          ))}
          <i className="ev-played" style={{ width: at(head) }} />
          <i className="ev-head" style={{ left: at(head) }} />
        </div>
      </div>
      {LANES.map((lane) => {
        const own = ticks.filter((x) => x.lane === lane);
        if (own.length === 0) return null;
        const named = placed(own, length, width);
        return (
          <div key={lane} className={`ev-line ev-lane-${lane}`} {...drag}>
            <span className="ev-lane-name">{t.lanes[lane]}</span>
            <div className="ev-lane">
              {own.map((x, n) => (
                <button
                  type="button"
                  key={`${x.at}-${x.kind}-${n}`}
                  className={`ev-tick ev-tick-${x.kind} ${x.bad ? "bad" : ""}`}
                  style={{ left: at(x.at) }}
                  title={`${stamp(x.at, true)} ${x.label}`}
                  aria-label={`${stamp(x.at)} ${x.label}`}
                  onClick={() => seek(x.at)}
                >
                  <i />
                  {named[n] ? <span style={{ maxWidth: named[n] }}>{x.label}</span> : null}
                </button>
              ))}
              <i className="ev-head" style={{ left: at(head) }} />
            </div>
          </div>
        );
      })}
    </div>
  );
}
