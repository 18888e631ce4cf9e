import type { ReactElement } from "react";

/** HUE is 小伴's colour where the content has not been read. */
const HUE = "#8A5CD1";

/** XiaobanFace is her picture on a button: plainly not a photo of a person. */
export function XiaobanFace(props: { size: number }): ReactElement {
  return (
    <svg viewBox="0 0 96 96" width={props.size} height={props.size} aria-hidden="true">
      <circle cx="48" cy="48" r="46" fill={HUE} opacity="0.16" />
      <path d="M16 92c2-17 15-25 32-25s30 8 32 25a46 46 0 0 1-64 0Z" fill={HUE} />
      <rect x="22" y="20" width="52" height="45" rx="20" fill={HUE} />
      <rect x="28" y="27" width="40" height="31" rx="14" fill="#fff" />
      <rect x="36.5" y="36" width="6" height="9" rx="3" fill="#17303a" />
      <rect x="53.5" y="36" width="6" height="9" rx="3" fill="#17303a" />
      <path d="M42 50q6 4.5 12 0" fill="none" stroke="#17303a" strokeWidth="2.6" strokeLinecap="round" />
      <rect x="16" y="36" width="7" height="15" rx="3.5" fill={HUE} />
      <rect x="73" y="36" width="7" height="15" rx="3.5" fill={HUE} />
      <path d="M48 20v-7" stroke={HUE} strokeWidth="3.5" strokeLinecap="round" />
      <circle cx="48" cy="11" r="4.5" fill="#e2a33d" />
    </svg>
  );
}
