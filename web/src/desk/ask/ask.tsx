import { Drawer } from "antd";
import { type ReactElement, useEffect, useRef, useState } from "react";
import type { Locale, Token } from "../../api/wire";
import type { FromFrame, ToFrame } from "../../chat/staff/link";
import { XiaobanFace } from "./face";
import "./ask.css";
import { askWords } from "./words";

/** Refusal is why an answer can't go into a reply. */
type Refusal = "internal" | "noCase";

/**
 * AskXiaoban is the button with 小伴's face and the drawer behind it. The drawer holds
 * the chat page itself in a frame; it stays where it is while the drawer is closed.
 */
export function AskXiaoban(props: {
  locale: Locale;
  compact: boolean;
  /** token gives the signed-in person's token; renew is true after one was refused. */
  token(renew: boolean): Promise<Token>;
  /** use puts a text into the reply to the customer in sight; null where nobody is served. */
  use: ((text: string) => void) | null;
  /** tell shows a sentence on the page. */
  tell(text: string, kind: "info" | "error"): void;
}): ReactElement {
  const w = askWords(props.locale);
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState(false);
  const frame = useRef<HTMLIFrameElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const canUse = props.use !== null;

  const say = (message: ToFrame): void => frame.current?.contentWindow?.postMessage(message, location.origin);
  useEffect(() => {
    if (open) setMade(true);
    // Wide pages make room instead of being covered.
    document.documentElement.classList.toggle("ask-open", open);
    return () => document.documentElement.classList.remove("ask-open");
  }, [open]);
  useEffect(() => {
    const onMessage = (e: MessageEvent<FromFrame | undefined>): void => {
      if (e.origin !== location.origin || e.source !== frame.current?.contentWindow) return;
      if (e.data?.pingdui !== "staff") return;
      const message = e.data;
      switch (message.kind) {
        case "close":
          setOpen(false);
          break;
        case "token":
          void latest.current.token(message.renew).then(
            (token) => {
              say({ pingdui: "staff", kind: "token", id: message.id, token, trouble: "" });
              say({ pingdui: "staff", kind: "case", open: latest.current.use !== null });
            },
            (error: unknown) =>
              say({
                pingdui: "staff",
                kind: "token",
                id: message.id,
                token: null,
                trouble: error instanceof Error ? error.message : String(error),
              }),
          );
          break;
        case "use": {
          const { use, tell, locale } = latest.current;
          const words = askWords(locale);
          // Only what the server has said customers may read is ever put in.
          const why: Refusal | "" = message.internal !== false ? "internal" : use ? "" : "noCase";
          if (why === "") use?.(message.text);
          tell(why === "" ? words.used : words[why], why === "" ? "info" : "error");
          say({ pingdui: "staff", kind: "used", id: message.id, taken: why === "" });
          break;
        }
      }
    };
    const onKey = (e: KeyboardEvent): void => {
      if (!(e.ctrlKey || e.metaKey) || e.altKey || e.key.toLowerCase() !== "k") return;
      e.preventDefault();
      setOpen((before) => !before);
    };
    addEventListener("message", onMessage);
    addEventListener("keydown", onKey);
    return () => {
      removeEventListener("message", onMessage);
      removeEventListener("keydown", onKey);
    };
  }, []);
  useEffect(() => say({ pingdui: "staff", kind: "case", open: canUse }), [canUse]);

  return (
    <>
      <button
        type="button"
        className={`ask-button${open ? " on" : ""}`}
        aria-expanded={open}
        aria-keyshortcuts="Control+K"
        {...(props.compact ? { "aria-label": w.open } : {})}
        title={`${w.open}（${w.keys}）`}
        onClick={() => setOpen(!open)}
      >
        <XiaobanFace size={30} />
        {props.compact ? null : (
          <span>
            {w.open}
            <small>{w.keys}</small>
          </span>
        )}
      </button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        placement="right"
        size={440}
        mask={false}
        forceRender={made}
        title={null}
        closable={false}
        rootClassName="ask-drawer"
        afterOpenChange={(now) => {
          if (!now) return;
          frame.current?.contentWindow?.focus();
          say({ pingdui: "staff", kind: "show" });
        }}
      >
        {made || open ? (
          <iframe
            ref={frame}
            key={props.locale}
            className="ask-frame"
            title={w.title}
            src={`/chat?staff=1&locale=${props.locale}`}
            onLoad={() => {
              say({ pingdui: "staff", kind: "case", open: latest.current.use !== null });
              say({ pingdui: "staff", kind: "show" });
            }}
          />
        ) : null}
      </Drawer>
    </>
  );
}
