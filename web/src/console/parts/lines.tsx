import { App, Button, Input, Modal } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { useSession } from "../session";
import { Icon } from "./icons";

/** Lines edits a list of sentences: one by one, or many pasted at once. */
export function Lines(props: {
  value: readonly string[];
  label: (n: number) => string;
  addLabel: string;
  readOnly: boolean;
  empty?: ReactNode;
  /** note stands after a line, such as what it would hit now. */
  note?: (line: string) => ReactNode;
  /** marked draws attention to a line. */
  marked?: (line: string) => boolean;
  onChange: (lines: string[]) => void;
}): ReactElement {
  const { w } = useSession();
  const { message } = App.useApp();
  const [draft, setDraft] = useState("");
  const [paste, setPaste] = useState<string | null>(null);
  const { value, onChange } = props;
  const add = (): void => {
    const text = draft.trim();
    if (text === "") return;
    if (!value.includes(text)) onChange([...value, text]);
    setDraft("");
  };
  const addMany = (): void => {
    const lines = (paste ?? "")
      .split(/\r?\n/)
      .map((l) => l.trim())
      .filter((l) => l !== "");
    const next = [...new Set([...value, ...lines])];
    onChange(next);
    const added = next.length - new Set(value).size;
    void message.success(w.edit.pasted(added, lines.length - added));
    setPaste(null);
  };
  return (
    <div className="cs-lines">
      {value.length === 0 ? <p className="cs-note">{props.empty}</p> : null}
      <ol>
        {value.map((line, i) => (
          <li key={i} className={props.marked?.(line) ? "cs-line-marked" : ""}>
            <Input
              value={line}
              variant="filled"
              readOnly={props.readOnly}
              aria-label={props.label(i + 1)}
              onChange={(e) => onChange(value.map((old, at) => (at === i ? e.target.value : old)))}
            />
            {props.note ? <span className="cs-line-note">{props.note(line)}</span> : null}
            {props.readOnly ? null : (
              <Button
                type="text"
                className="cs-icon-button"
                aria-label={`${w.act.remove} ${line}`}
                onClick={() => onChange(value.filter((_, at) => at !== i))}
              >
                <Icon name="trash" size={16} />
              </Button>
            )}
          </li>
        ))}
      </ol>
      {props.readOnly ? null : (
        <div className="cs-lines-add">
          <Input
            value={draft}
            placeholder={w.intents.add}
            aria-label={props.addLabel}
            onChange={(e) => setDraft(e.target.value)}
            onPressEnter={(e) => {
              e.preventDefault();
              if (!e.nativeEvent.isComposing) add();
            }}
            onBlur={add}
          />
          <Button onClick={() => setPaste("")}>{w.edit.paste}</Button>
        </div>
      )}
      <Modal
        open={paste !== null}
        title={w.edit.paste}
        okText={w.act.add}
        cancelText={w.act.cancel}
        onOk={addMany}
        onCancel={() => setPaste(null)}
        destroyOnHidden
      >
        <p className="cs-note">{w.edit.pasteHint}</p>
        <Input.TextArea
          value={paste ?? ""}
          rows={9}
          autoFocus
          aria-label={w.edit.paste}
          onChange={(e) => setPaste(e.target.value)}
        />
      </Modal>
    </div>
  );
}
