import { type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import type { Mark, Moment } from "../core/record";
import type { Opening, Track } from "../core/wire";
import { usePage } from "./context";
import type { Transport } from "./transport";

/** ORDER is which picture is shown large first. */
const ORDER = ["customer-screen", "customer-cam", "agent-screen", "agent-doc", "agent-cam"];

const nameOf = (f: Track): string => `${f.person}-${f.source}`;

/** Stage shows the pictures of the moment, one large, with the marks over it. */
export function Stage(props: {
  opening: Opening;
  transport: Transport;
  head: number;
  moment: Moment;
  marks: boolean;
}): ReactElement {
  const { t } = usePage();
  const { opening, head, moment } = props;
  const files = useMemo(
    () =>
      opening.files
        .filter((f) => f.codec === "vp8" && f.file !== "")
        .sort((a, b) => ORDER.indexOf(nameOf(a)) - ORDER.indexOf(nameOf(b))),
    [opening],
  );
  const [chosen, setChosen] = useState("");
  const on = files.filter((f) => head >= f.first_ms && head <= f.last_ms + 1500);
  const large = on.find((f) => nameOf(f) === chosen) ?? on[0] ?? files[0];
  const why = reason(opening, files, on, head, moment);
  const shown = why === "" || why === "signal";
  return (
    <section className="ev-stage" aria-label={t.player}>
      {files.map((f) => (
        <Picture
          key={f.file}
          file={f}
          opening={opening}
          transport={props.transport}
          large={f === large}
          hidden={!on.includes(f) || (f === large && !shown)}
          marks={
            props.marks ? moment.marks.filter((m) => f.person === "customer" && m.source === f.source) : []
          }
          choose={() => setChosen(nameOf(f))}
        />
      ))}
      {why !== "" ? (
        <p className={`ev-card ev-card-${why} ${shown ? "over" : ""}`}>
          {t.picture[why as keyof typeof t.picture]}
        </p>
      ) : null}
      <Watermark opening={opening} />
    </section>
  );
}

/** reason is why there is no picture now; empty when there is one. */
function reason(o: Opening, files: Track[], on: Track[], head: number, moment: Moment): string {
  if (o.files.every((f) => f.file === "")) return "nothing";
  const last = o.parts.at(-1);
  if (last && head > last.to_ms + 300) return "lost";
  if (!o.parts.some((p) => head >= p.from_ms - 300 && head <= p.to_ms + 300)) return "pause";
  if (files.length === 0) return "none";
  if (moment.standing?.paused && on.every((f) => nameOf(f) === "customer-screen")) return "paused";
  if (on.length === 0) return "off";
  const still = on.some((f) => f.gaps.some((g) => head > g.from_ms + 500 && head < g.to_ms));
  const silent = Object.values(moment.standing?.links ?? {}).some((l) => l === "silent" || l === "failed");
  return still && silent ? "signal" : "";
}

function Picture(props: {
  file: Track;
  opening: Opening;
  transport: Transport;
  large: boolean;
  hidden: boolean;
  marks: Mark[];
  choose(): void;
}): ReactElement {
  const { api, t } = usePage();
  const { file, transport } = props;
  const video = useRef<HTMLVideoElement>(null);
  const [size, setSize] = useState({ w: 16, h: 9 });
  useEffect(() => {
    const element = video.current;
    return element ? transport.add(element, file.first_ms, file.last_ms, null) : undefined;
  }, [transport, file]);
  const label = t.sourceOf(t.who[file.person] ?? file.person, t.sources[file.source] ?? file.source);
  const ratio = size.w / size.h;
  return (
    <figure
      className={`ev-picture ${props.large ? "large" : "small"} ${props.hidden ? "hidden" : ""}`}
      style={{ aspectRatio: `${size.w} / ${size.h}`, ["--ratio" as string]: ratio }}
    >
      <video
        ref={video}
        src={api.fileUrl(props.opening.id, file.file)}
        muted
        playsInline
        preload="auto"
        disablePictureInPicture
        controlsList="nodownload"
        onContextMenu={(e) => e.preventDefault()}
        onResize={(e) => resized(e.currentTarget)}
        onLoadedMetadata={(e) => resized(e.currentTarget)}
      />
      {props.marks.length > 0 ? <Marks marks={props.marks} w={size.w} h={size.h} /> : null}
      <figcaption>
        {props.large ? (
          label
        ) : (
          <button type="button" onClick={props.choose}>
            {label}
          </button>
        )}
      </figcaption>
    </figure>
  );
  function resized(v: HTMLVideoElement): void {
    if (v.videoWidth > 0 && v.videoHeight > 0) setSize({ w: v.videoWidth, h: v.videoHeight });
  }
}

/** Marks draws what the agent drew; points are fractions of the picture. */
function Marks(props: { marks: Mark[]; w: number; h: number }): ReactElement {
  const { t } = usePage();
  const { w, h } = props;
  const thick = Math.max(3, Math.min(w, h) / 140);
  return (
    <svg className="ev-marks" viewBox={`0 0 ${w} ${h}`} aria-hidden="true">
      {props.marks.map((m) => {
        const at = m.points.map((p) => ({ x: p.x * w, y: p.y * h }));
        const [a, b] = at;
        if (!a) return null;
        const line = { stroke: m.color, strokeWidth: thick, fill: "none" };
        const key = `${m.id}-${m.at}`;
        if (m.shape === "box" && b)
          return (
            <rect
              key={key}
              data-mark="box"
              x={Math.min(a.x, b.x)}
              y={Math.min(a.y, b.y)}
              width={Math.abs(a.x - b.x)}
              height={Math.abs(a.y - b.y)}
              rx={thick}
              {...line}
            />
          );
        if (m.shape === "stroke")
          return (
            <polyline
              key={key}
              data-mark="stroke"
              points={at.map((p) => `${p.x},${p.y}`).join(" ")}
              strokeLinecap="round"
              strokeLinejoin="round"
              {...line}
            />
          );
        const r = Math.min(w, h) / 28;
        return (
          <g key={key} data-mark={m.shape}>
            <circle cx={a.x} cy={a.y} r={r} {...line} fill={`${m.color}55`} />
            {m.shape === "tap" ? (
              <text x={a.x} y={a.y - r * 1.4} fontSize={r} textAnchor="middle" fill={m.color}>
                {t.shapes.tap}
              </text>
            ) : null}
          </g>
        );
      })}
    </svg>
  );
}

const MINUTE = 60_000;

/** Watermark says over the picture who looks, and when. */
function Watermark(props: { opening: Opening }): ReactElement {
  const { locale } = usePage();
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setInterval(() => setNow(new Date()), MINUTE);
    return () => clearInterval(timer);
  }, []);
  const { viewer } = props.opening;
  const at = now.toLocaleString(locale === "en" ? "en-GB" : "zh-CN", {
    dateStyle: "short",
    timeStyle: "short",
    hour12: false,
  });
  const words = `${viewer.number} ${at}`;
  return (
    <svg className="ev-watermark" aria-hidden="true">
      <pattern
        id="ev-who"
        width="300"
        height="130"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(-18)"
      >
        <text x="8" y="40">
          {words}
        </text>
        <text x="150" y="105">
          {words}
        </text>
      </pattern>
      <rect width="100%" height="100%" fill="url(#ev-who)" />
    </svg>
  );
}
