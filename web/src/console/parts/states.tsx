import { Alert, Button, Skeleton } from "antd";
import { Component, type ReactElement, type ReactNode } from "react";
import { Link } from "react-router";
import { Problem } from "../api";
import { inLocale } from "../i18n";
import { sentence } from "../query";
import { useSession } from "../session";
import { Icon, type IconName } from "./icons";

/** Loading stands where something is still being read. */
export function Loading(props: { rows?: number }): ReactElement {
  const { w } = useSession();
  return (
    <div className="cs-loading" role="status" aria-label={w.state.loading}>
      <Skeleton active title paragraph={{ rows: props.rows ?? 6 }} />
    </div>
  );
}

/** Blank says that there is nothing here, and what to do about it. */
export function Blank(props: {
  icon?: IconName;
  title: string;
  hint?: string;
  children?: ReactNode;
}): ReactElement {
  return (
    <div className="cs-blank">
      <span className="cs-blank-icon">
        <Icon name={props.icon ?? "search"} size={28} />
      </span>
      <p className="cs-blank-title">{props.title}</p>
      {props.hint ? <p className="cs-blank-hint">{props.hint}</p> : null}
      {props.children}
    </div>
  );
}

/** Failed shows why something could not be read, with the next step. */
export function Failed(props: { error: unknown; again?: () => void }): ReactElement {
  const { w, locale } = useSession();
  const { error } = props;
  if (error instanceof Problem && error.status === 403)
    return <Blank icon="audit" title={w.state.noRight} hint={w.state.noRightHint} />;
  return (
    <Blank icon="warn" title={w.state.failed} hint={inLocale(sentence(error), locale)}>
      {props.again ? (
        <Button type="primary" onClick={props.again}>
          {w.state.retry}
        </Button>
      ) : (
        <Link to="/">{w.state.home}</Link>
      )}
    </Blank>
  );
}

interface Read<T> {
  data: T | undefined;
  error: unknown;
  refetch(): unknown;
}

/** Reading draws a query: loading, failed, or what was read. */
export function Reading<T>(props: {
  of: Read<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}): ReactNode {
  const { of } = props;
  if (of.data !== undefined) return props.children(of.data);
  if (of.error) return <Failed error={of.error} again={() => void of.refetch()} />;
  return props.rows === undefined ? <Loading /> : <Loading rows={props.rows} />;
}

/** problemParts splits "file:12: what (remedy)" for reading. */
export function problemParts(text: string): { place: string; what: string; remedy: string } {
  const found = /^(\S*?\S:\d+(?::\d+)?):?\s+(.*)$/s.exec(text);
  const [place, rest] = found ? [found[1] ?? "", found[2] ?? ""] : ["", text];
  const remedy = /^(.*?)\s*[（(]([^（()）]*(?:[（(][^（()）]*[)）][^（()）]*)*)[)）]\s*$/s.exec(rest);
  return remedy
    ? { place, what: remedy[1] ?? "", remedy: remedy[2] ?? "" }
    : { place, what: rest, remedy: "" };
}

/** Refused shows why nothing was saved: each fault with its place and remedy. */
export function Refused(props: { error: unknown; onClose?: () => void }): ReactElement | null {
  const { w, locale } = useSession();
  const { error } = props;
  if (!error) return null;
  const details = error instanceof Problem ? error.details : [];
  const close = props.onClose ? { closable: { onClose: props.onClose } } : {};
  return (
    <Alert
      className="cs-refused"
      type="error"
      showIcon
      role="alert"
      title={inLocale(sentence(error), locale)}
      description={details.length > 0 ? <Faults list={details} word={w.edit.remedy} /> : undefined}
      {...close}
    />
  );
}

/** Faults lists what is wrong by place, with the remedy. */
export function Faults(props: { list: readonly string[]; word: string }): ReactElement {
  const { locale } = useSession();
  return (
    <ul className="cs-faults">
      {props.list.map((text) => {
        const { place, what, remedy } = problemParts(text);
        return (
          <li key={text}>
            {place ? <code>{place}</code> : null}
            <span>{inLocale(what, locale)}</span>
            {remedy ? (
              <em>
                {props.word}：{inLocale(remedy, locale)}
              </em>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}

/** Crash keeps a defect of one page from taking the console down. */
export class Crash extends Component<
  { title: string; hint: string; again: string; children: ReactNode },
  { failed: boolean }
> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Blank icon="warn" title={this.props.title} hint={this.props.hint}>
        <Button type="primary" onClick={() => location.reload()}>
          {this.props.again}
        </Button>
      </Blank>
    );
  }
}
