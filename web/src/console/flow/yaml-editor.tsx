import { type ReactElement, type ReactNode, useEffect, useMemo, useRef } from "react";
import type { FlowProblem } from "../wire";

/** ROW is the height of a line, in pixels; the style sheet has it too. */
const ROW = 21;

/** YamlEditor edits a file: lines have numbers, one stretch of them can be lit, faults stand at theirs. */
export function YamlEditor(props: {
  value: string;
  label: string;
  readOnly: boolean;
  lit: readonly [from: number, until: number] | null;
  faults: readonly FlowProblem[];
  /** wish is a line to scroll to; a new object scrolls anew. */
  wish: { line: number } | null;
  onChange: (text: string) => void;
  /** onLine is told the line of the cursor. */
  onLine: (line: number) => void;
}): ReactElement {
  const { value, lit, wish } = props;
  const room = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const lines = useMemo(() => value.split("\n"), [value]);
  const coloured = useMemo(() => lines.map((line, i) => <Line key={i} text={line} />), [lines]);
  const faulty = useMemo(() => new Map(props.faults.map((f) => [f.line, f])), [props.faults]);

  useEffect(() => {
    const el = room.current;
    if (!el || !wish || wish.line < 1) return;
    const top = (wish.line - 1) * ROW;
    const out = top < el.scrollTop + ROW || top + 4 * ROW > el.scrollTop + el.clientHeight;
    if (out) el.scrollTo({ top: Math.max(0, top - 3 * ROW), left: 0 });
  }, [wish]);

  const tell = (): void => {
    const el = field.current;
    if (el) props.onLine(el.value.slice(0, el.selectionStart).split("\n").length);
  };
  return (
    <div className="cs-yaml" ref={room}>
      <div className="cs-yaml-paper" style={{ height: lines.length * ROW + 40 }}>
        {lit ? (
          <span
            className="cs-yaml-lit"
            data-from={lit[0]}
            data-until={lit[1]}
            style={{ top: (lit[0] - 1) * ROW, height: (lit[1] - lit[0] + 1) * ROW }}
          />
        ) : null}
        {[...faulty.keys()].map((line) => (
          <span key={line} className="cs-yaml-fault" style={{ top: (line - 1) * ROW }} />
        ))}
        <ol className="cs-yaml-numbers" aria-hidden="true">
          {lines.map((_, i) => (
            <li key={i} className={faulty.has(i + 1) ? "cs-yaml-bad" : ""} title={faulty.get(i + 1)?.text}>
              {i + 1}
            </li>
          ))}
        </ol>
        <div className="cs-yaml-text">
          <pre aria-hidden="true">{coloured}</pre>
          <textarea
            ref={field}
            value={value}
            readOnly={props.readOnly}
            aria-label={props.label}
            spellCheck={false}
            autoCapitalize="off"
            wrap="off"
            onChange={(e) => props.onChange(e.target.value)}
            onClick={tell}
            onKeyUp={tell}
            onKeyDown={(e) => {
              if (e.key !== "Tab" || props.readOnly || e.shiftKey || e.ctrlKey || e.metaKey) return;
              // Escape and then Tab leaves, as everywhere; Tab indents.
              if (field.current?.dataset.leave === "1") return;
              e.preventDefault();
              field.current?.setRangeText(
                "  ",
                field.current.selectionStart,
                field.current.selectionEnd,
                "end",
              );
              props.onChange(field.current?.value ?? value);
            }}
            onKeyDownCapture={(e) => {
              if (field.current)
                field.current.dataset.leave =
                  e.key === "Escape" || (e.key === "Tab" && field.current.dataset.leave === "1") ? "1" : "";
            }}
          />
        </div>
      </div>
    </div>
  );
}

/** Line colours a line of YAML: remarks, keys and quoted texts. It only looks; the server reads. */
function Line(props: { text: string }): ReactElement {
  const parts: ReactNode[] = [];
  const tokens = /("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|((?:^|\s)#.*$)|([\w-]+)(?=:(?:\s|$))/g;
  let at = 0;
  for (const found of props.text.matchAll(tokens)) {
    parts.push(props.text.slice(at, found.index));
    const kind = found[1] ? "quote" : found[2] ? "remark" : "key";
    parts.push(
      <i key={found.index} className={`cs-y-${kind}`}>
        {found[0]}
      </i>,
    );
    at = (found.index ?? 0) + found[0].length;
  }
  parts.push(props.text.slice(at), "\n");
  return <>{parts}</>;
}
