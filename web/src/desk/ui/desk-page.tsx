import { Button } from "antd";
import type { ReactElement } from "react";
import { useEffect, useState } from "react";
import type { Notice } from "../core/state";
import { ReviewPanel } from "../review/panel";
import { Pictures } from "../review/pictures";
import { CasePanel } from "./case-panel";
import { useDesk, useRoom } from "./context";
import { CustomerPanel } from "./customer-panel";
import { Head } from "./head";
import { Rail } from "./rail";
import { Ring } from "./ring";
import { Talk } from "./talk";
import { useRing, useTitle, useWidth } from "./use";

type Tab = "queue" | "talk" | "customer";

/** DeskPage lays the desk out: three columns, two with a switch, or one with tabs. */
export function DeskPage(): ReactElement {
  const { t, client } = useRoom();
  const state = useDesk();
  const width = useWidth();
  const [tab, setTab] = useState<Tab>("queue");
  const ring = state.rings[0];
  const sound = useRing(ring !== undefined);
  const conversation = state.conversations.find((c) => c.id === state.selected);
  useTitle(`屏对屏 · ${t.title}`, ring ? t.flash(ring.customer) : "");
  useKeys();

  // A customer who was just accepted is what the agent wants to see; nobody left, the queue.
  const { selected } = state;
  useEffect(() => setTab(selected === "" ? "queue" : "talk"), [selected]);

  const unread = state.conversations.reduce((n, c) => n + c.unread, 0);
  const tabs: Tab[] = width === "narrow" ? ["queue", "talk", "customer"] : [];
  const rail = <Rail opened={() => setTab("talk")} />;
  const side = (
    <aside className="dk-side" aria-label={t.tabs.customer}>
      {width === "middle" ? (
        <Button className="dk-side-back" onClick={() => setTab("talk")}>
          ← {t.tabs.talk}
        </Button>
      ) : null}
      {conversation ? (
        <>
          {width === "wide" && conversation.file.review ? (
            <ReviewPanel
              key={conversation.file.review.id}
              conversation={conversation}
              review={conversation.file.review}
            />
          ) : null}
          {width === "wide" ? (
            <Pictures conversation={conversation} key={`pictures-${conversation.id}`} />
          ) : null}
          <CasePanel conversation={conversation} />
          <CustomerPanel conversation={conversation} />
        </>
      ) : (
        <p className="dk-empty dk-side-empty">{t.sideEmpty}</p>
      )}
    </aside>
  );
  const waiting = state.queue.filter((w) => !w.booked).length;
  const talk = (
    <Talk compact={width !== "wide"} toCustomer={width === "middle" ? () => setTab("customer") : null} />
  );
  return (
    <div className={`dk ${width}`}>
      <Head
        compact={width !== "wide"}
        narrow={width === "narrow"}
        muted={sound.muted}
        toggleSound={sound.toggle}
        toWrapUp={() => {
          setTab("queue");
          setTimeout(() => document.getElementById("dk-wrapup")?.focus());
        }}
      />
      {state.link === "offline" ? (
        <p className="dk-offline" role="alert">
          {t.offlineBanner}
          <Button size="small" onClick={() => client.wake()}>
            {t.reconnect}
          </Button>
        </p>
      ) : null}
      {tabs.length > 0 ? (
        <div className="dk-tabs" role="tablist">
          {tabs.map((one) => (
            <button
              type="button"
              key={one}
              role="tab"
              id={`dk-tab-${one}`}
              aria-selected={tab === one}
              aria-controls="dk-body"
              onClick={() => setTab(one)}
            >
              {t.tabs[one]}
              {one === "queue" && waiting > 0 ? <i>{waiting}</i> : null}
              {one === "talk" && unread > 0 ? <i>{unread}</i> : null}
            </button>
          ))}
        </div>
      ) : null}
      <div className="dk-body" id="dk-body">
        {width !== "narrow" || tab === "queue" ? rail : null}
        {width === "wide" || (width === "middle" ? tab !== "customer" : tab === "talk") ? talk : null}
        {width === "wide" || tab === "customer" ? side : null}
      </div>
      <Ring blocked={sound.blocked} />
      <Notices notices={state.notices} />
    </div>
  );
}

/** useKeys are the keys that work everywhere: accept, and switch between conversations. */
function useKeys(): void {
  const { client } = useRoom();
  useEffect(() => {
    const onKey = (e: KeyboardEvent): void => {
      if (!e.ctrlKey || e.altKey || e.metaKey) return;
      const state = client.current();
      const ring = state.rings[0];
      if (e.key === "Enter" && ring) {
        e.preventDefault();
        client.accept(ring.handoff);
        return;
      }
      const n = ["1", "2", "3"].indexOf(e.key);
      const target = n < 0 ? undefined : state.conversations.filter((c) => c.own)[n];
      if (n >= 0) e.preventDefault();
      if (target) client.select(target.id);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [client]);
}

/** STAYS is how long a notice without trouble stays, in milliseconds. */
const STAYS = 6000;

function Notices(props: { notices: Notice[] }): ReactElement {
  return (
    <div className="dk-notices" aria-live="polite">
      {props.notices.map((n) => (
        <NoticeLine key={n.key} notice={n} />
      ))}
    </div>
  );
}

function NoticeLine(props: { notice: Notice }): ReactElement {
  const { t, client } = useRoom();
  const { notice } = props;
  const { key, kind } = notice;
  useEffect(() => {
    const timer = setTimeout(() => client.seenNotice(key), kind === "error" ? 3 * STAYS : STAYS);
    return () => clearTimeout(timer);
  }, [client, key, kind]);
  const text = notice.code === "server" ? notice.text : t.notices[notice.code](notice.who || t.customer);
  return (
    <p className={`dk-notice ${kind}`}>
      <span>{text}</span>
      <button type="button" aria-label={t.close} onClick={() => client.seenNotice(key)}>
        ×
      </button>
    </p>
  );
}
