import { Button, ConfigProvider, Skeleton } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { type ReactElement, useEffect, useMemo, useState } from "react";
import { restApi } from "../api/rest";
import { Trouble } from "../api/signed";
import type { Cast, Token } from "../api/wire";
import { demoToken, handed } from "../demo";
import { deskTheme } from "../desk/theme";
import { evidenceApi } from "./api";
import type { Opening } from "./core/wire";
import { half, type Locale, words } from "./i18n";
import { PageContext } from "./ui/context";
import { ListPage } from "./ui/list";
import { PlayerPage } from "./ui/player";

const LANGUAGE = "pingdui.evidence.locale";

/** LOOKERS are the roles that may open recordings. */
const LOOKERS = ["supervisor", "admin"];

/** App signs somebody in and shows the list, or an opening that the address names. */
export function App(): ReactElement {
  const [locale, setLocaleNow] = useState<Locale>(() =>
    localStorage.getItem(LANGUAGE) === "en" ? "en" : "zh",
  );
  const [as, setAs] = useState(() => address().get("as") || (handed("staff", "")?.as ?? ""));
  const [token, setToken] = useState<Token | null>(null);
  const [trouble, setTrouble] = useState("");
  const t = words(locale);
  useEffect(() => {
    document.documentElement.lang = locale === "en" ? "en" : "zh-CN";
    document.title = `屏对屏 · ${t.title}`;
  }, [locale, t]);
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
  const setLocale = (next: Locale): void => {
    localStorage.setItem(LANGUAGE, next);
    setLocaleNow(next);
  };
  const leave = (): void => {
    setToken(null);
    setAs("");
    history.replaceState(null, "", location.pathname);
  };
  const choose = (id: string): void => {
    setTrouble("");
    setToken(null);
    history.replaceState(null, "", `${location.pathname}?as=${encodeURIComponent(id)}`);
    setAs(id);
  };
  const may = token?.roles.some((role) => LOOKERS.includes(role)) ?? false;
  return (
    <ConfigProvider
      theme={deskTheme}
      locale={locale === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      {token && may ? (
        <Signed key={as} as={as} token={token} locale={locale} setLocale={setLocale} leave={leave} />
      ) : (
        <Door
          locale={locale}
          setLocale={setLocale}
          choose={choose}
          refused={token !== null}
          busy={as !== "" && token === null}
          trouble={trouble}
        />
      )}
    </ConfigProvider>
  );
}

function address(): URLSearchParams {
  return new URLSearchParams(location.search);
}

function Door(props: {
  locale: Locale;
  setLocale(l: Locale): void;
  choose(id: string): void;
  refused: boolean;
  busy: boolean;
  trouble: string;
}): ReactElement {
  const t = words(props.locale);
  const [cast, setCast] = useState<Cast | null>(null);
  const [failed, setFailed] = useState("");
  useEffect(() => {
    restApi("", () => null)
      .cast()
      .then(setCast, (error: unknown) => setFailed(error instanceof Error ? error.message : String(error)));
  }, []);
  const people = cast?.staff.filter((p) => LOOKERS.includes(p.role)) ?? [];
  const trouble = props.trouble || failed;
  return (
    <main className="ev-door">
      <header>
        <img src="/icon.svg" alt="" width="44" height="44" />
        <h1>{t.title}</h1>
        <Button type="text" onClick={() => props.setLocale(props.locale === "zh" ? "en" : "zh")}>
          {t.language}
        </Button>
      </header>
      <h2>{props.refused ? t.noRight : t.signIn}</h2>
      <p>{props.refused ? t.noRightHint : t.signInHint}</p>
      {trouble ? (
        <p className="ev-alert" role="alert">
          {trouble}
        </p>
      ) : null}
      {!cast && !failed ? <Skeleton active /> : null}
      <ul>
        {people.map((p) => (
          <li key={p.id}>
            <button type="button" disabled={props.busy} onClick={() => props.choose(p.id)}>
              <b>
                {props.locale === "en" ? p.name_en || p.name : p.name} <small>{p.id}</small>
              </b>
              <span>{props.locale === "en" ? p.story_en || p.story : p.story}</span>
            </button>
          </li>
        ))}
      </ul>
      <a href="/">{t.hall}</a>
    </main>
  );
}

function Signed(props: {
  as: string;
  token: Token;
  locale: Locale;
  setLocale(l: Locale): void;
  leave(): void;
}): ReactElement {
  const { as, locale } = props;
  const t = words(locale);
  const [held] = useState(() => ({ token: props.token }));
  const api = useMemo(
    () =>
      evidenceApi(async (renew) => {
        if (renew || Date.parse(held.token.expires_at) < Date.now() + 60_000)
          held.token = await demoToken("staff", as, true);
        return held.token.token;
      }),
    [as, held],
  );
  const [opening, setOpening] = useState<Opening | null>(null);
  const [lost, setLost] = useState("");
  const [reading, setReading] = useState(() => address().has("opening"));
  useEffect(() => {
    const id = address().get("opening");
    if (!id) return;
    api.opening(id).then(
      (o) => {
        setOpening(o);
        setReading(false);
      },
      (error: unknown) => {
        setLost(error instanceof Trouble ? error.message : String(error));
        setReading(false);
      },
    );
  }, [api]);
  const show = (o: Opening | null): void => {
    const all = new URLSearchParams({ as });
    if (o) all.set("opening", o.id);
    history.replaceState(null, "", `${location.pathname}?${all}`);
    setLost("");
    setOpening(o);
    scrollTo(0, 0);
  };
  const value = useMemo(() => ({ api, t, locale }), [api, t, locale]);
  return (
    <PageContext.Provider value={value}>
      <div className={`ev ${opening ? "ev-playing" : ""}`}>
        <header className="ev-top">
          <img src="/icon.svg" alt="" width="28" height="28" />
          <h1>{t.title}</h1>
          <span className="ev-ribbon">{t.ribbon}</span>
          <span className="ev-grow" />
          <span className="ev-me">{props.token.name}</span>
          <Button type="text" onClick={() => props.setLocale(locale === "zh" ? "en" : "zh")}>
            {t.language}
          </Button>
          <Button type="text" onClick={props.leave}>
            {t.leave}
          </Button>
        </header>
        {lost ? (
          <div className="ev-alert" role="alert">
            <b>{t.closed}</b> {half(lost, locale)}
          </div>
        ) : null}
        {reading ? (
          <Skeleton active className="ev-wait" />
        ) : opening ? (
          <PlayerPage
            key={opening.id}
            opening={opening}
            leave={() => {
              void api.close(opening.id).catch(() => undefined);
              show(null);
            }}
          />
        ) : (
          <ListPage opened={show} />
        )}
      </div>
    </PageContext.Provider>
  );
}
