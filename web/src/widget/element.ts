import type { Token } from "../api/wire";
import { mountChat } from "../chat/mount";
import type { SessionNow, SessionPanel } from "../chat/session/panel";
import { browserSpeech } from "../chat/speech/engine";
import type { StaffMode } from "../chat/staff/link";
import { anonymousToken } from "./token";
import widgetSheet from "./widget.css?inline";

/** TokenSource is how a bank's page hands the customer's token over: in memory, never in an attribute or URL. */
export type TokenSource = (renew: boolean) => Promise<Token>;

const CHAT_SVG =
  '<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><rect x="4" y="5" width="16" height="12" rx="3" fill="none" stroke="#fff" stroke-width="2.4"/><rect x="12" y="13" width="16" height="12" rx="3" fill="#e2a33d" stroke="#0c5a70" stroke-width="1.6"/><circle cx="17.5" cy="19" r="1.5" fill="#0c3b4d"/><circle cx="22.5" cy="19" r="1.5" fill="#0c3b4d"/></svg>';

/**
 * PingduiChat is <pingdui-chat>. Attributes: `server` (origin of the service; the
 * script's own by default), `mode` ("widget", a button that opens a panel; or "page",
 * the whole element), `demo`, `relay` (with `demo`: a session's media over TURN alone).
 * Properties: `tokenSource`, `sessionPanel`. Events: "pingdui-sign-in" when the customer
 * is asked to sign in; "pingdui-sharing" with detail {sharing: boolean}, before the
 * picture of this tab leaves for an agent and after it has stopped, so that the bank's
 * page covers its secrets. Password fields, [data-secret] and [data-pd-mask] are covered
 * by the chat itself, in open shadow roots too; frames of the page must cover their own.
 */
export class PingduiChat extends HTMLElement {
  tokenSource: TokenSource | null = null;
  sessionPanel: SessionPanel | null = null;
  /** staff is set where the chat serves a colleague; pages for customers leave it alone. */
  staff: StaffMode | null = null;
  /** defaultServer is where the script came from; set by the entry that defines the element. */
  static defaultServer = "";
  private down: (() => void) | null = null;
  private root: ShadowRoot | null = null;
  private opened = false;
  private unread = 0;
  private generation = 0;
  private session: SessionNow | null = null;

  connectedCallback(): void {
    this.root = this.root ?? this.attachShadow({ mode: "open" });
    if (this.getAttribute("mode") === "page") void this.mount(this.root);
    else this.closed();
  }

  disconnectedCallback(): void {
    this.generation++;
    this.down?.();
    this.down = null;
    this.session = null;
    if (this.root) this.root.textContent = "";
  }

  /** open shows the panel. */
  open(): void {
    if (this.opened || !this.root) return;
    this.opened = true;
    this.unread = 0;
    this.draw();
  }

  /** restart takes the chat down and builds it anew: the bank's page signed in or out. */
  restart(): void {
    this.disconnectedCallback();
    this.connectedCallback();
    if (this.opened) this.draw();
  }

  private closed(): void {
    this.draw();
  }

  /** draw keeps the panel alive while it is closed, so that nothing said meanwhile is missed. */
  private draw(): void {
    const root = this.root;
    if (!root) return;
    let shell = root.querySelector<HTMLElement>(".pd-shell");
    if (!shell) {
      const sheet = document.createElement("style");
      sheet.textContent = widgetSheet;
      shell = document.createElement("div");
      shell.className = "pd-shell";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "pd-launch";
      button.innerHTML = `${CHAT_SVG}<span>在线客服</span><i hidden></i>`;
      button.addEventListener("click", () => this.open());
      const panel = document.createElement("div");
      panel.className = "pd-panel";
      panel.setAttribute("role", "dialog");
      panel.setAttribute("aria-label", "在线客服 Online service");
      panel.addEventListener("keydown", (e) => {
        if (e.key === "Escape" && !e.defaultPrevented) this.shut();
      });
      shell.append(
        sessionBar(
          () => this.open(),
          () => this.session?.end(),
        ),
        button,
        panel,
      );
      root.append(sheet, shell);
    }
    const panel = shell.querySelector<HTMLElement>(".pd-panel");
    const badge = shell.querySelector<HTMLElement>(".pd-launch i");
    const button = shell.querySelector<HTMLElement>(".pd-launch");
    if (!panel || !badge || !button) return;
    shell.classList.toggle("open", this.opened);
    panel.hidden = !this.opened;
    badge.hidden = this.unread === 0;
    badge.textContent = String(this.unread);
    button.setAttribute(
      "aria-label",
      this.unread > 0 ? `在线客服，${this.unread} 条新消息` : "在线客服 Online service",
    );
    drawBar(shell, this.opened ? null : this.session);
    if (this.opened && !this.down) {
      const inner = document.createElement("div");
      inner.className = "pd-inner";
      panel.textContent = "";
      panel.append(inner);
      void this.mount(inner.attachShadow({ mode: "open" }));
    }
  }

