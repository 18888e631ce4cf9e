import { Button, Popover } from "antd";
import type { ReactElement } from "react";
import { useState } from "react";
import { NOTE } from "../core/passing";
import type { Conversation } from "../core/state";
import { useDesk, useRoom } from "./context";
import { NoteBox, useNote } from "./note";

/** HandBack gives the conversation back to the digital employee, with a note for whoever reads the record. */
export function HandBack(props: { conversation: Conversation }): ReactElement {
  const { t, client } = useRoom();
  const { link } = useDesk();
  const { conversation: c } = props;
  const [open, setOpen] = useState(false);
  const note = useNote(c, open);
  const busy = c.asked === "handback";
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      placement="bottomRight"
      title={t.handBackTitle}
      content={
        <form
          className="dk-edit"
          onSubmit={(e) => {
            e.preventDefault();
            if (client.handBack(c.id, note.text.trim())) setOpen(false);
          }}
        >
          <NoteBox note={note} label={t.handBackNote} hint={t.handBackNoteHint} most={NOTE.most} />
          <Button type="primary" htmlType="submit" disabled={link !== "live"}>
            {t.handBackGo}
          </Button>
        </form>
      }
    >
      <Button loading={busy} disabled={c.stale || link !== "live"}>
        {busy ? t.handBackBusy : t.handBack}
      </Button>
    </Popover>
  );
}
