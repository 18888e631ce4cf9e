import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { handOver } from "../demo";
import { Logo } from "../design/avatar";
import { isDesk } from "../hall/hall";
import { Tray } from "../hall/tray";
import { useCast, useEnglish } from "../hall/use-demo";
import { hallWords } from "../hall/words";

/** Duo is 一人两面: the customer's phone and the agent's desk on one page, each signed in as its own person. */
export function Duo(): JSX.Element {
  const [english, toggle] = useEnglish();
  const t = hallWords(english);
  const { cast, trouble, again } = useCast();
  const query = new URLSearchParams(location.search);
  const [customer, setCustomer] = useState(query.get("customer") ?? "");
  const [staff, setStaff] = useState(query.get("staff") ?? "");
  const [ready, setReady] = useState("");
  const [failed, setFailed] = useState("");
  const agents = cast?.staff.filter(isDesk) ?? [];
  const someone =
    customer || (cast?.customers.find((p) => p.edition === "elder") ?? cast?.customers[0])?.id || "";
  const agent = staff || agents[0]?.id || "";

  useEffect(() => {
    if (someone === "" || agent === "") return;
    let current = true;
    setFailed("");
    // Both halves share this tab's sessionStorage, under a key each.
    Promise.all([handOver("customer", someone), handOver("staff", agent)]).then(
      () => current && setReady(`${someone}/${agent}`),
      (error: unknown) => current && setFailed(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
    };
  }, [someone, agent]);

  const on = ready === `${someone}/${agent}` && ready !== "";
  return (
    <div class="duo">
      <p class="ribbon">{t.ribbon}</p>
      <header>
        <a class="brand" href="/">
          <Logo size={32} />
          <b>{t.duo}</b>
        </a>
        <label>
          {t.choose}
          <select value={someone} onChange={(e) => setCustomer(e.currentTarget.value)}>
            {cast?.customers.map((p) => (
              <option key={p.id} value={p.id}>
                {english ? p.name_en || p.name : p.name}
                {p.age ? ` ${p.age}` : ""}
              </option>
            ))}
          </select>
        </label>
        <label>
          {t.chooseStaff}
          <select value={agent} onChange={(e) => setStaff(e.currentTarget.value)}>
            {agents.map((p) => (
              <option key={p.id} value={p.id}>
                {english ? p.name_en || p.name : p.name} · {t.roles[p.role] ?? p.role}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="ghost dark" onClick={toggle}>
          {t.language}
        </button>
      </header>
      {failed || trouble ? (
        <p class="alert" role="alert">
          {failed || trouble}{" "}
          <button type="button" onClick={again}>
            {t.retry}
          </button>
        </p>
      ) : null}
      <main class="halves">
        <section class="phone" aria-label={t.phone}>
          <div class="phone-frame">
            {on ? (
              <iframe
                key={someone}
                title={t.phone}
                src={`/chat?as=${encodeURIComponent(someone)}`}
                allow="camera; microphone; display-capture; clipboard-read; clipboard-write"
              />
            ) : (
              <p class="quiet">{t.loading}</p>
            )}
          </div>
        </section>
        <section class="desk-half" aria-label={t.desk}>
          {on ? (
            <iframe
              key={agent}
              title={t.desk}
              src={`/desk?as=${encodeURIComponent(agent)}`}
              allow="camera; microphone; display-capture; clipboard-write"
            />
          ) : (
            <p class="quiet">{t.loading}</p>
          )}
        </section>
        <Tray cast={cast} t={t} english={english} />
      </main>
    </div>
  );
}
