import { Button } from "antd";
import type { ReactElement } from "react";
import { stamp } from "../core/clock";
import type { Check, Opening } from "../core/wire";
import { day, usePage } from "./context";

/** Proof checks the sealed files and gives the pack. */
export function Proof(props: {
  opening: Opening;
  check: Check | null;
  busy: boolean;
  ask(): void;
  seek(ms: number): void;
}): ReactElement {
  const { api, t, locale } = usePage();
  const { opening, check } = props;
  return (
    <section className="ev-proof" aria-label={t.verify}>
      <div className="ev-proof-go">
        <Button type="primary" loading={props.busy} onClick={props.ask} title={t.verifyHint}>
          {props.busy ? t.verifying : t.verify}
        </Button>
        <Button href={api.packUrl(opening.id)} download title={t.packHint}>
          {t.pack}
        </Button>
      </div>
      {check ? (
        <div className={`ev-word ${check.ok ? "good" : "bad"}`} role="status">
          <b>{check.ok ? `✓ ${t.verifyOk}` : `✗ ${t.verifyBad(check.findings.length)}`}</b>
          {check.ok ? (
            <small>{t.verifyOkHint(check.files, check.seals, day(check.at, locale))}</small>
          ) : (
            <ul>
              {check.findings.map((f) => (
                <li key={`${f.fault}-${f.segment}-${f.block}-${f.offset}`}>
                  {f.from_ms >= 0 ? (
                    <button type="button" onClick={() => props.seek(f.from_ms)}>
                      {t.where(f.segment, stamp(f.from_ms, true), stamp(Math.max(f.from_ms, f.to_ms), true))}
                    </button>
                  ) : (
                    <span>{t.nowhere(f.segment)}</span>
                  )}
                  <span>{locale === "en" ? f.text_en : f.text}</span>
                  <small>{t.block(f.block, f.blocks)}</small>
                </li>
              ))}
            </ul>
          )}
        </div>
      ) : null}
    </section>
  );
}
