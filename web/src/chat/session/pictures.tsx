import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Mark } from "../../rtc";
import { fromSurface, pictureRect } from "../../rtc/geometry";
import { draw } from "../../rtc/paint";

const STILL_EVERY = 2_000;

/** Voice plays the agent's microphone. */
export function Voice(props: { stream: MediaStream }): JSX.Element {
  const audio = useRef<HTMLAudioElement>(null);
  useEffect(() => play(audio.current, props.stream), [props.stream]);
  // biome-ignore lint/a11y/useMediaCaption: live speech; what matters is also written in the chat
  return <audio ref={audio} autoplay />;
}

/**
 * Picture shows the agent's camera or document. A source that is switched off ends without
 * a word, so a picture that does not move for two looks steps aside.
 */
export function Picture(props: { stream: MediaStream; label: string }): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [still, setStill] = useState(false);
  useEffect(() => {
    play(video.current, props.stream);
    let frames = -1;
    let looks = 0;
    const timer = setInterval(() => {
      const now = video.current?.getVideoPlaybackQuality?.().totalVideoFrames ?? 0;
      looks = now === frames ? looks + 1 : 0;
      frames = now;
      setStill(looks >= 2);
    }, STILL_EVERY);
    return () => clearInterval(timer);
  }, [props.stream]);
  return (
    <div class={`rs-picture${still ? " still" : ""}`}>
      <video ref={video} autoplay playsInline muted aria-label={props.label} />
    </div>
  );
}

/** OwnPicture shows the customer's own camera with the agent's marks on it. */
export function OwnPicture(props: {
  stream: MediaStream;
  marks: readonly Mark[];
  label: string;
  large: boolean;
}): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState("");
  useEffect(() => play(video.current, props.stream), [props.stream]);
  useEffect(() => {
    const [film, paper] = [video.current, canvas.current];
    const context = paper?.getContext("2d");
    // A size that changed is a reason to draw again; it says nothing else.
    if (!film || !paper || !context || size === "none") return;
    paper.width = paper.clientWidth;
    paper.height = paper.clientHeight;
    const rect = pictureRect(
      { w: film.videoWidth, h: film.videoHeight },
      { w: paper.width, h: paper.height },
    );
    for (const mark of props.marks) {
      draw(
        context,
        mark,
        mark.points.map((p) => fromSurface(p, rect)),
        props.large ? 1.5 : 1,
      );
    }
  }, [props.marks, props.large, size]);
  return (
    <div class="rs-picture own">
      <video
        ref={video}
        autoplay
        playsInline
        muted
        aria-label={props.label}
        onResize={(e) => setSize(`${e.currentTarget.videoWidth}x${e.currentTarget.videoHeight}`)}
      />
      <canvas ref={canvas} />
      <small>{props.label}</small>
    </div>
  );
}

function play(element: HTMLMediaElement | null, stream: MediaStream): void {
  if (!element) return;
  element.srcObject = stream;
  // A browser that wants a click first has had one: the customer accepted.
  element.play().catch(() => undefined);
}
