import { Alert, Button, Modal, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useSession } from "../session";
import type { Conflict } from "../wire";
import { Diff } from "./bits";

/** Part is one field that two people have changed. Lists can be put together. */
export interface Part {
  key: string;
  label: string;
  mine: string | string[];
  theirs: string | string[];
}

type Choice = "mine" | "theirs" | "both";

const shown = (value: string | string[]): string => (Array.isArray(value) ? value.join("\n") : value);

/** differing keeps the parts on which the two sides differ. */
export function differing(parts: readonly Part[]): Part[] {
  return parts.filter((p) => shown(p.mine) !== shown(p.theirs));
}

/** chosen is what a choice makes of a part. */
function chosen(part: Part, choice: Choice): string | string[] {
  if (choice === "theirs") return part.theirs;
  if (choice === "both" && Array.isArray(part.mine) && Array.isArray(part.theirs))
    return [...new Set([...part.theirs, ...part.mine])];
  return part.mine;
}

/**
 * Merge shows a 409: what the other person saved beside what was to be saved, part by part.
 * Nothing is saved or lost before somebody has chosen.
 */
export function Merge(props: {
  conflict: Conflict;
  parts: readonly Part[];
  saving: boolean;
  onSave: (values: Map<string, string | string[]>) => void;
  onTheirs: () => void;
  onClose: () => void;
}): ReactElement {
  const { w, nameOf } = useSession();
  const parts = differing(props.parts);
  const [choices, setChoices] = useState<Record<string, Choice>>({});
  const choiceOf = (part: Part): Choice => choices[part.key] ?? (Array.isArray(part.mine) ? "both" : "mine");
  const all = (choice: Choice): void => setChoices(Object.fromEntries(parts.map((p) => [p.key, choice])));
  return (
    <Modal
      open
      width={980}
      title={w.merge.title}
      onCancel={props.onClose}
      destroyOnHidden
      footer={[
        <Button key="theirs" onClick={props.onTheirs}>
          {w.merge.takeTheirs}
        </Button>,
        <Button
          key="save"
          type="primary"
          loading={props.saving}
          onClick={() => props.onSave(new Map(parts.map((p) => [p.key, chosen(p, choiceOf(p))])))}
        >
          {parts.length > 0 ? w.merge.save : w.merge.keepMine}
        </Button>,
      ]}
    >
      <Alert type="warning" showIcon title={w.merge.by(nameOf(props.conflict.by))} />
      {parts.length > 0 ? (
        <div className="cs-merge">
          <div className="cs-merge-all">
            <span className="cs-note">{w.merge.same}</span>
            <Button size="small" onClick={() => all("mine")}>
              {w.merge.allMine}
            </Button>
            <Button size="small" onClick={() => all("theirs")}>
              {w.merge.allTheirs}
            </Button>
          </div>
          {parts.map((part) => {
            const choice = choiceOf(part);
            const options = [
              { value: "theirs", label: w.merge.theirs },
              { value: "mine", label: w.merge.mine },
              ...(Array.isArray(part.mine) ? [{ value: "both", label: w.merge.both }] : []),
            ];
            return (
              <div key={part.key} className="cs-merge-part">
                <div className="cs-merge-head">
                  <strong>{part.label}</strong>
                  <Segmented
                    aria-label={part.label}
                    options={options}
                    value={choice}
                    onChange={(value) => setChoices({ ...choices, [part.key]: value as Choice })}
                  />
                </div>
                <div className="cs-merge-sides">
                  <Side
                    title={w.merge.theirs}
                    text={shown(part.theirs)}
                    on={choice !== "mine"}
                    empty={w.merge.empty}
                  />
                  <Side
                    title={w.merge.mine}
                    text={shown(part.mine)}
                    on={choice !== "theirs"}
                    empty={w.merge.empty}
                  />
                </div>
              </div>
            );
          })}
        </div>
      ) : null}
      {props.conflict.diff ? (
        <details className="cs-details" open={parts.length === 0}>
          <summary>{w.merge.diff}</summary>
          <Diff text={props.conflict.diff} label={w.merge.diff} />
        </details>
      ) : null}
    </Modal>
  );
}

function Side(props: { title: string; text: string; on: boolean; empty: string }): ReactElement {
  return (
    <div className={`cs-merge-side ${props.on ? "cs-merge-on" : ""}`}>
      <small>{props.title}</small>
      <p>{props.text || props.empty}</p>
    </div>
  );
}
