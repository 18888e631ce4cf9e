import { Button, Input, Modal } from "antd";
import { type ReactElement, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { WallCase } from "../api";
import { half } from "../i18n";
import { LookLine, type Mode } from "../line";
import { clock, usePage } from "./context";

/** LookButton asks why a supervisor wants to see a conversation of the wall. */
export function LookButton({ of, go }: { of: WallCase; go(why: string): void }): ReactElement {
  const { t } = usePage();
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState("");
  const short = reason.trim().length < 2;
  return (
    <>
      <Button size="small" onClick={() => setAsking(true)}>
        {t.look}
      </Button>
      <Modal
        open={asking}
        title={t.lookTitle(of.customer, of.name || of.agent)}
        okText={t.lookGo}
        cancelText={t.close}
        okButtonProps={{ disabled: short }}
        onCancel={() => setAsking(false)}
        onOk={() => {
          setAsking(false);
          go(reason.trim());
        }}
      >
        <p className="sv-hint">{t.lookHint}</p>
        <Input
          aria-label={t.lookReason}
          placeholder={t.lookReason}
          value={reason}
          maxLength={300}
          onChange={(e) => setReason(e.target.value)}
        />
        <p className="sv-pages">
          {t.lookReasons.map((r) => (
            <Button key={r} size="small" onClick={() => setReason(r)}>
              {r}
            </Button>
          ))}
        </p>
      </Modal>
    </>
  );
}

/** Looking is an open conversation; it stays when its row leaves the wall. */
export function Looking({ of, why, close }: { of: WallCase; why: string; close(): void }): ReactElement {
  const { api, t } = usePage();
  const [line, setLine] = useState<LookLine | null>(null);
  useEffect(() => {
    const opened = new LookLine(of.conversation, why, api.ticket);
    setLine(opened);
    return () => opened.close();
  }, [of.conversation, why, api]);
  return (
    <Modal
      open
      width={720}
      title={t.lookTitle(of.customer, of.name || of.agent)}
      onCancel={close}
      footer={<Button onClick={close}>{t.lookLeave}</Button>}
    >
      {line ? <Shown line={line} /> : <p>{t.loading}</p>}
    </Modal>
  );
}

const MODES: readonly Mode[] = ["listen", "whisper", "barge"];

function Shown({ line }: { line: LookLine }): ReactElement {
  const { t, locale } = usePage();
  const look = useSyncExternalStore(line.subscribe, line.current);
  const live = look.session?.state === "live";
  return (
    <div className="sv-look">
      {look.trouble ? (
        <p className="sv-alert" role="alert">
          {half(look.trouble, locale)}
        </p>
      ) : null}
      {look.link === "closed" ? (
        <p className="sv-alert" role="alert">
          {t.lookCut}
        </p>
      ) : null}
      <p className="sv-hint" role="status">
        {look.case ? [look.case.flow_title, look.case.step_title].filter(Boolean).join(" › ") : t.loading}
        {look.session ? ` · ${t.c.code} ${look.session.code} · ${t.present(look.session.present)}` : ""}
      </p>
      {live ? (
        <fieldset className="sv-modes">
          <legend>{t.modesTitle}</legend>
          {MODES.map((mode) => (
            <Button
              key={mode}
              type={look.mode === mode ? "primary" : "default"}
              aria-pressed={look.mode === mode}
              disabled={look.link !== "open"}
              onClick={() => line.enter(mode)}
            >
              {t.modes[mode]}
            </Button>
          ))}
          <small>{t.modeHints[look.mode]}</small>
          {look.mic === "refused" ? <small className="sv-alert">{t.micRefused}</small> : null}
        </fieldset>
      ) : (
        <p className="sv-hint">{t.noSession}</p>
      )}
      <Stream stream={look.picture} kind="video" />
      <Stream stream={look.sound} kind="audio" />
      <ol className="sv-chat" aria-label={t.chat}>
        {look.messages.map((m) => (
          <li key={m.seq} data-author={m.author}>
            <small>
              {t.authors[m.author]} {clock(m.at, locale)}
            </small>
            <span>{m.text || (m.card ? m.card.title : "")}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Stream({
  stream,
  kind,
}: {
  stream: MediaStream | null;
  kind: "video" | "audio";
}): ReactElement | null {
  const video = useRef<HTMLVideoElement>(null);
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const at = kind === "video" ? video.current : audio.current;
    if (!at) return;
    at.srcObject = stream;
    if (stream) void at.play().catch(() => undefined); // the next click of the supervisor plays it
  }, [stream, kind]);
  if (!stream) return null;
  return kind === "video" ? (
    <video ref={video} className="sv-picture" muted playsInline autoPlay />
  ) : (
    // biome-ignore lint/a11y/useMediaCaption: a live call has no captions
    <audio ref={audio} autoPlay />
  );
}
