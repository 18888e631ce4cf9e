import { useQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import type { ReactElement } from "react";
import type { Api } from "../../api/rest";
import type { Locale } from "../../api/wire";
import { certificateOf } from "../core/timing";
import type { Person } from "../core/wire";
import type { Words } from "../i18n";
import { Face } from "./face";

/** SignIn is the small choice of who works here, for the demo only. */
export function SignIn(props: {
  api: Api;
  t: Words;
  locale: Locale;
  busy: string;
  trouble: string;
  choose(id: string): void;
  setLocale(locale: Locale): void;
}): ReactElement {
  const { t, locale, api } = props;
  const cast = useQuery({ queryKey: ["cast"], queryFn: () => api.cast(), retry: 1, staleTime: 60_000 });
  const groups: { title: string; people: Person[] }[] = [
    { title: t.signInAgent, people: cast.data?.staff.filter((p) => p.role === "agent") ?? [] },
    { title: t.signInSupervisor, people: cast.data?.staff.filter((p) => p.role === "supervisor") ?? [] },
  ];
  const trouble = props.trouble || cast.error?.message || "";
  return (
    <main className="dk-door">
      <header>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{t.title}</h1>
        <Button type="text" onClick={() => props.setLocale(locale === "zh" ? "en" : "zh")}>
          {t.language}
        </Button>
      </header>
      <h2>{t.signIn}</h2>
      <p>{t.signInHint}</p>
      {trouble ? (
        <div className="dk-alert" role="alert">
          <span>{trouble}</span>
          <Button size="small" onClick={() => void cast.refetch()}>
            {t.tryAgain}
          </Button>
        </div>
      ) : null}
      {cast.isPending ? <Skeleton active paragraph={{ rows: 6 }} /> : null}
      {groups.map((g) =>
        g.people.length === 0 ? null : (
          <section key={g.title} aria-label={g.title}>
            <h3>{g.title}</h3>
            <ul>
              {g.people.map((p) => (
                <li key={p.id}>
                  <PersonButton person={p} {...props} />
                </li>
              ))}
            </ul>
          </section>
        ),
      )}
      <a href="/">{t.hall}</a>
    </main>
  );
}

function PersonButton(props: {
  person: Person;
  t: Words;
  locale: Locale;
  busy: string;
  choose(id: string): void;
}): ReactElement {
  const { person: p, t, locale } = props;
  const held = certificateOf(p.tags, Date.now());
  const english = locale === "en";
  return (
    <button
      type="button"
      className="dk-person"
      disabled={props.busy !== ""}
      onClick={() => props.choose(p.id)}
    >
      <Face name={p.name} hue={p.hue} size={46} />
      <span>
        <b>
          {english ? p.name_en || p.name : p.name} <small>{p.id}</small>
        </b>
        <span>{english ? p.story_en || p.story : p.story}</span>
        {held && held.days <= 30 ? (
          <em className="dk-tag gold">
            {held.name} {held.days < 0 ? t.certificateEnded : t.certificateSoon(held.days)}
          </em>
        ) : null}
      </span>
      {props.busy === p.id ? <small role="status">{t.signingIn}</small> : null}
    </button>
  );
}

/** Refused is what stands when this account may not be here, or the line was refused for good. */
export function Refused(props: {
  t: Words;
  text: string;
  right: boolean;
  again(): void;
  leave(): void;
}): ReactElement {
  const { t } = props;
  return (
    <main className="dk-door">
      <header>
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{t.title}</h1>
      </header>
      <h2>{props.right ? t.signInFailed : t.noRight}</h2>
      <p>{props.right ? props.text : t.noRightHint}</p>
      <div className="dk-door-buttons">
        {props.right ? (
          <Button type="primary" onClick={props.again}>
            {t.tryAgain}
          </Button>
        ) : null}
        <Button onClick={props.leave}>{t.switchPerson}</Button>
        <Button type="link" href="/">
          {t.hall}
        </Button>
      </div>
    </main>
  );
}
