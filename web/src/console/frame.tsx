import { useQuery } from "@tanstack/react-query";
import { App, Button, Drawer, Dropdown } from "antd";
import { type ReactElement, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { Link, NavLink, Outlet, useLocation } from "react-router";
import { AskXiaoban } from "../desk/ask/ask";
import { named, type Words } from "./i18n";
import { Icon, type IconName, PersonFace } from "./parts/icons";
import { Crash, Loading } from "./parts/states";
import { consolePeople, ROLES, useSession } from "./session";

type PageName = keyof Pick<
  Words["nav"],
  "todo" | "misses" | "articles" | "intents" | "flows" | "tables" | "try" | "releases" | "employees" | "audit"
>;

const GROUPS: readonly { name: "work" | "content" | "live" | "manage"; pages: readonly PageName[] }[] = [
  { name: "work", pages: ["todo", "misses"] },
  { name: "content", pages: ["articles", "intents", "flows", "tables"] },
  { name: "live", pages: ["try", "releases"] },
  { name: "manage", pages: ["employees", "audit"] },
];

/** CLOSED are pages that not everybody may open, and who may. */
const CLOSED: Partial<Record<PageName, readonly string[]>> = { audit: ["approver", "admin"] };

function Nav(props: { onGo?: () => void }): ReactElement {
  const { w, has } = useSession();
  return (
    <nav className="cs-nav" aria-label={w.menu}>
      {GROUPS.map((group) => (
        <div key={group.name} className="cs-nav-group">
          <p className="cs-nav-title">{w.nav[group.name]}</p>
          {group.pages
            .filter((page) => has(...(CLOSED[page] ?? ROLES)))
            .map((page) => (
              <NavLink
                key={page}
                to={page === "todo" ? "/" : `/${page}`}
                end={page === "todo"}
                className="cs-nav-link"
                title={w.nav[page]}
                {...(props.onGo ? { onClick: props.onGo } : {})}
              >
                <Icon name={page satisfies IconName} size={19} />
                <span>{w.nav[page]}</span>
              </NavLink>
            ))}
        </div>
      ))}
    </nav>
  );
}

/** LiveMark says which release customers get, and whether every node has it. */
function LiveMark(): ReactElement | null {
  const { api, w } = useSession();
  const nodes = useQuery({ queryKey: ["nodes"], queryFn: api.nodes, refetchInterval: 5_000, retry: false });
  if (!nodes.data) return null;
  const alive = nodes.data.nodes.filter((n) => n.alive);
  const behind = alive.filter((n) => !n.current).length;
  const note =
    behind > 0
      ? w.releases.nodesBehind(alive.length - behind, alive.length)
      : w.releases.nodesOk(alive.length);
  return (
    <Link to="/releases" className={`cs-live ${behind > 0 ? "cs-live-behind" : ""}`} title={note}>
      <span className="cs-live-dot" />
      {w.live(nodes.data.current)}
      <span className="cs-sr">{note}</span>
    </Link>
  );
}

function PersonMenu(): ReactElement {
  const { as, cast, me, w, locale, switchTo, dirty } = useSession();
  const { modal } = App.useApp();
  const people = consolePeople(cast);
  const mine = cast.staff.find((p) => p.id === as);
  const show = (p: { name: string; name_en: string }): string =>
    locale === "en" ? p.name_en || p.name : p.name;
  const name = mine ? show(mine) : me.name;
  const go = (id: string): void => {
    if (id === "leave") location.assign("/");
    else if (id !== as) void switchTo(id);
  };
  return (
    <Dropdown
      trigger={["click"]}
      placement="bottomRight"
      menu={{
        selectedKeys: [as],
        onClick: ({ key }) => {
          if (!dirty.current) return go(key);
          modal.confirm({
            title: w.act.leaveAsk,
            okText: w.act.leave,
            cancelText: w.act.stay,
            onOk: () => go(key),
          });
        },
        items: [
          {
            type: "group",
            key: "who",
            label: (
              <span className="cs-menu-hint">
                {w.switchPerson}
                <small>{w.switchHint}</small>
              </span>
            ),
            children: people.map((p) => ({
              key: p.id,
              label: (
                <span className="cs-menu-person">
                  <PersonFace name={p.name} hue={p.hue} size={28} />
                  <span>
                    {show(p)} <small>{named(w.roles, p.role)}</small>
                  </span>
                </span>
              ),
            })),
          },
          { type: "divider", key: "line" },
          { key: "leave", label: w.leave },
        ],
      }}
    >
      <Button type="text" className="cs-person">
        <PersonFace name={mine?.name ?? me.name} hue={mine?.hue} size={30} />
        <span className="cs-person-text">
          <span className="cs-sr">{w.switchPerson}：</span>
          {name}
          <small>{named(w.roles, mine?.role ?? me.roles[0] ?? "")}</small>
        </span>
      </Button>
    </Dropdown>
  );
}

function subscribeOnline(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}

const NARROW = "(max-width: 900px)";

function subscribeNarrow(listener: () => void): () => void {
  const list = matchMedia(NARROW);
  list.addEventListener("change", listener);
  return () => list.removeEventListener("change", listener);
}

/** Frame is the console around its pages: menu, live release, person. */
export function Frame(): ReactElement {
  const { w, locale, setLocale, token } = useSession();
  const { message } = App.useApp();
  const narrow = useSyncExternalStore(subscribeNarrow, () => matchMedia(NARROW).matches);
  const [menu, setMenu] = useState(false);
  const { pathname } = useLocation();
  const online = useSyncExternalStore(subscribeOnline, () => navigator.onLine);
  useEffect(() => {
    document.title = `${w.title} · ${w.bank}`;
  }, [w]);
  useEffect(() => {
    scrollTo(0, 0);
  }, [pathname]);
  return (
    <div className="cs-frame">
      <a className="cs-skip" href="#cs-main">
        {w.skip}
      </a>
      <aside className="cs-side">
        <Link to="/" className="cs-brand">
          <img src="/icon.svg" alt="" width="30" height="30" />
          <span>
            屏对屏<small>{w.title}</small>
          </span>
        </Link>
        <Nav />
      </aside>
      <div className="cs-body">
        <header className="cs-top">
          <Button type="text" className="cs-menu-button" aria-label={w.menu} onClick={() => setMenu(true)}>
            <Icon name="menu" size={22} />
          </Button>
          <span className="cs-ribbon">{w.ribbon}</span>
          <span className="cs-grow" />
          <LiveMark />
          <AskXiaoban
            locale={locale}
            compact={narrow}
            token={token}
            use={null}
            tell={(text, kind) => void message[kind](text)}
          />
          <Button
            type="text"
            className="cs-language"
            onClick={() => setLocale(locale === "en" ? "zh" : "en")}
          >
            {w.language}
          </Button>
          <PersonMenu />
        </header>
        {online ? null : (
          <div className="cs-offline" role="alert">
            {w.state.offline}
          </div>
        )}
        <main id="cs-main" className="cs-main" tabIndex={-1}>
          <Crash key={pathname} title={w.state.crashed} hint={w.state.crashedHint} again={w.state.reload}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </Crash>
        </main>
      </div>
      <Drawer
        open={menu}
        onClose={() => setMenu(false)}
        placement="left"
        size={260}
        title={w.title}
        className="cs-drawer"
      >
        <Nav onGo={() => setMenu(false)} />
      </Drawer>
    </div>
  );
}
