import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Cast, Person } from "../api/wire";
import { handOver } from "../demo";
import { Logo, PersonFace } from "../design/avatar";
import { Tray } from "./tray";
import { useCast, useEnglish } from "./use-demo";
import type { HallWords } from "./words";
import { hallWords } from "./words";

/** Hall is the demo's front page: the cast, three doors, the tray, and what to try first. */
export function Hall(): JSX.Element {
  const [english, toggle] = useEnglish();
  const t = hallWords(english);
  const { cast, trouble, again } = useCast();
  const [failed, setFailed] = useState("");

  async function enter(person: Person): Promise<void> {
    setFailed("");
    try {
      if (person.role === "customer") {
        await handOver("customer", person.id);
        location.assign(`/chat?as=${encodeURIComponent(person.id)}`);
      } else {
        await handOver("staff", person.id);
        location.assign(isDesk(person) ? "/desk" : "/console");
      }
    } catch (error) {
      setFailed(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <div class="hall">
      <p class="ribbon">{t.ribbon}</p>
      <header class="hero">
        <nav>
          <span class="brand">
            <Logo size={40} />
            <b>{t.name}</b>
            <small>{english ? "屏对屏" : "Pingdui"}</small>
          </span>
          <button type="button" class="ghost" onClick={toggle}>
            {t.language}
          </button>
        </nav>
        <h1>{t.tagline}</h1>
        <p>{t.lead}</p>
        <Doors cast={cast} t={t} enter={enter} />
      </header>
      {failed ? (
        <p class="alert" role="alert">
          {failed}
        </p>
      ) : null}
      <div class="columns">
        <main>
          <a class="duo-link" href="/duo">
            <span class="duo-art" aria-hidden="true">
              <i />
              <i />
            </span>
            <span>
              <b>{t.duo}</b>
              <small>{t.duoText}</small>
            </span>
            <em>{t.duoGo} →</em>
          </a>
          {trouble ? (
            <p class="alert" role="alert">
              {t.away}：{trouble}{" "}
              <button type="button" onClick={again}>
                {t.retry}
              </button>
            </p>
          ) : null}
          <section id="customers" aria-busy={!cast && !trouble}>
            <h2>{t.cast}</h2>
            <p class="quiet">{t.castText}</p>
            {!cast && !trouble ? <p class="quiet">{t.loading}</p> : null}
            <div class="cast">
              {cast?.customers.map((p) => (
                <PersonCard key={p.id} person={p} t={t} english={english} enter={enter} />
              ))}
            </div>
          </section>
          <section>
            <h2>{t.staff}</h2>
            <div class="cast small">
              {cast?.staff.map((p) => (
                <PersonCard key={p.id} person={p} t={t} english={english} enter={enter} />
              ))}
            </div>
          </section>
          <a class="bank-link" href={sampleBank()} target="_blank" rel="noreferrer">
            {t.samplebank} →
          </a>
        </main>
        <div class="side">
          <Guide cast={cast} t={t} enter={enter} />
          <Tray cast={cast} t={t} english={english} />
        </div>
      </div>
    </div>
  );
}

/** sampleBank is the sample bank's site: the same host, one port higher. */
function sampleBank(): string {
  return `${location.protocol}//${location.hostname}:${Number(location.port || "80") + 1}/`;
}

/** isDesk tells who works at the desk; the others work in the console. */
export function isDesk(person: Person): boolean {
  return person.role === "agent" || person.role === "supervisor";
}

function Doors(props: { cast: Cast | null; t: HallWords; enter: (p: Person) => Promise<void> }): JSX.Element {
  const { cast, t, enter } = props;
  const agent = cast?.staff.find((p) => p.role === "agent");
  const ops = cast?.staff.find((p) => p.role === "editor") ?? cast?.staff.find((p) => !isDesk(p));
  return (
    <div class="doors">
      <a class="door" href="/chat?as=anonymous">
        <DoorArt kind="customer" />
        <b>{t.doors.customer.title}</b>
        <span>{t.doors.customer.text}</span>
        <em>{t.doors.customer.go} →</em>
      </a>
      <button type="button" class="door" disabled={!agent} onClick={() => agent && void enter(agent)}>
        <DoorArt kind="agent" />
        <b>{t.doors.agent.title}</b>
        <span>{t.doors.agent.text}</span>
        <em>{t.doors.agent.go} →</em>
      </button>
      <button type="button" class="door" disabled={!ops} onClick={() => ops && void enter(ops)}>
        <DoorArt kind="ops" />
        <b>{t.doors.ops.title}</b>
        <span>{t.doors.ops.text}</span>
        <em>{t.doors.ops.go} →</em>
      </button>
    </div>
  );
}

function DoorArt(props: { kind: "customer" | "agent" | "ops" }): JSX.Element {
  const paths = {
    customer:
      "M14 6h20a3 3 0 0 1 3 3v30a3 3 0 0 1-3 3H14a3 3 0 0 1-3-3V9a3 3 0 0 1 3-3ZM21 37h6M16 14h11M16 20h16M21 27h11",
    agent:
      "M9 27v-3a15 15 0 0 1 30 0v3M9 26h5v11h-3a2 2 0 0 1-2-2zm30 0h-5v11h3a2 2 0 0 0 2-2zM34 37c0 4-4 5-8 5",
    ops: "M8 10h32v28H8zM8 18h32M15 25h8M15 31h14M34 25v6M31 28h6",
  };
  return (
    <svg viewBox="0 0 48 48" width="44" height="44" aria-hidden="true">
      <path
        d={paths[props.kind]}
        fill="none"
        stroke="currentColor"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}

function PersonCard(props: {
  person: Person;
  t: HallWords;
  english: boolean;
  enter: (p: Person) => Promise<void>;
}): JSX.Element {
  const { person: p, t, english } = props;
  return (
    <button type="button" class="person" onClick={() => void props.enter(p)} title={t.enter(p.name)}>
      <PersonFace id={p.id} name={p.name} age={p.age ?? 0} hue={p.hue} size={64} />
      <span class="person-text">
        <b>
          {english ? p.name_en || p.name : p.name}
          {p.age ? <small>{t.age(p.age)}</small> : null}
          {p.edition === "elder" ? <i class="chip">{t.elder}</i> : null}
          {p.role !== "customer" ? <i class="chip">{t.roles[p.role] ?? p.role}</i> : null}
        </b>
        <span>{english ? p.story_en || p.story : p.story}</span>
      </span>
    </button>
  );
}

/** Guide is what to try first, each a tap. */
function Guide(props: { cast: Cast | null; t: HallWords; enter: (p: Person) => Promise<void> }): JSX.Element {
  const { cast, t, enter } = props;
  const first = cast?.customers.find((p) => p.edition === "elder") ?? cast?.customers[0];
  const ops = cast?.staff.find((p) => p.role === "editor");
  function go(who: number): void {
    if (who === 0 && first) void enter(first);
    else if (who === -3 && ops) void enter(ops);
    else if (who < 0) location.assign("/duo");
  }
  return (
    <section class="guide">
      <h2>{t.guide}</h2>
      <ol>
        {t.guideList.map((step) => (
          <li key={step.title}>
            <button type="button" onClick={() => go(step.who)}>
              <b>{step.title}</b>
              <span>{step.text}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}
