import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { SourceDocument } from "../../api/wire";
import { TableView } from "./cards/table";
import { useRoom } from "./context";

/** SourceDrawer opens the passage an answer stands on, with the table row it quotes. */
export function SourceDrawer(props: { passage: string; close: () => void }): JSX.Element {
  const { api, t } = useRoom();
  const [doc, setDoc] = useState<SourceDocument | null>(null);
  const [trouble, setTrouble] = useState("");
  const panel = useRef<HTMLElement>(null);

  useEffect(() => {
    let current = true;
    api.source(props.passage).then(
      (d) => current && setDoc(d),
      (error: unknown) => current && setTrouble(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [api, props.passage]);
  useEffect(() => {
    const el = panel.current;
    const root = el?.getRootNode();
    const before = root instanceof ShadowRoot || root instanceof Document ? root.activeElement : null;
    el?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);

  return (
    <div class="drawer-back">
      <button type="button" class="drawer-shade" tabIndex={-1} aria-label={t.close} onClick={props.close} />
      <section
        class="drawer"
        role="dialog"
        aria-modal="true"
        aria-label={t.source}
        tabIndex={-1}
        ref={panel}
        onKeyDown={(e) => {
          if (e.key === "Escape") props.close();
          if (e.key === "Tab") trap(e, panel.current);
        }}
      >
        <header>
          <h2>{doc?.title ?? t.source}</h2>
          <button type="button" class="btn small" onClick={props.close}>
            {t.close}
          </button>
        </header>
        {trouble ? (
          <p class="trouble" role="alert">
            {trouble}
          </p>
        ) : null}
        {!doc && !trouble ? <p aria-busy="true">{t.sourceLoading}</p> : null}
        {doc ? (
          <>
            {doc.from || doc.until ? (
              <p class="valid">{t.sourceValid(doc.from ?? "", doc.until ?? "")}</p>
            ) : null}
            {doc.text.split(/\n+/).map((line) => (
              <p key={line} class="para">
                {line}
              </p>
            ))}
            {doc.table ? <TableView table={doc.table} row={doc.row} caption={doc.title} /> : null}
            {doc.table && doc.row >= 0 ? <p class="row-key">{t.sourceRow}</p> : null}
            <p class="origin">
              {t.sourceOrigin}：{doc.origin}
            </p>
          </>
        ) : null}
      </section>
    </div>
  );
}

/** trap keeps Tab inside an open dialog. */
function trap(e: KeyboardEvent, panel: HTMLElement | null): void {
  const stops = Array.from(panel?.querySelectorAll<HTMLElement>("button, [tabindex='0']") ?? []);
  const first = stops[0];
  const last = stops[stops.length - 1];
  const at = e.target;
  if (!first || !last) return;
  if (e.shiftKey && (at === first || at === panel)) {
    e.preventDefault();
    last.focus();
  } else if (!e.shiftKey && at === last) {
    e.preventDefault();
    first.focus();
  }
}
