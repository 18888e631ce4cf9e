import { Button, Input, Popover } from "antd";
import type { ReactElement } from "react";
import { useState } from "react";
import type { Row } from "../../api/wire";
import type { Conversation } from "../core/state";
import { useDesk, useRoom } from "./context";
import { PassedNote } from "./passing";

/** CasePanel says at once why the customer is here, where they stand and what is filled in. */
export function CasePanel(props: { conversation: Conversation }): ReactElement {
  const { t } = useRoom();
  const { file } = props.conversation;
  return (
    <section className="dk-panel dk-case">
      <PassedNote conversation={props.conversation} />
      <h2>{t.reason}</h2>
      <p className="dk-reason">{file.reason || t.noReason}</p>
      <h2>{t.step}</h2>
      {file.flow ? (
        <p className="dk-step">
          <b>{file.flow_title || file.flow}</b>
          {file.step ? <span>{file.step_title || file.step}</span> : null}
        </p>
      ) : (
        <p className="dk-empty">{t.noStep}</p>
      )}
      {file.flow ? (
        <>
          <h2>{t.slots}</h2>
          {file.slots.length === 0 ? <p className="dk-empty">{t.noSlots}</p> : null}
          <dl className="dk-slots">
            {file.slots.map((row) => (
              <SlotRow key={row.name || row.label} conversation={props.conversation} row={row} />
            ))}
          </dl>
        </>
      ) : null}
    </section>
  );
}

function SlotRow(props: { conversation: Conversation; row: Row }): ReactElement {
  const { t, client } = useRoom();
  const { link } = useDesk();
  const { conversation: c, row } = props;
  const [open, setOpen] = useState(false);
  const [value, setValue] = useState("");
  const slot = row.name ?? "";
  const hidden = /[*●•]/.test(row.value);
  // Who checks the customer fills nothing in for them.
  const tutor = !c.file.review?.role || c.file.review.role === "tutor";
  const save = (): void => {
    if (value.trim() !== "" && client.edit(c.id, slot, value.trim())) setOpen(false);
  };
  return (
    <div>
      <dt>{row.label}</dt>
      <dd>
        <span>{row.value || "—"}</span>
        {row.by ? <em className={`dk-tag by-${row.by}`}>{t.by[row.by] ?? row.by}</em> : null}
        {slot !== "" && c.own && !c.stale && !hidden && tutor ? (
          <Popover
            trigger="click"
            open={open}
            onOpenChange={(on) => {
              setOpen(on);
              if (on) setValue(row.value);
            }}
            title={t.editSlot(row.label)}
            content={
              <form
                className="dk-edit"
                onSubmit={(e) => {
                  e.preventDefault();
                  save();
                }}
              >
                <Input value={value} aria-label={row.label} onChange={(e) => setValue(e.target.value)} />
                <p className="dk-note">{t.editHint}</p>
                <Button type="primary" htmlType="submit" disabled={link !== "live" || value.trim() === ""}>
                  {t.save}
                </Button>
              </form>
            }
          >
            <button type="button" className="dk-pencil" aria-label={t.editSlot(row.label)}>
              ✎
            </button>
          </Popover>
        ) : null}
      </dd>
    </div>
  );
}
