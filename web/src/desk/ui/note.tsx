import { Button, Input } from "antd";
import type { ReactElement } from "react";
import { useEffect, useState } from "react";
import type { Conversation } from "../core/state";
import { useRoom } from "./context";

/** LATE is after how many milliseconds a summary is called slow; nobody waits for it. */
const LATE = 5000;

/** Note is what the agent writes for whoever comes next. */
export interface Note {
  text: string;
  set(text: string): void;
  conversation: Conversation;
}

/**
 * useNote is a note that begins with the automatic summary. It is asked for when the
 * dialog opens; what the agent has written meanwhile stays.
 */
export function useNote(conversation: Conversation, open: boolean): Note {
  const { client } = useRoom();
  const { id, summary } = conversation;
  const [text, set] = useState("");
  const [filled, setFilled] = useState("");
  useEffect(() => {
    if (open) client.summarise(id);
  }, [client, id, open]);
  useEffect(() => {
    if (!open || summary?.state !== "here" || (text.trim() !== "" && text !== filled)) return;
    set(summary.text);
    setFilled(summary.text);
  }, [open, summary]);
  return { text, set, conversation };
}

/** NoteBox is where it is written, with how the summary stands. */
export function NoteBox(props: { note: Note; label: string; hint: string; most: number }): ReactElement {
  const { t, client } = useRoom();
  const { text, set, conversation } = props.note;
  const { id, summary } = conversation;
  const waits = summary?.state === "asked";
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    setSlow(false);
    if (!waits) return;
    const timer = setTimeout(() => setSlow(true), LATE);
    return () => clearTimeout(timer);
  }, [waits]);
  const apart = summary?.state === "here" && summary.text !== "" && !text.includes(summary.text.trim());
  const says =
    summary === null || summary.state === "refused"
      ? t.summaryRefused
      : waits
        ? slow
          ? t.summarySlow
          : t.summaryWait
        : summary.text === ""
          ? t.summaryEmpty
          : t.summaryHere;
  return (
    <div className="dk-notebox">
      <Input.TextArea
        autoSize={{ minRows: 3, maxRows: 8 }}
        maxLength={props.most}
        value={text}
        aria-label={props.label}
        placeholder={`${props.label}：${props.hint}`}
        onChange={(e) => set(e.target.value)}
      />
      <p className={`dk-note${waits ? " waits" : ""}`} role="status">
        <b>{t.summary}</b> {apart ? null : says}
        {apart ? (
          <Button
            size="small"
            onClick={() => set([text.trim(), summary.text].filter(Boolean).join("\n").slice(0, props.most))}
          >
            {t.summaryAdd}
          </Button>
        ) : null}
        {summary === null || summary.state === "refused" ? (
          <Button size="small" onClick={() => client.summarise(id)}>
            {t.summaryAgain}
          </Button>
        ) : null}
      </p>
    </div>
  );
}
