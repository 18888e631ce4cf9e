import type { ReactElement } from "react";

/** IconName is one of the console's drawn icons. */
export type IconName =
  | "todo"
  | "articles"
  | "misses"
  | "intents"
  | "flows"
  | "tables"
  | "try"
  | "releases"
  | "employees"
  | "audit"
  | "menu"
  | "check"
  | "cross"
  | "clock"
  | "warn"
  | "search"
  | "plus"
  | "back"
  | "person"
  | "globe"
  | "node"
  | "trash"
  | "more"
  | "robot";

const PATHS: Record<IconName, string> = {
  todo: "M5 4h14v16H5zM8.5 9.5l1.6 1.6 3-3M8.5 15.5h7",
  articles: "M5 4.5c3-.9 5-.6 7 1 2-1.6 4-1.9 7-1V19c-3-.9-5-.6-7 1-2-1.6-4-1.9-7-1zM12 5.5V20",
  misses: "M4 5h16v11H10l-4 3.5V16H4zM10 8.6a2 2 0 1 1 2.6 2c-.5.2-.6.6-.6 1.100M12 13.600v.2",
  intents: "M4 5h16v11H10l-4 3.5V16H4zM8.5 9.2h7M8.5 12h4.5",
  flows: "M4 4h6v5H4zM14 15h6v5h-6zM7 9v4.5a4 4 0 0 0 4 4h3M17 15V9.5",
  tables: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  try: "M9 3h6M10 3v6l-5 9a2 2 0 0 0 1.8 3h10.4A2 2 0 0 0 19 18l-5-9V3M7.5 15h9",
  releases: "M12 3c4 2.5 5.5 6 5 11l-2 2H9l-2-2c-.5-5 1-8.5 5-11zM9 19l-1 2M15 19l1 2M12 9.5v2",
  employees: "M6 8.5h12v9H6zM12 8.5V5M9.5 12.5v1.5M14.5 12.5v1.5M3.5 11.5v3M20.5 11.5v3M9 20.5h6",
  audit: "M12 3l7 3v5.5c0 4.4-2.8 7.7-7 9.5-4.2-1.8-7-5.1-7-9.5V6zM9 12l2.2 2.2L15.2 10",
  menu: "M4 7h16M4 12h16M4 17h16",
  check: "M5 12.5l4.5 4.5L19 7.5",
  cross: "M6 6l12 12M18 6L6 18",
  clock: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 8v4.5l3 2",
  warn: "M12 4l9 16H3zM12 10v4.5M12 17.2v.3",
  search: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20 20",
  plus: "M12 5v14M5 12h14",
  back: "M14.5 5.5L8 12l6.5 6.5",
  person: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c.8-4 3.8-6 7.5-6s6.7 2 7.5 6",
  globe:
    "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5",
  node: "M4 5h16v5.5H4zM4 13.5h16V19H4zM7.5 7.8h.2M7.5 16.2h.2",
  trash: "M5 7h14M9.5 7V4.5h5V7M7 7l1 12.5h8L17 7M10.5 10.5v5.5M13.5 10.5v5.5",
  more: "M6 12h.2M12 12h.2M18 12h.2",
  robot: "M6 8.5h12v9H6zM12 8.5V5M9.5 12.5v1.5M14.5 12.5v1.5",
};

/** Icon draws one of the console's icons in the colour of the text around it. */
export function Icon(props: { name: IconName; size?: number }): ReactElement {
  const size = props.size ?? 18;
  return (
    <svg
      className="cs-icon"
      viewBox="0 0 24 24"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[props.name]} />
    </svg>
  );
}

/** PersonFace is a round picture of a colleague: the first letter of the name on their colour. */
export function PersonFace(props: { name: string; hue?: string | undefined; size: number }): ReactElement {
  const { name, size } = props;
  return (
    <span
      className="cs-face"
      aria-hidden="true"
      style={{
        width: size,
        height: size,
        background: props.hue || "#32606f",
        fontSize: Math.round(size * 0.44),
      }}
    >
      {name.slice(0, 1)}
    </span>
  );
}

/** RobotFace is a digital employee's picture: plainly not a photo of a person. */
export function RobotFace(props: { hue: string; size: number; resting?: boolean }): ReactElement {
  const { hue, size } = props;
  return (
    <svg
      viewBox="0 0 96 96"
      width={size}
      height={size}
      aria-hidden="true"
      className={props.resting ? "cs-resting" : ""}
    >
      <circle cx="48" cy="48" r="46" fill={hue} opacity="0.14" />
      <path d="M16 92c2-17 15-25 32-25s30 8 32 25a46 46 0 0 1-64 0Z" fill={hue} />
      <path d="M40 68l8 9 8-9 3 2-9 15h-4l-9-15z" fill="#fff" opacity="0.92" />
      <rect x="22" y="20" width="52" height="45" rx="20" fill={hue} />
      <rect x="28" y="27" width="40" height="31" rx="14" fill="#fff" />
      {props.resting ? (
        <path d="M35 41h8M53 41h8" stroke="#17303a" strokeWidth="3" strokeLinecap="round" />
      ) : (
        <g fill="#17303a">
          <rect x="36.5" y="36" width="6" height="9" rx="3" />
          <rect x="53.5" y="36" width="6" height="9" rx="3" />
        </g>
      )}
      <path d="M42 50q6 4.5 12 0" fill="none" stroke="#17303a" strokeWidth="2.6" strokeLinecap="round" />
      <rect x="16" y="36" width="7" height="15" rx="3.5" fill={hue} />
      <rect x="73" y="36" width="7" height="15" rx="3.5" fill={hue} />
      <path d="M48 20v-7" stroke={hue} strokeWidth="3.5" strokeLinecap="round" />
      <circle cx="48" cy="11" r="4.5" fill={props.resting ? "#9aa9b0" : "#e2a33d"} />
    </svg>
  );
}
