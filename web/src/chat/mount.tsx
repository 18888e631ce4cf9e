import { render } from "preact";
import type { Api } from "../api/rest";
import { Refusal, restApi } from "../api/rest";
import type { Signal, Token } from "../api/wire";
import { ChatClient } from "./core/client";
import { newId } from "./core/ids";
import { memoryOutbox, storedOutbox } from "./core/outbox";
import type { SessionNow, SessionPanel } from "./session/panel";
import type { SpeechEngine } from "./speech/engine";
import type { StaffMode } from "./staff/link";
import { SHEET } from "./styles";
import { ChatApp } from "./ui/app";

/** MountConfig is what a chat needs from whoever puts it on a page. */
export interface MountConfig {
  /** server's origin, "" for the page's own. */
  server: string;
  /** token gives a bearer token; renew is true after the last one was refused. */
  token(renew: boolean): Promise<Token>;
  page: boolean;
  demo: boolean;
  speech: SpeechEngine;
  panel: SessionPanel | null;
  /** staff is set where the chat serves a colleague. */
  staff: StaffMode | null;
  /** relayOnly sends a session's media over TURN alone. */
  relayOnly: boolean;
  /** sessionNow is told what stands of a remote session; null when there is none. */
  sessionNow: ((now: SessionNow | null) => void) | null;
  /** sharing is called before this tab's picture leaves, and when it has stopped. */
  sharing(on: boolean): void;
  close: (() => void) | null;
  signIn: (() => void) | null;
  /** arrived is called when a message came that was not the customer's own. */
  arrived: (() => void) | null;
}

/**
 * mountChat draws a chat into a shadow root and connects it. It rejects when no token
 * can be had. The result takes it down again.
 */
export async function mountChat(root: ShadowRoot, config: MountConfig): Promise<() => void> {
  let token = await config.token(false);
  const api: Api = restApi(config.server, () => token.token);
  const signals = new Set<(session: string, signal: Signal) => void>();
  const url = `${(config.server || location.origin).replace(/^http/, "ws")}/api/v1/socket`;
  const { staff } = config;
  // A colleague's chat is in the language of the page around it.
  const chosen = staff ? { locale: staff.locale, edition: "standard" as const } : readChoice(token.subject);
  const client = new ChatClient({
    open: () => new WebSocket(url) as unknown as import("./core/client").SocketLike,
    ticket: async () => {
      try {
        return (await api.ticket()).ticket;
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 401) throw error;
        // The token ran out: one new one, then it is really refused.
        token = await config.token(true);
        return (await api.ticket()).ticket;
      }
    },
    final: (error) =>
      error instanceof Refusal && (error.status === 403 || error.status === 401 || error.status === 404)
        ? error.message
        : null,
    outbox: storage ? storedOutbox(storage, token.subject) : memoryOutbox(),
    device: deviceId(),
    chosen,
    timers: {
      now: () => new Date(),
      after: (ms, run) => {
        const id = setTimeout(run, ms);
        return () => clearTimeout(id);
      },
    },
    random: Math.random,
    newId: () => newId(),
    chose: (locale, edition) => {
      if (!staff) writeChoice(token.subject, locale, edition);
    },
    onSignal: (session, signal) => {
      for (const listener of Array.from(signals)) listener(session, signal);
    },
  });
  let count = 0;
  const unwatch = client.subscribe(() => {
    const state = client.current();
    const theirs = state.messages.filter((m) => m.author !== "customer").length;
    if (theirs > count && count > 0) config.arrived?.();
    count = theirs;
  });
  const wake = (): void => {
    if (document.visibilityState === "visible") client.wake();
  };
  const lost = (): void => client.lost();
  window.addEventListener("online", wake);
  window.addEventListener("offline", lost);
  document.addEventListener("visibilitychange", wake);

  const sheet = document.createElement("style");
  sheet.textContent = SHEET;
  const host = document.createElement("div");
  host.style.height = "100%";
  root.append(sheet, host);
  render(
    <ChatApp
      client={client}
      api={api}
      speech={config.speech}
      subject={token.subject}
      page={config.page}
      demo={config.demo}
      panel={config.panel}
      staff={staff}
      relayOnly={config.relayOnly}
      sessionNow={config.sessionNow}
      sharing={config.sharing}
      signals={{
        subscribe: (listener) => {
          signals.add(listener);
          return () => signals.delete(listener);
        },
      }}
      close={config.close}
      signIn={config.signIn}
    />,
    host,
  );
  client.start();
  return () => {
    unwatch();
    client.stop();
    window.removeEventListener("online", wake);
    window.removeEventListener("offline", lost);
    document.removeEventListener("visibilitychange", wake);
    render(null, host);
    sheet.remove();
    host.remove();
  };
}

/** storage is localStorage, or null where the browser forbids it (a blocked third-party frame). */
const storage: Storage | null = (() => {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
})();

function deviceId(): string {
  const known = storage?.getItem("pingdui.device");
  if (known) return known;
  const made = newId();
  storage?.setItem("pingdui.device", made);
  return made;
}

function readChoice(subject: string): { locale: "zh" | "en" | null; edition: "standard" | "elder" | null } {
  const [locale, edition] = (storage?.getItem(`pingdui.choice.${subject}`) ?? "").split("/");
  return {
    locale: locale === "zh" || locale === "en" ? locale : null,
    edition: edition === "standard" || edition === "elder" ? edition : null,
  };
}

function writeChoice(subject: string, locale: string, edition: string): void {
  const key = `pingdui.choice.${subject}`;
  const value = `${locale}/${edition}`;
  if (storage && storage.getItem(key) !== value) storage.setItem(key, value);
}
