import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Mood } from "../../api/wire";
import { EmployeeFace, PersonFace } from "../../design/avatar";
import { useRoom } from "./context";

/** Header names who speaks, says that it is no person, and holds what is always at hand. */
export function Header(props: {
  mood: Mood;
  aloud: boolean;
  toggleAloud: () => void;
  close: (() => void) | null;
}): JSX.Element {
  const { state, t, client, speech, elder, staff } = useRoom();
  const [menu, setMenu] = useState(false);
  const employee = state.employees.find((e) => e.id === state.server.employee) ?? state.employees[0];
  const agent = state.server.speaker === "agent" ? state.server.agent : undefined;
  const others = state.employees.filter((e) => e.id !== employee?.id);
  const other = state.locale === "zh" ? "en" : "zh";
  return (
    <header class="top">
      <div class="who">
        {agent ? (
          <span class="person-face">
            <PersonFace
              id={agent.number}
              name={agent.name}
              hue={agent.hue ?? "#a05a2c"}
              size={elder ? 50 : 46}
            />
          </span>
        ) : (
          <EmployeeFace hue={employee?.hue ?? "#0c5a70"} mood={props.mood} size={elder ? 50 : 46} />
        )}
        <div class="who-text">
          <h1>
            {agent ? agent.name : staff ? t.staff.name : (employee?.name ?? t.title)}
            <small>{agent ? t.agentNumber(agent.number) : staff ? t.staff.job : employee?.job}</small>
          </h1>
          <p class="disclosure">
            {agent ? (
              <span class="tag agent">{t.labels.agent}</span>
            ) : (
              <span class={`mood mood-${props.mood}`}>{t.mood[props.mood]}</span>
            )}
            {agent ? t.agentSpeaking(agent.name) : staff ? t.staff.disclosure : t.disclosure}
          </p>
        </div>
        {staff ? null : (
          <button type="button" class="btn human" onClick={() => client.say(t.humanSay)}>
            <Headset />
            {t.human}
          </button>
        )}
        {props.close ? (
          <button type="button" class="icon" aria-label={t.minimise} onClick={props.close}>
            <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
              <path
                d="M6 9l6 6 6-6"
                fill="none"
                stroke="currentColor"
                stroke-width="2.2"
                stroke-linecap="round"
              />
            </svg>
          </button>
        ) : null}
      </div>
      {staff ? null : (
        <nav class="tools" aria-label={t.menu}>
          <button
            type="button"
            class="tool"
            aria-pressed={elder}
            onClick={() => client.settings(state.locale, elder ? "standard" : "elder")}
          >
            {elder ? t.standard : t.elder}
          </button>
          <button
            type="button"
            class="tool"
            lang={other === "en" ? "en" : "zh-CN"}
            aria-label={t.languageLabel}
            onClick={() => client.settings(other, state.edition)}
          >
            {t.language}
          </button>
          <button
            type="button"
            class="tool"
            aria-pressed={props.aloud}
            disabled={!speech.speaker}
            title={speech.speaker ? undefined : t.noAloud}
            onClick={props.toggleAloud}
          >
            {t.aloud}
          </button>
          {others.length > 0 && !agent ? (
            <button
              type="button"
              class="tool"
              aria-expanded={menu}
              aria-controls="pd-change"
              onClick={() => setMenu(!menu)}
            >
              {t.change}
            </button>
          ) : null}
        </nav>
      )}
      {menu ? (
        <div class="change" id="pd-change">
          {others.map((e) => (
            <button
              type="button"
              key={e.id}
              disabled={!e.on_duty}
              onClick={() => {
                setMenu(false);
                client.changeEmployee(e.id);
              }}
            >
              <EmployeeFace hue={e.hue} mood="idle" size={40} />
              <span>
                {t.changeTo(e.name, e.job)}
                <small>{e.on_duty ? t.changeKeeps : t.offDuty}</small>
              </span>
            </button>
          ))}
        </div>
      ) : null}
    </header>
  );
}

/** Headset is the sign for a person at the other end. */
export function Headset(): JSX.Element {
  return (
    <svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true">
      <path
        d="M4 13v-1a8 8 0 0 1 16 0v1M4 13h3v6H5a1 1 0 0 1-1-1zm16 0h-3v6h2a1 1 0 0 0 1-1zM17 19c0 2-2 2.5-4 2.5"
        fill="none"
        stroke="currentColor"
        stroke-width="1.9"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
