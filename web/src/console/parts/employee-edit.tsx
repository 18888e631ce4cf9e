import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { Problem } from "../api";
import { useSession } from "../session";
import type { EmployeeRow } from "../wire";
import { Field } from "./bits";
import { RobotFace } from "./icons";
import { Refused } from "./states";

/** COLOUR is how a colour is written. */
const COLOUR = /^#[0-9a-fA-F]{6}$/;

/** EmployeeEdit drafts when an employee serves and in which colour; a release makes it live. */
export function EmployeeEdit(props: { employee: EmployeeRow; onClose: () => void }): ReactElement {
  const { employee: e } = props;
  const { api, w } = useSession();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [hours, setHours] = useState(e.hours);
  const [hue, setHue] = useState(e.hue || "#32606F");
  const save = useMutation({
    mutationFn: () => api.saveEmployee(e.id, { base: e.file.base, hours, hue }),
    onSuccess: async (answer) => {
      queries.setQueryData(["employees"], answer.employees);
      void message.success(w.act.saved);
      await queries.invalidateQueries({ predicate: (q) => q.queryKey[0] !== "employees" });
      props.onClose();
    },
  });
  const allDay = hours.from === "00:00" && hours.until === "24:00";
  const clash = save.error instanceof Problem && save.error.conflict !== null;
  const whole = hours.zh.trim() !== "" && hours.en.trim() !== "" && hours.from !== "" && hours.until !== "";
  return (
    <Modal
      open
      title={w.employees.editTitle(e.name)}
      okText={w.act.save}
      cancelText={w.act.cancel}
      okButtonProps={{ disabled: !whole || !COLOUR.test(hue), loading: save.isPending }}
      onOk={() => save.mutate()}
      onCancel={props.onClose}
      destroyOnHidden
    >
      <p className="cs-note">{w.employees.editHint}</p>
      <div className="cs-grid-2">
        <Field label={w.employees.from}>
          <Input
            value={hours.from}
            placeholder="08:30"
            maxLength={5}
            onChange={(ev) => setHours({ ...hours, from: ev.target.value })}
          />
        </Field>
        <Field label={w.employees.until}>
          <Input
            value={hours.until}
            placeholder="17:30"
            maxLength={5}
            onChange={(ev) => setHours({ ...hours, until: ev.target.value })}
          />
        </Field>
      </div>
      <p>
        <Button
          size="small"
          disabled={allDay}
          onClick={() =>
            setHours({
              from: "00:00",
              until: "24:00",
              zh: "每天 00:00-24:00",
              en: "Every day, around the clock",
            })
          }
        >
          {w.employees.allDay}
        </Button>
      </p>
      <Field label={`${w.employees.hoursWords} ${w.edit.zh}`}>
        <Input
          value={hours.zh}
          maxLength={60}
          onChange={(ev) => setHours({ ...hours, zh: ev.target.value })}
        />
      </Field>
      <Field label={`${w.employees.hoursWords} ${w.edit.en}`}>
        <Input
          value={hours.en}
          maxLength={60}
          onChange={(ev) => setHours({ ...hours, en: ev.target.value })}
        />
      </Field>
      <div className="cs-hue">
        <RobotFace hue={COLOUR.test(hue) ? hue : "#9aa9b0"} size={56} />
        <Field label={w.employees.hue}>
          <span className="cs-hue-row">
            <input
              type="color"
              value={COLOUR.test(hue) ? hue : "#32606f"}
              aria-label={w.employees.huePick}
              onChange={(ev) => setHue(ev.target.value.toUpperCase())}
            />
            <Input value={hue} maxLength={7} onChange={(ev) => setHue(ev.target.value.trim())} />
          </span>
        </Field>
      </div>
      {clash ? (
        <p className="cs-warn" role="alert">
          {w.employees.clash}
        </p>
      ) : (
        <Refused error={save.error} />
      )}
    </Modal>
  );
}