  /** sessionChanged opens the chat for an offer: the customer asked for a person and is waiting. */
  private sessionChanged(now: SessionNow | null): void {
    const offered = now?.state === "offered" && this.session?.id !== now.id;
    this.session = now;
    if (offered) this.open();
    this.draw();
  }

  private shut(): void {
    this.opened = false;
    this.draw();
    this.root?.querySelector<HTMLElement>(".pd-launch")?.focus();
  }

  private async mount(into: ShadowRoot): Promise<void> {
    const generation = ++this.generation;
    const page = this.getAttribute("mode") === "page";
    const server = this.getAttribute("server") ?? PingduiChat.defaultServer;
    const source = this.tokenSource ?? ((renew: boolean) => anonymousToken(server, renew));
    try {
      const down = await mountChat(into, {
        server,
        token: source,
        page,
        demo: this.hasAttribute("demo"),
        speech: browserSpeech(window),
        panel: this.sessionPanel,
        staff: this.staff,
        relayOnly: this.hasAttribute("demo") && this.hasAttribute("relay"),
        sessionNow: page ? null : (now) => this.sessionChanged(now),
        sharing: (sharing) =>
          this.dispatchEvent(
            new CustomEvent("pingdui-sharing", { bubbles: true, composed: true, detail: { sharing } }),
          ),
        close: this.staff ? this.staff.close : page ? null : () => this.shut(),
        signIn: () =>
          this.dispatchEvent(new CustomEvent("pingdui-sign-in", { bubbles: true, composed: true })),
        arrived: () => {
          if (page || this.opened) return;
          this.unread++;
          this.draw();
        },
      });
      if (generation === this.generation) this.down = down;
      else down();
    } catch (error) {
      const box = document.createElement("div");
      box.setAttribute("role", "alert");
      box.className = "pd-away";
      const reason = error instanceof Error ? error.message : String(error);
      box.innerHTML = `<style>${widgetSheet}</style><div><h1>暂时打不开在线客服</h1><p></p><button type="button">重试 Retry</button></div>`;
      const line = box.querySelector("p");
      if (line) line.textContent = reason;
      box.querySelector("button")?.addEventListener("click", () => {
        box.remove();
        void this.mount(into);
      });
      into.append(box);
    }
  }
}

const BAR_WORDS = {
  zh: { live: "远程协助中", screen: "正在共享这个页面", camera: "正在共享摄像头", open: "打开", end: "结束" },
  en: {
    live: "Remote help",
    screen: "This page is shared",
    camera: "Your camera is shared",
    open: "Open",
    end: "End",
  },
};

/** sessionBar stands on the bank's page while the chat is closed and a session goes on. */
function sessionBar(open: () => void, end: () => void): HTMLElement {
  const bar = document.createElement("div");
  bar.className = "pd-bar";
  bar.setAttribute("role", "status");
  bar.hidden = true;
  bar.innerHTML =
    '<i></i><span></span><button type="button"></button><button type="button" class="end"></button>';
  const [first, second] = Array.from(bar.querySelectorAll("button"));
  first?.addEventListener("click", open);
  second?.addEventListener("click", end);
  return bar;
}

function drawBar(shell: HTMLElement, now: SessionNow | null): void {
  const bar = shell.querySelector<HTMLElement>(".pd-bar");
  const line = bar?.querySelector("span");
  if (!bar || !line) return;
  bar.hidden = now?.state !== "live";
  if (!now) return;
  const words = BAR_WORDS[now.locale === "en" ? "en" : "zh"];
  line.textContent = `${now.agent} · ${now.sharing === "none" ? words.live : words[now.sharing]}`;
  bar.classList.toggle("on", now.sharing !== "none");
  const [open, end] = Array.from(bar.querySelectorAll("button"));
  if (open) open.textContent = words.open;
  if (end) end.textContent = words.end;
}

/** define registers the element once. */
export function define(): void {
  if (!customElements.get("pingdui-chat")) customElements.define("pingdui-chat", PingduiChat);
}
