import { QueryClientProvider } from "@tanstack/react-query";
import { App as Antd, Button, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import {
  type ComponentType,
  type LazyExoticComponent,
  lazy,
  type ReactElement,
  useMemo,
  useState,
} from "react";
import { createBrowserRouter, Link, RouterProvider } from "react-router";
import type { Cast } from "../api/wire";
import { deskTheme } from "../desk/theme";
import { Frame } from "./frame";
import { type Locale, named, words } from "./i18n";
import { PersonFace } from "./parts/icons";
import { Blank } from "./parts/states";
import { newQueries } from "./query";
import { consolePeople, type Session, SessionProvider, useSession, useSignIn } from "./session";

/** page makes a lazy page out of a module with a named export. */
function page<N extends string>(
  load: () => Promise<Record<N, ComponentType>>,
  name: N,
): LazyExoticComponent<ComponentType> {
  return lazy(async () => ({ default: (await load())[name] }));
}

const TodoPage = page(() => import("./pages/todo"), "TodoPage");
const ArticlesPage = page(() => import("./pages/articles"), "ArticlesPage");
const ArticlePage = page(() => import("./pages/article"), "ArticlePage");
const IntentsPage = page(() => import("./pages/intents"), "IntentsPage");
const IntentPage = page(() => import("./pages/intent"), "IntentPage");
const FlowsPage = page(() => import("./pages/flows"), "FlowsPage");
const FlowPage = page(() => import("./pages/flow"), "FlowPage");
const TablesPage = page(() => import("./pages/tables"), "TablesPage");
const TablePage = page(() => import("./pages/table"), "TablePage");
const MissesPage = page(() => import("./pages/misses"), "MissesPage");
const TryPage = page(() => import("./pages/try"), "TryPage");
const ReleasesPage = page(() => import("./pages/releases"), "ReleasesPage");
const ReleasePage = page(() => import("./pages/release"), "ReleasePage");
const EmployeesPage = page(() => import("./pages/employees"), "EmployeesPage");
const AuditPage = page(() => import("./pages/audit"), "AuditPage");

function NotFound(): ReactElement {
  const { w } = useSession();
  return (
    <Blank title={w.state.notFound}>
      <Link to="/">{w.state.home}</Link>
    </Blank>
  );
}

function newRouter(): ReturnType<typeof createBrowserRouter> {
  return createBrowserRouter(
    [
      {
        element: <Frame />,
        children: [
          { index: true, element: <TodoPage /> },
          { path: "articles", element: <ArticlesPage /> },
          { path: "articles/:id", element: <ArticlePage /> },
          { path: "intents", element: <IntentsPage /> },
          { path: "intents/:name", element: <IntentPage /> },
          { path: "flows", element: <FlowsPage /> },
          { path: "flows/:id", element: <FlowPage /> },
          { path: "tables", element: <TablesPage /> },
          { path: "tables/:name", element: <TablePage /> },
          { path: "misses", element: <MissesPage /> },
          { path: "try", element: <TryPage /> },
          { path: "releases", element: <ReleasesPage /> },
          { path: "releases/:id", element: <ReleasePage /> },
          { path: "employees", element: <EmployeesPage /> },
          { path: "audit", element: <AuditPage /> },
          { path: "*", element: <NotFound /> },
        ],
      },
    ],
    { basename: "/console" },
  );
}

function Signed(props: { session: Session }): ReactElement {
  const { session } = props;
  const router = useMemo(newRouter, []);
  // What one person may read is not shown to the next.
  const queries = useMemo(newQueries, [session.me]);
  return (
    <SessionProvider value={session}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </SessionProvider>
  );
}

function Chooser(props: {
  cast: Cast | null;
  failed: string;
  refused: string;
  locale: Locale;
  setLocale: (locale: Locale) => void;
  enter: (as: string) => Promise<void>;
}): ReactElement {
  const { locale } = props;
  const w = words(locale);
  const [busy, setBusy] = useState("");
  const people = consolePeople(props.cast);
  return (
    <main className="cs-chooser">
      <div className="cs-chooser-top">
        <img src="/icon.svg" alt="" width="44" height="44" />
        <p>
          屏对屏 · {w.title}
          <small>{w.bank}</small>
        </p>
        <Button type="text" onClick={() => props.setLocale(locale === "en" ? "zh" : "en")}>
          {w.language}
        </Button>
      </div>
      <h1>{w.signIn.title}</h1>
      <p className="cs-note">{people.length > 0 ? w.signIn.hint : w.signIn.none}</p>
      {props.refused ? (
        <p className="cs-chooser-bad" role="alert">
          {w.signIn.noRight(props.refused)}。{w.signIn.noRightHint}
        </p>
      ) : null}
      {props.failed ? (
        <p className="cs-chooser-bad" role="alert">
          {w.signIn.failed}：{props.failed}
        </p>
      ) : null}
      <div className="cs-chooser-list">
        {people.map((p) => {
          const name = locale === "en" ? p.name_en || p.name : p.name;
          return (
            <button
              key={p.id}
              type="button"
              className="cs-chooser-card"
              disabled={busy !== ""}
              aria-label={w.signIn.enter(name)}
              onClick={() => {
                setBusy(p.id);
                void props.enter(p.id).finally(() => setBusy(""));
              }}
            >
              <PersonFace name={p.name} hue={p.hue} size={56} />
              <strong>{name}</strong>
              <em>{named(w.roles, p.role)}</em>
              <span>{locale === "en" ? p.story_en || p.story : p.story}</span>
            </button>
          );
        })}
      </div>
      <a href="/">{w.leave}</a>
    </main>
  );
}

/** Console is the whole page. */
export function Console(): ReactElement {
  const { state, enter, locale, setLocale } = useSignIn();
  const body = ((): ReactElement => {
    switch (state.kind) {
      case "loading":
        return (
          <main className="staff-loading" aria-busy="true">
            <img src="/icon.svg" alt="" width="64" height="64" />
            <h1>{words(locale).title}</h1>
            <p>{words(locale).state.loading}</p>
          </main>
        );
      case "choose":
        return <Chooser {...state} locale={locale} setLocale={setLocale} enter={enter} />;
      case "in":
        return <Signed key={state.session.me.subject} session={state.session} />;
    }
  })();
  return (
    <ConfigProvider
      theme={deskTheme}
      locale={locale === "en" ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <Antd message={{ maxCount: 2, duration: 4 }}>{body}</Antd>
    </ConfigProvider>
  );
}
