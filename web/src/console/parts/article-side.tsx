import type { ReactElement } from "react";
import { Link } from "react-router";
import { placeOf } from "../paths";
import { useSession } from "../session";
import type { ArticleView } from "../wire";
import { Panel } from "./bits";

/** ArticleSide shows what else holds the article's numbers. */
export function ArticleSide(props: { view: ArticleView }): ReactElement {
  const { w } = useSession();
  const { quoted } = props.view;
  return (
    <aside className="cs-stack cs-editor-side">
      <Panel title={w.edit.quoted} note={quoted.length > 0 ? w.edit.quotedHint : w.edit.quotedNone}>
        <ul className="cs-quotes">
          {quoted.map((q) => {
            const place = placeOf(q.path);
            return (
              <li key={`${q.path}:${q.line}`}>
                <strong>{q.number}</strong>
                <span>
                  {place.to ? <Link to={place.to}>{q.title || place.name}</Link> : place.name}
                  <small> {w.edit.line(q.line)}</small>
                </span>
                <p>{q.text}</p>
              </li>
            );
          })}
        </ul>
      </Panel>
    </aside>
  );
}
