import type { JSX } from "preact";
import { EmployeeFace, Logo } from "../../design/avatar";
import { useRoom } from "./context";

/** Aside tells on wide screens who serves, what for, and how to stay safe. */
export function Aside(): JSX.Element {
  const { state, t } = useRoom();
  const employee = state.employees.find((e) => e.id === state.server.employee) ?? state.employees[0];
  return (
    <aside class="aside">
      <p class="bank">
        <Logo size={34} />
        {state.locale === "en" ? "Sample Bank" : "示例银行"}
      </p>
      <section>
        <h2>{t.aboutTitle}</h2>
        {employee ? (
          <div class="aside-who">
            <EmployeeFace hue={employee.hue} mood="idle" size={88} />
            <p>
              <b>{employee.name}</b>
              <span>{employee.job}</span>
              <em>{t.disclosure}</em>
            </p>
          </div>
        ) : null}
        <h3>{t.aboutCan}</h3>
        <ul>
          {t.aboutCanList.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
      <section class="safety">
        <h2>{t.safetyTitle}</h2>
        <ul>
          {t.safetyList.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
