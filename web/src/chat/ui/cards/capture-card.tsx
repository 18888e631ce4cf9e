import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Card, Message } from "../../../api/wire";
import { printed, shrunk, still } from "../../core/picture";
import { useRoom } from "../context";

type Phase = "waiting" | "camera" | "chosen" | "sending" | "sent";

/**
 * CaptureCard takes the picture or film that a flow asks for: with the camera, from the
 * album or, at a demo, from a sample paper. The customer sees it before it goes out.
 * Until the customer has said that they are ready it is only the announcement.
 */
export function CaptureCard(props: { message: Message; card: Card; live: boolean }): JSX.Element {
  const { message, card, live } = props;
  const { t } = useRoom();
  const ready = live && !message.actions?.some((a) => a.id.startsWith("shoot:"));
  return (
    <section class={`card capture${live ? "" : " old"}`} aria-label={card.title}>
      <h3>{card.title}</h3>
      {card.note ? <p class="note">{card.note}</p> : null}
      {ready ? (
        <Taking card={card} film={card.medium === "video"} />
      ) : (
        <span class="viewfinder" aria-hidden="true" />
      )}
      {live ? null : <p class="note">{t.superseded}</p>}
    </section>
  );
}

function Taking(props: { card: Card; film: boolean }): JSX.Element {
  const { api, client, t, announce } = useRoom();
  const { card, film } = props;
  const ref = card.ref ?? "";
  const conversation = client.current().conversation;
  const [phase, setPhase] = useState<Phase>("waiting");
  const [trouble, setTrouble] = useState("");
  const [picture, setPicture] = useState<{ blob: Blob; url: string } | null>(null);
  const [paper, setPaper] = useState<readonly string[] | null>(null);
  const [camera, setCamera] = useState<MediaStream | null>(null);
  const [seen, setSeen] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const file = useRef<HTMLInputElement>(null);

  useEffect(() => {
    let over = false;
    api.samplePaper(conversation, ref).then(
      (found) => {
        if (!over) setPaper(found.lines);
      },
      () => undefined, // not at a demo
    );
    return () => {
      over = true;
    };
  }, [api, conversation, ref]);
  useEffect(() => {
    if (video.current) video.current.srcObject = camera;
    return () => {
      for (const track of camera?.getTracks() ?? []) track.stop();
    };
  }, [camera]);
  useEffect(() => () => (picture ? URL.revokeObjectURL(picture.url) : undefined), [picture]);

  function choose(blob: Blob): void {
    setCamera(null);
    setPicture({ blob, url: URL.createObjectURL(blob) });
    setPhase("chosen");
    setTrouble("");
  }
  async function open(): Promise<void> {
    setTrouble("");
    try {
      setCamera(
        await navigator.mediaDevices.getUserMedia({
          video: { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } },
        }),
      );
      setPhase("camera");
    } catch {
      setTrouble(t.captureNoCamera);
    }
  }
  async function picked(from: Blob): Promise<void> {
    try {
      choose(film ? from : await shrunk(from));
    } catch {
      setTrouble(t.captureUnreadable);
    }
  }
  async function send(): Promise<void> {
    if (!picture) return;
    setPhase("sending");
    try {
      await api.sendCapture(conversation, ref, picture.blob);
      setPhase("sent");
      announce(t.captureSent);
    } catch (error) {
      setPhase("chosen");
      setTrouble(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div class="taking">
      {phase === "camera" ? (
        <div class="finder">
          <video
            ref={video}
            autoplay
            playsInline
            muted
            aria-label={t.captureFinder}
            onPlaying={() => setSeen(true)}
          />
          <i aria-hidden="true" />
        </div>
      ) : null}
      {picture && phase !== "camera" ? (
        film ? (
          <video class="taken" src={picture.url} controls muted aria-label={card.title} />
        ) : (
          <img class="taken" src={picture.url} alt={card.title} />
        )
      ) : null}
      {phase === "waiting" ? <span class="viewfinder" aria-hidden="true" /> : null}
      <p class="note" role="status">
        {phase === "sending" ? t.captureSending : phase === "sent" ? t.captureSent : t.captureWhy}
      </p>
      {trouble ? (
        <p class="trouble" role="alert">
          {trouble}
        </p>
      ) : null}
      <input
        ref={file}
        type="file"
        hidden
        accept={film ? "video/*" : "image/jpeg,image/png,image/webp"}
        onChange={(e) => {
          const chosen = e.currentTarget.files?.[0];
          e.currentTarget.value = "";
          if (chosen) void picked(chosen);
        }}
      />
      {phase === "waiting" || phase === "camera" ? (
        <div class="actions">
          {phase === "camera" ? (
            <button
              type="button"
              class="btn primary"
              disabled={!seen}
              onClick={() => {
                if (video.current)
                  void still(video.current).then(choose, () => setTrouble(t.captureUnreadable));
              }}
            >
              {t.captureShoot}
            </button>
          ) : film ? null : (
            <button type="button" class="btn primary" onClick={() => void open()}>
              {t.captureOpen}
            </button>
          )}
          <button
            type="button"
            class={film ? "btn primary" : "btn chip"}
            onClick={() => file.current?.click()}
          >
            {film ? t.captureFilm : t.captureAlbum}
          </button>
          {paper && !film ? (
            <button type="button" class="btn chip" onClick={() => void printed(paper).then(choose)}>
              {t.captureSample}
            </button>
          ) : null}
        </div>
      ) : null}
      {phase === "chosen" ? (
        <div class="actions">
          <button type="button" class="btn primary" onClick={() => void send()}>
            {t.captureUse}
          </button>
          <button
            type="button"
            class="btn chip"
            onClick={() => {
              setPicture(null);
              setPhase("waiting");
            }}
          >
            {t.captureAgain}
          </button>
        </div>
      ) : null}
    </div>
  );
}
