import type { JSX } from "preact";
import type { Mood } from "../api/wire";
import { faceOf } from "./face";

/** EmployeeFace is a digital employee's picture: plainly not a photo of a person. */
export function EmployeeFace(props: { hue: string; mood: Mood; size: number }): JSX.Element {
  const { hue, mood, size } = props;
  return (
    <svg
      class={`pd-employee pd-mood-${mood}`}
      viewBox="0 0 96 96"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <circle cx="48" cy="48" r="46" fill={hue} opacity="0.14" />
      <circle class="pd-ring" cx="48" cy="48" r="44.5" fill="none" stroke={hue} stroke-width="3" />
      <path d="M16 92c2-17 15-25 32-25s30 8 32 25a46 46 0 0 1-64 0Z" fill={hue} />
      <path d="M40 68l8 9 8-9 3 2-9 15h-4l-9-15z" fill="#fff" opacity="0.92" />
      <rect x="22" y="20" width="52" height="45" rx="20" fill={hue} />
      <rect x="28" y="27" width="40" height="31" rx="14" fill="#fff" />
      <g class="pd-eyes" fill="#17303a">
        <rect x="36.5" y="36" width="6" height="9" rx="3" />
        <rect x="53.5" y="36" width="6" height="9" rx="3" />
      </g>
      <path
        class="pd-mouth"
        d="M42 50q6 4.5 12 0"
        fill="none"
        stroke="#17303a"
        stroke-width="2.6"
        stroke-linecap="round"
      />
      <circle cx="34" cy="48.5" r="2.6" fill="#f3a6a0" opacity="0.7" />
      <circle cx="62" cy="48.5" r="2.6" fill="#f3a6a0" opacity="0.7" />
      <g class="pd-ears" fill={hue}>
        <rect x="16" y="36" width="7" height="15" rx="3.5" />
        <rect x="73" y="36" width="7" height="15" rx="3.5" />
      </g>
      <path d="M48 20v-7" stroke={hue} stroke-width="3.5" stroke-linecap="round" />
      <circle class="pd-lamp" cx="48" cy="11" r="4.5" fill="#e2a33d" />
    </svg>
  );
}

/** PersonFace is a drawn face of a customer or a member of staff. */
export function PersonFace(props: {
  id: string;
  name: string;
  age?: number;
  hue: string;
  size: number;
}): JSX.Element {
  const face = faceOf(props.id, props.name, props.age ?? 0);
  const line = "#5b3a29";
  return (
    <svg class="pd-person" viewBox="0 0 96 96" width={props.size} height={props.size} aria-hidden="true">
      <circle cx="48" cy="48" r="48" fill={props.hue} opacity="0.22" />
      {face.style === "waves" ? (
        <path d="M20 74C14 40 24 16 48 16s34 24 28 58q-10 6-28 6t-28-6Z" fill={face.hair} />
      ) : null}
      {face.style === "bob" ? (
        <path d="M23 64c-3-26 4-46 25-46s28 20 25 46q-8 5-25 5t-25-5Z" fill={face.hair} />
      ) : null}
      {face.style === "bun" ? <circle cx="48" cy="17" r="9" fill={face.hair} /> : null}
      <path d="M14 94c2-16 15-24 34-24s32 8 34 24a48 48 0 0 1-68 0Z" fill={props.hue} />
      <path d="M41 62h14v9q-7 8-14 0z" fill={face.skin} />
      <path d="M39 70l9 9 9-9 5 1.5-14 14-14-14z" fill="#fff" opacity="0.85" />
      <rect x="29" y="25" width="38" height="42" rx="19" fill={face.skin} />
      <Hair style={face.style} color={face.hair} />
      <g fill="#2a211e">
        <circle cx="40.5" cy="46" r="2.5" />
        <circle cx="55.5" cy="46" r="2.5" />
      </g>
      <path d="M43 56q5 4 10 0" fill="none" stroke={line} stroke-width="2.2" stroke-linecap="round" />
      {face.glasses ? (
        <g fill="none" stroke="#4a4f55" stroke-width="1.8">
          <circle cx="40" cy="46" r="6.5" />
          <circle cx="56" cy="46" r="6.5" />
          <path d="M46.5 45.500q1.5-1.5 3 0" />
        </g>
      ) : null}
      {face.wrinkles ? (
        <g fill="none" stroke={line} stroke-width="1.2" opacity="0.45" stroke-linecap="round">
          <path d="M34.5 54q1.5 2.5 3 3.500M61.5 54q-1.5 2.5-3 3.5" />
        </g>
      ) : null}
    </svg>
  );
}

function Hair(props: { style: ReturnType<typeof faceOf>["style"]; color: string }): JSX.Element {
  switch (props.style) {
    case "short":
      return (
        <path d="M27 44c-2-17 8-25 21-25s23 8 21 25q-3-9-8-12-12 3-24-1-8 3-10 13Z" fill={props.color} />
      );
    case "crop":
      return (
        <path d="M28 42c-1-15 8-22 20-22s21 7 20 22q-2-7-6-9.5-14 2-28 0-4 2.5-6 9.500Z" fill={props.color} />
      );
    case "bob":
    case "waves":
      return (
        <path d="M27 46c-2-18 8-26 21-26s23 8 21 26q-5-4-8-12-8 4-18 1-10 2-16 11Z" fill={props.color} />
      );
    case "bun":
      return <path d="M27 45c-1-17 9-24 21-24s22 7 21 24q-6-12-21-13-15 1-21 13Z" fill={props.color} />;
  }
}

/** Logo is the product's mark: two screens, one looking into the other. */
export function Logo(props: { size: number }): JSX.Element {
  return (
    <svg viewBox="0 0 64 64" width={props.size} height={props.size} aria-hidden="true">
      <rect width="64" height="64" rx="15" fill="#0c3b4d" />
      <rect x="12" y="16" width="26" height="20" rx="5" fill="none" stroke="#fff" stroke-width="4" />
      <rect x="26" y="28" width="26" height="20" rx="5" fill="#e2a33d" stroke="#0c3b4d" stroke-width="3" />
      <circle cx="35" cy="38" r="2.6" fill="#0c3b4d" />
      <circle cx="43.5" cy="38" r="2.6" fill="#0c3b4d" />
    </svg>
  );
}
