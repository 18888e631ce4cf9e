import { Button, Dropdown, Tooltip } from "antd";
import { type ReactElement, useMemo } from "react";
import { AskXiaoban } from "../ask/ask";
import { certificateOf } from "../core/timing";
import type { Presence } from "../core/wire";
import { useDesk, useRoom } from "./context";
import { Face } from "./face";

/** isAgent tells who takes customers; a supervisor only reads along. */
export function isAgent(role: string | undefined): boolean {
  return role === undefined || role === "" || role === "agent";
}

/** Head is the desk's top bar: who is here, with which certificate, and whether customers ring. */
export function Head(props: {
  compact: boolean;
  narrow: boolean;
  muted: boolean;
  toggleSound(): void;
  /** toWrapUp brings the wrap-up into sight. */
  toWrapUp(): void;
}): ReactElement {
  const { t, locale, setLocale, leave, client, token } = useRoom();
  const { staff, link, conversations, selected } = useDesk();
  const mine = conversations.find((c) => c.id === selected && c.own);
  const use = useMemo(
    () => (mine ? (text: string) => client.insert(mine.id, text) : null),
    [client, mine?.id],
  );
  const name = (locale === "en" ? staff?.name_en : staff?.name) || staff?.name || "";
  const other = (): void => setLocale(locale === "zh" ? "en" : "zh");
  return (
    <header className="dk-head">
      <img src="/icon.svg" alt="" width="30" height="30" />
      <h1>{t.title}</h1>
      {props.compact ? null : <span className="dk-pill gold">{t.ribbon}</span>}
      <span className={`dk-link ${link}`} role="status">
        <i aria-hidden="true" />
        <span>{t.link[link]}</span>
      </span>
      <span className="dk-grow" />
      {staff && !props.compact ? <CertificateChip tags={staff.tags} /> : null}
      {staff ? (
        isAgent(staff.role) ? (
          <PresenceSwitch toWrapUp={props.toWrapUp} />
        ) : (
          <span className="dk-pill">{t.supervisor}</span>
        )
      ) : null}
      <AskXiaoban
        locale={locale}
        compact={props.compact}
        token={token}
        use={use}
        tell={(text, kind) => client.tell(text, kind)}
      />
      <Tooltip title={props.muted ? t.soundOff : t.soundOn}>
        <Button
          type="text"
          className="dk-icon"
          aria-pressed={!props.muted}
          aria-label={props.muted ? t.soundOff : t.soundOn}
          onClick={props.toggleSound}
        >
          <Bell off={props.muted} />
        </Button>
      </Tooltip>
      {props.narrow ? null : (
        <Button type="text" className="dk-icon" onClick={other}>
          {props.compact ? (locale === "zh" ? "EN" : "中") : t.language}
        </Button>
      )}
      {staff ? (
        <Dropdown
          trigger={["click"]}
          menu={{
            items: [
              { key: "who", label: `${name} · ${staff.id}`, disabled: true },
              ...(props.compact
                ? [{ key: "certificate", label: <CertificateChip tags={staff.tags} />, disabled: true }]
                : []),
              { type: "divider" as const },
              ...(props.narrow ? [{ key: "language", label: t.language }] : []),
              ...(staff.role === "supervisor"
                ? [
                    { key: "supervisor", label: t.wall },
                    { key: "evidence", label: t.evidence },
                  ]
                : []),
              { key: "switch", label: t.switchPerson },
              { key: "hall", label: t.hall },
            ],
            onClick: ({ key }) => {
              if (key === "language") other();
              if (key === "switch") leave();
              if (key === "hall") window.open("/", "_top");
              if (key === "evidence" || key === "supervisor")
                window.open(`/${key}?as=${encodeURIComponent(staff.id)}`, "_blank", "noopener");
            },
          }}
        >
          <button type="button" className="dk-me">
            <Face name={name} hue={staff.hue} size={32} />
            <b className={props.compact ? "dk-sr" : ""}>{name}</b>
          </button>
        </Dropdown>
      ) : null}
    </header>
  );
}

function CertificateChip(props: { tags: string[] }): ReactElement {
  const { t } = useRoom();
  const held = certificateOf(props.tags, Date.now());
  if (!held) return <span className="dk-pill">{t.certificateNone}</span>;
  const tone = held.days < 0 ? "bad" : held.days <= 30 ? "gold" : "";
  return (
    <span className={`dk-pill ${tone}`}>
      {t.certificate(held.name, held.until)}
      {held.days < 0 ? <b> · {t.certificateEnded}</b> : null}
      {held.days >= 0 && held.days <= 30 ? <b> · {t.certificateSoon(held.days)}</b> : null}
    </span>
  );
}

function PresenceSwitch(props: { toWrapUp(): void }): ReactElement {
  const { t, client } = useRoom();
  const { presence, wanted, link } = useDesk();
  const wrapping = presence === "wrapup";
  const shown = wrapping ? "wrapup" : (wanted?.presence ?? presence);
  const pending = !wrapping && wanted !== null && wanted.presence !== presence;
  const reason = wanted && wanted.presence === shown ? wanted.reason : "";
  const choose = (state: Presence, why: string): void => client.presence(state, why);
  const reasons = (state: "busy" | "away", list: string[]): ReactElement => (
    <Dropdown
      trigger={["click"]}
      disabled={link !== "live"}
      menu={{
        items: list.map((label) => ({ key: label, label })),
        onClick: ({ key }) => choose(state, key),
      }}
    >
      <button
        type="button"
        aria-pressed={shown === state}
        className={state}
        title={t.reasonFor(t.presence[state])}
      >
        <i aria-hidden="true" />
        {t.presence[state]}
        {shown === state && reason ? <small>{reason}</small> : null}
      </button>
    </Dropdown>
  );
  return (
    <fieldset
      className={`dk-presence${pending ? " pending" : ""}${wrapping ? " wrapping" : ""}`}
      aria-label={t.presenceLabel}
    >
      {wrapping ? (
        <button
          type="button"
          aria-pressed="true"
          className="wrapup"
          title={t.wrapHint}
          onClick={props.toWrapUp}
        >
          <i aria-hidden="true" />
          {t.presence.wrapup}
        </button>
      ) : (
        <button
          type="button"
          aria-pressed={shown === "ready"}
          className="ready"
          disabled={link !== "live"}
          onClick={() => choose("ready", "")}
        >
          <i aria-hidden="true" />
          {t.presence.ready}
        </button>
      )}
      {reasons("busy", t.busyReasons)}
      {reasons("away", t.awayReasons)}
    </fieldset>
  );
}

function Bell(props: { off: boolean }): ReactElement {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      aria-hidden="true"
    >
      <path
        d="M6 16V11a6 6 0 0 1 12 0v5l1.500 2H4.500zM10 20.500h4"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
      {props.off ? <path d="M4 4l16 16" strokeLinecap="round" /> : null}
    </svg>
  );
}
