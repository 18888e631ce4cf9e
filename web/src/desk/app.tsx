import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import type { ReactElement } from "react";
import { useEffect, useMemo, useState } from "react";
import { restApi } from "../api/rest";
import type { Locale, Token } from "../api/wire";
import type { SocketLike, Timers } from "../chat/core/client";
import { newId } from "../chat/core/ids";
import { demoToken, handed } from "../demo";
import { DeskClient } from "./core/client";
import { words } from "./i18n";
import type { SessionPort } from "./session/port";
import { deskTheme } from "./theme";
import { RoomContext, useDesk, useRoom } from "./ui/context";
import { DeskPage } from "./ui/desk-page";
import { Refused, SignIn } from "./ui/sign-in";

const LANGUAGE = "pingdui.desk.locale";

const browserTimers: Timers = {
  now: () => new Date(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** App signs somebody in and opens their desk. */
export function App(props: { port: SessionPort }): ReactElement {
  const [locale, setLocaleNow] = useState<Locale>(() =>
    localStorage.getItem(LANGUAGE) === "en" ? "en" : "zh",
  );
  const [queries] = useState(() => new QueryClient());
  const [as, setAs] = useState(firstPerson);
  const [token, setToken] = useState<Token | null>(null);
  const [trouble, setTrouble] = useState("");
  const [api] = useState(() => restApi("", () => null));
  const t = words(locale);

  const setLocale = (next: Locale): void => {
    localStorage.setItem(LANGUAGE, next);
    setLocaleNow(next);
  };
  useEffect(() => {
    document.documentElement.lang = locale === "en" ? "en" : "zh-CN";
  }, [locale]);
  useEffect(() => {
    if (as === "") return;
    let current = true;
    demoToken("staff", as, false).then(
      (got) => current && setToken(got),
      (error: unknown) => {
        if (!current) return;
        setTrouble(error instanceof Error ? error.message : String(error));
        setAs("");
      },
    );
    return () => {
      current = false;
    };
  }, [as]);
  const leave = (): void => {
    setToken(null);
    setAs("");
    history.replaceState(null, "", location.pathname);
  };
  const choose = (id: string): void => {
    setTrouble("");
    history.replaceState(null, "", `${location.pathname}?as=${encodeURIComponent(id)}`);
    setAs(id);
  };
  const allowed = token?.roles.some((role) => role === "agent" || role === "supervisor") ?? false;
  return (
    <ConfigProvider
      theme={deskTheme}
      locale={locale === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <QueryClientProvider client={queries}>
        {token && allowed ? (
          <Desk
            key={as}
            as={as}
            token={token}
            locale={locale}
            setLocale={setLocale}
            leave={leave}
            port={props.port}
          />
        ) : token ? (
          <Refused t={t} text="" right={false} again={leave} leave={leave} />
        ) : (
          <SignIn
            api={api}
            t={t}
            locale={locale}
            busy={as}
            trouble={trouble}
            choose={choose}
            setLocale={setLocale}
          />
        )}
      </QueryClientProvider>
    </ConfigProvider>
  );
}

/** firstPerson is who the address names, or whoever the demo hall handed over. */
function firstPerson(): string {
  return new URLSearchParams(location.search).get("as") || (handed("staff", "")?.as ?? "");
}

function Desk(props: {
  as: string;
  token: Token;
  locale: Locale;
  setLocale(locale: Locale): void;
  leave(): void;
  port: SessionPort;
}): ReactElement {
  const { as, locale, setLocale, leave, port } = props;
  const [held] = useState(() => ({ token: props.token }));
  const room = useMemo(() => {
    const api = restApi("", () => held.token.token);
    const client = new DeskClient({
      open: openSocket,
      ticket: async (renew) => {
        if (renew || Date.parse(held.token.expires_at) < Date.now() + 60_000) {
          held.token = await demoToken("staff", as, true);
        }
        return (await api.ticket()).ticket;
      },
      timers: browserTimers,
      random: Math.random,
      newId,
    });
    const token = async (renew: boolean): Promise<Token> => {
      if (renew || Date.parse(held.token.expires_at) < Date.now() + 60_000) {
        held.token = await demoToken("staff", as, true);
      }
      return held.token;
    };
    return { api, client, token };
  }, [as, held]);
  const { client } = room;
  useEffect(() => {
    const wake = (): void => client.wake();
    const lost = (): void => client.lost();
    const seen = (): void => {
      if (document.visibilityState === "visible") client.wake();
    };
    client.start();
    window.addEventListener("online", wake);
    window.addEventListener("offline", lost);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.removeEventListener("online", wake);
      window.removeEventListener("offline", lost);
      document.removeEventListener("visibilitychange", seen);
      client.stop();
    };
  }, [client]);
  const value = useMemo(
    () => ({ ...room, port, t: words(locale), locale, setLocale, leave }),
    [room, port, locale, setLocale, leave],
  );
  return (
    <RoomContext.Provider value={value}>
      <DeskOrRefused />
    </RoomContext.Provider>
  );
}

function DeskOrRefused(): ReactElement {
  const state = useDesk();
  const room = useRoom();
  if (state.link === "refused") {
    return (
      <Refused t={room.t} text={state.refusal} right again={() => room.client.wake()} leave={room.leave} />
    );
  }
  return <DeskPage />;
}

function openSocket(): SocketLike {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(`${scheme}//${location.host}/api/v1/desk/socket`) as SocketLike;
}
