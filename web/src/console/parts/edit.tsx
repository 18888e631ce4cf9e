import { App, Button } from "antd";
import { type ReactElement, type ReactNode, useEffect } from "react";
import { useBlocker } from "react-router";
import { useSession } from "../session";

/** useUnsaved asks before somebody leaves a page with unsaved changes, and saves on Ctrl+S. */
export function useUnsaved(dirty: boolean, save: () => void): void {
  const { w, dirty: shared } = useSession();
  const { modal } = App.useApp();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      shared.current && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    shared.current = dirty;
    return () => {
      shared.current = false;
    };
  }, [dirty, shared]);
  useEffect(() => {
    if (blocker.state !== "blocked") return;
    const asked = modal.confirm({
      title: w.act.leaveAsk,
      okText: w.act.leave,
      cancelText: w.act.stay,
      onOk: () => blocker.proceed(),
      onCancel: () => blocker.reset(),
    });
    return () => asked.destroy();
  }, [blocker, modal, w]);
  useEffect(() => {
    const leaving = (event: BeforeUnloadEvent): void => {
      if (dirty) event.preventDefault();
    };
    const key = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
        event.preventDefault();
        if (dirty) save();
      }
    };
    addEventListener("beforeunload", leaving);
    addEventListener("keydown", key);
    return () => {
      removeEventListener("beforeunload", leaving);
      removeEventListener("keydown", key);
    };
  }, [dirty, save]);
}

/** SaveBar is the line of buttons under everything that is edited as a draft. */
export function SaveBar(props: {
  dirty: boolean;
  saving: boolean;
  readOnly: boolean;
  note?: string | undefined;
  save: () => void;
  undo: () => void;
  discard?: (() => void) | undefined;
  remove?: { label: string; run: () => void } | undefined;
  /** extra is a further button before those that save. */
  extra?: ReactNode;
}): ReactElement {
  const { w } = useSession();
  const { modal } = App.useApp();
  if (props.readOnly)
    return (
      <div className="cs-savebar">
        <span className="cs-savebar-note">{w.act.readOnly}</span>
      </div>
    );
  const discard = props.discard;
  return (
    <div className="cs-savebar">
      <span className={`cs-savebar-note ${props.dirty ? "cs-savebar-dirty" : ""}`} aria-live="polite">
        {props.dirty ? w.act.unsaved : (props.note ?? w.act.clean)}
      </span>
      {props.remove ? (
        <Button danger type="text" onClick={props.remove.run}>
          {props.remove.label}
        </Button>
      ) : null}
      {discard ? (
        <Button
          onClick={() =>
            modal.confirm({
              title: w.act.discardAsk,
              content: w.act.discardHint,
              okText: w.act.discard,
              okButtonProps: { danger: true },
              cancelText: w.act.cancel,
              onOk: discard,
            })
          }
        >
          {w.act.discard}
        </Button>
      ) : null}
      {props.extra}
      {props.dirty ? <Button onClick={props.undo}>{w.act.undo}</Button> : null}
      <Button type="primary" disabled={!props.dirty} loading={props.saving} onClick={props.save}>
        {props.saving ? w.act.saving : w.act.save}
      </Button>
    </div>
  );
}
