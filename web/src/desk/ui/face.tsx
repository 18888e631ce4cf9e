import type { ReactElement } from "react";

/** Face is a round picture of a person: the first letter of the name on their colour. */
export function Face(props: { name: string; hue?: string; size: number }): ReactElement {
  const { name, size } = props;
  const hue = props.hue || "#32606f";
  return (
    <span
      className="dk-face"
      aria-hidden="true"
      style={{ width: size, height: size, background: hue, fontSize: Math.round(size * 0.44) }}
    >
      {(name || "客").slice(0, 1)}
    </span>
  );
}

/** RobotFace marks what the digital employee said: plainly not a person. */
export function RobotFace(props: { size: number }): ReactElement {
  return (
    <svg className="dk-robot" viewBox="0 0 40 40" width={props.size} height={props.size} aria-hidden="true">
      <circle cx="20" cy="20" r="20" fill="#dcebef" />
      <path d="M20 6v5" stroke="#0c5a70" strokeWidth="2.4" strokeLinecap="round" />
      <circle cx="20" cy="6" r="2.4" fill="#e2a33d" />
      <rect x="9" y="11" width="22" height="19" rx="8" fill="#0c5a70" />
      <rect x="12" y="15" width="16" height="11" rx="5.5" fill="#fff" />
      <rect x="15.5" y="18" width="3" height="5" rx="1.5" fill="#14252d" />
      <rect x="21.5" y="18" width="3" height="5" rx="1.5" fill="#14252d" />
    </svg>
  );
}
