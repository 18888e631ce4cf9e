import type { JSX, TargetedPointerEvent } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Card } from "../../../api/wire";
import { useRoom } from "../context";
import { longEnough, type Point, path } from "./strokes";

/**
 * SignCard shows a document and takes a drawn signature. What is drawn goes out as the
 * value of the card's reference, which carries the hash of the document: a signature
 * under a text that has changed since is refused.
 */
export function SignCard(props: { card: Card; live: boolean }): JSX.Element {
  const { client, t } = useRoom();
  const { card, live } = props;
  const [strokes, setStrokes] = useState<Point[][]>([]);
  const [sent, setSent] = useState(false);
  const drawing = useRef(false);
  const open = live && !sent;
  const at = (e: TargetedPointerEvent<SVGSVGElement>): Point => {
    const box = e.currentTarget.getBoundingClientRect();
    return [
      Math.round(((e.clientX - box.left) / Math.max(1, box.width)) * 320),
      Math.round(((e.clientY - box.top) / Math.max(1, box.height)) * 120),
    ];
  };
  const begin = (e: TargetedPointerEvent<SVGSVGElement>): void => {
    if (!open) return;
    drawing.current = true;
    e.currentTarget.setPointerCapture(e.pointerId);
    const p = at(e);
    setStrokes((all) => [...all, [p]]);
  };
  const move = (e: TargetedPointerEvent<SVGSVGElement>): void => {
    if (!drawing.current) return;
    const p = at(e);
    setStrokes((all) => [...all.slice(0, -1), [...(all.at(-1) ?? []), p]]);
  };
  const end = (): void => {
    drawing.current = false;
  };
  return (
    <section class={`card sign${open ? "" : " old"}`} aria-label={card.title}>
      <h3>{card.title}</h3>
      <p class="document">{card.note}</p>
      <svg
        class="pad"
        viewBox="0 0 320 120"
        role="img"
        aria-label={t.signHere}
        onPointerDown={begin}
        onPointerMove={move}
        onPointerUp={end}
        onPointerCancel={end}
      >
        <path d="M20 96H300" class="base" />
        <path d={path(strokes)} class="ink" />
      </svg>
      <p class="note">{sent ? t.signSent : open ? t.signHere : t.superseded}</p>
      {open ? (
        <div class="actions">
          <button
            type="button"
            class="btn primary"
            disabled={!longEnough(strokes)}
            onClick={() => {
              client.edit(card.ref ?? "", path(strokes));
              setSent(true);
            }}
          >
            {t.signDone}
          </button>
          <button type="button" class="btn chip" onClick={() => setStrokes([])}>
            {t.signClear}
          </button>
        </div>
      ) : null}
    </section>
  );
}
