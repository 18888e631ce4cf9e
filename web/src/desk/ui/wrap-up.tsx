import { Button, Input } from "antd";
import type { ReactElement } from "react";
import { NOTE, toggled, WRAP_CODES } from "../core/passing";
import { useDesk, useRoom } from "./context";

/** WrapUpPanel writes up what was handed back. It may be left alone: the wrap-up ends by itself. */
export function WrapUpPanel(): ReactElement {
  const { t, client } = useRoom();
  const { wrapUp, link } = useDesk();
  const off = link !== "live";
  return (
    <section
      className="dk-wrapup"
      id="dk-wrapup"
      tabIndex={-1}
      aria-label={wrapUp ? t.wrapTitle(wrapUp.who || t.customer) : t.presence.wrapup}
    >
      <b>{wrapUp ? t.wrapTitle(wrapUp.who || t.customer) : t.presence.wrapup}</b>
      <p>{t.wrapHint}</p>
      {wrapUp ? (
        <>
          <Input.TextArea
            autoSize={{ minRows: 2, maxRows: 7 }}
            maxLength={NOTE.most}
            value={wrapUp.note}
            aria-label={t.wrapNote}
            placeholder={`${t.wrapNote}：${t.wrapNoteHint}`}
            onChange={(e) => client.writeUp({ note: e.target.value })}
          />
          <fieldset className="dk-chips">
            <legend>{t.wrapCodesLabel}</legend>
            {WRAP_CODES.map((code) => (
              <button
                type="button"
                key={code}
                aria-pressed={wrapUp.codes.includes(code)}
                onClick={() => client.writeUp({ codes: toggled(wrapUp.codes, code) })}
              >
                {t.wrapCodes[code] ?? code}
              </button>
            ))}
          </fieldset>
          <Button
            type="primary"
            block
            loading={wrapUp.sending}
            disabled={off || wrapUp.codes.length === 0}
            onClick={() => client.wrapUp()}
          >
            {wrapUp.sending ? t.wrapBusy : t.wrapDone}
          </Button>
        </>
      ) : (
        <Button block disabled={off} onClick={() => client.presence("ready", "")}>
          {t.wrapSkip}
        </Button>
      )}
    </section>
  );
}
