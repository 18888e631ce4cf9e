import { Button, Input } from "antd";
import { createContext, type ReactElement, useContext } from "react";
import { useSession } from "../session";
import type { Article, Text } from "../wire";
import { Field } from "./bits";
import { Icon } from "./icons";

/** ReadOnly is true for those who may look but not change. */
export const ReadOnly = createContext(false);

/** Editing is an article under change. */
export interface Editing {
  article: Article;
  onChange: (next: Article) => void;
}

/** Wording edits one text in one language. */
export function Wording(props: {
  label: string;
  value: string | undefined;
  rows: number;
  onChange: (v: string) => void;
}): ReactElement {
  const readOnly = useContext(ReadOnly);
  return (
    <Field label={props.label}>
      <Input.TextArea
        value={props.value ?? ""}
        readOnly={readOnly}
        autoSize={{ minRows: props.rows, maxRows: 14 }}
        onChange={(e) => props.onChange(e.target.value)}
      />
    </Field>
  );
}

/** Three edits the wordings of an answer side by side. */
export function Three(props: { value: Text; onChange: (t: Text) => void }): ReactElement {
  const { w } = useSession();
  const { value, onChange } = props;
  return (
    <div className="cs-grid-3">
      <Wording label={w.edit.zh} rows={5} value={value.zh} onChange={(zh) => onChange({ ...value, zh })} />
      <Wording
        label={w.edit.elder}
        rows={5}
        value={value["zh-elder"]}
        onChange={(elder) => onChange({ ...value, "zh-elder": elder })}
      />
      <Wording label={w.edit.en} rows={5} value={value.en} onChange={(en) => onChange({ ...value, en })} />
    </div>
  );
}

/** RemoveButton takes one part away; it is not there for readers. */
export function RemoveButton(props: { label: string; onClick: () => void }): ReactElement | null {
  if (useContext(ReadOnly)) return null;
  return (
    <Button type="text" className="cs-icon-button" aria-label={props.label} onClick={props.onClick}>
      <Icon name="trash" size={16} />
    </Button>
  );
}

/** AddButton adds one part; it is not there for readers. */
export function AddButton(props: { label: string; onClick: () => void }): ReactElement | null {
  if (useContext(ReadOnly)) return null;
  return (
    <Button size="small" icon={<Icon name="plus" size={14} />} onClick={props.onClick}>
      {props.label}
    </Button>
  );
}
