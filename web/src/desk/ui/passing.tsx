import { Button, Dropdown, Modal } from "antd";
import type { ReactElement } from "react";
import { useEffect, useState } from "react";
import { NOTE, otherOf, owns } from "../core/passing";
import type { Conversation } from "../core/state";
import { minutes } from "../core/timing";
import { clock } from "../i18n";
import { useDesk, useRoom } from "./context";
import { NoteBox, useNote } from "./note";
import { useNow } from "./use";

type Way = "agent" | "queue" | "invite";

/** PassMenu is how a conversation goes to others, or waits: F2 opens it. */
export function PassMenu(props: { conversation: Conversation }): ReactElement {
  const { t, client } = useRoom();
  const { staff, link } = useDesk();
  const { conversation: c } = props;
  const [open, setOpen] = useState(false);
  const [way, setWay] = useState<Way | null>(null);
  const owner = owns(c.file, staff?.id ?? "");
  const off = c.stale || link !== "live";
  const busy = c.asked !== null && c.asked !== "reveal";
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if (e.key !== "F2" || off || busy || document.querySelector(".ant-modal")) return;
      e.preventDefault();
      setOpen(true);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [off, busy]);
  const items = [
    ...(owner
      ? [
          { key: "hold", label: c.file.held ? t.resume : t.hold },
          { key: "agent", label: t.toAgent },
          { key: "queue", label: t.toQueue },
          { key: "invite", label: t.invite, disabled: c.file.guest !== undefined },
        ]
      : []),
    ...(c.file.guest?.joined ? [{ key: "leave", label: t.leaveCase }] : []),
  ];
  return (
    <>
      <Dropdown
        trigger={["click"]}
        open={open}
        onOpenChange={setOpen}
        autoFocus
        disabled={off || busy}
        placement="bottomRight"
        menu={{
          items,
          onClick: ({ key }) => {
            setOpen(false);
            if (key === "hold") client.hold(c.id, !c.file.held);
            else if (key === "leave") client.leaveCase(c.id);
            else setWay(key as Way);
          },
        }}
      >
        <Button aria-label={t.passMenu} title={`${t.passMenu} (F2)`} className="dk-more">
          ⋯
        </Button>
      </Dropdown>
      {way ? <PassDialog conversation={c} way={way} close={() => setWay(null)} /> : null}
    </>
  );
}

/** PassDialog chooses to whom, with the note that they read. */
function PassDialog(props: { conversation: Conversation; way: Way; close(): void }): ReactElement {
  const { t, client } = useRoom();
  const { colleagues, link } = useDesk();
  const { conversation: c, way, close } = props;
  const [to, setTo] = useState("");
  const note = useNote(c, way !== "invite");
  useEffect(() => client.askColleagues(), [client]);
  const { length } = note.text.trim();
  const short = way !== "invite" && (length < NOTE.least || length > NOTE.most);
  const go = (): void => {
    const text = note.text.trim();
    const sent =
      way === "invite"
        ? client.invite(c.id, to)
        : client.transfer(c.id, way === "agent" ? { to_agent: to } : { to_queue: to }, text);
    if (sent) close();
  };
  const choices =
    way === "queue"
      ? colleagues.queues.map((id) => ({ id, name: t.queues[id] ?? id, more: "", tag: "" }))
      : colleagues.people.map((p) => ({
          id: p.id,
          name: p.name,
          more: [p.number, t.free(p.free)].filter(Boolean).join(" · "),
          tag: p.presence,
        }));
  const waits = choices.length === 0 && (colleagues.state === "asked" || colleagues.state === "none");
  return (
    <Modal
      open
      title={t.passTitles[way]}
      okText={t.passGo[way]}
      cancelText={t.cancel}
      okButtonProps={{ disabled: to === "" || short || c.stale || link !== "live" }}
      onOk={go}
      onCancel={close}
    >
      <div className="dk-pass">
        <p className="dk-note">{t.passHint[way]}</p>
        {waits ? <p role="status">{t.colleaguesWait}</p> : null}
        {colleagues.state === "refused" ? (
          <p role="alert">
            {t.colleaguesRefused}{" "}
            <Button size="small" onClick={() => client.askColleagues()}>
              {t.retry}
            </Button>
          </p>
        ) : null}
        {colleagues.state === "here" && choices.length === 0 ? <p>{t.colleaguesNone}</p> : null}
        <fieldset className="dk-choices" aria-label={t.passTitles[way]}>
          {choices.map((one) => (
            <label key={one.id}>
              <input
                type="radio"
                name="dk-pass"
                value={one.id}
                checked={to === one.id}
                onChange={() => setTo(one.id)}
              />
              <b>{one.name}</b>
              <small>{one.more}</small>
              {one.tag ? (
                <em className={`dk-tag ${one.tag === "ready" ? "good" : ""}`}>
                  {t.presence[one.tag as keyof typeof t.presence] ?? one.tag}
                </em>
              ) : null}
            </label>
          ))}
        </fieldset>
        {way === "invite" ? null : (
          <NoteBox note={note} label={t.passNote} hint={t.handBackNoteHint} most={NOTE.most} />
        )}
      </div>
    </Modal>
  );
}

/** Passage says how the conversation stands between hands: on hold, with a second agent. */
export function Passage(props: { conversation: Conversation }): ReactElement | null {
  const { t, client } = useRoom();
  const { staff, colleagues, link } = useDesk();
  const now = useNow();
  const { conversation: c } = props;
  const { file } = c;
  const me = staff?.id ?? "";
  const other = c.own ? otherOf(file, me) : "";
  const known = colleagues.people.find((p) => p.id === other)?.name;
  // The case names the other one by id only.
  useEffect(() => {
    if (other !== "" && !known && link === "live") client.askColleagues();
  }, [client, other, link]);
  if (!file.held && other === "") return null;
  const name = known ?? other;
  const owner = owns(file, me);
  return (
    <div className="dk-passage" role="status">
      {file.held ? (
        <p>
          <em className="dk-tag gold">{t.held}</em>
          {/* A clock that is read out each second would never be silent. */}
          <span aria-hidden="true">{t.heldFor(minutes((now - Date.parse(file.held)) / 1000))}</span>
          {c.own && owner ? (
            <Button
              size="small"
              loading={c.asked === "hold"}
              disabled={c.stale || link !== "live"}
              onClick={() => client.hold(c.id, false)}
            >
              {t.resume}
            </Button>
          ) : null}
        </p>
      ) : null}
      {other === "" ? null : (
        <p>{owner ? (file.guest?.joined ? t.withHere(name) : t.withAsked(name)) : t.withOwner(name)}</p>
      )}
    </div>
  );
}

/** PassedNote is what the colleague wrote who passed the customer on. */
export function PassedNote(props: { conversation: Conversation }): ReactElement | null {
  const { t, locale } = useRoom();
  const { passed } = props.conversation.file;
  if (!passed) return null;
  return (
    <div className="dk-passed">
      <b>
        {t.passed(passed.name || passed.by)} <time>{clock(passed.at, locale)}</time>
      </b>
      <p>{passed.note}</p>
    </div>
  );
}
