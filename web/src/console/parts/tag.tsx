import type { ReactElement, ReactNode } from "react";

/** Tone is how loud a Tag is. */
export type Tone = "default" | "green" | "gold" | "red" | "blue" | "cyan" | "purple";

/** Tag is a small word with a colour. Its contrasts reach 4.5 : 1, which antd's do not. */
export function Tag(props: { color?: Tone; title?: string | undefined; children: ReactNode }): ReactElement {
  return (
    <span className={`cs-tag cs-tag-${props.color ?? "default"}`} title={props.title}>
      {props.children}
    </span>
  );
}
