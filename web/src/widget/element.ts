import type { Token } from "../api/wire";
import { mountChat } from "../chat/mount";
import type { SessionPanel } from "../chat/session/panel";
import { browserSpeech } from "../chat/speech/engine";
import { anonymousToken } from "./token";
import widgetSheet from "./widget.css?inline";

/** TokenSource is how a bank's page hands the customer's token over: in memory, never in an attribute or URL. */
export type TokenSource = (renew: boolean) => Promise<Token>;

const CHAT_SVG =
  '<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><rect x="4" y="5" width="16" height="12" rx="3" fill="none" stroke="#fff" stroke-width="2.4"/><rect x="12" y="13" width="16" height="12" rx="3" fill="#e2a33d" stroke="#0c5a70" stroke-width="1.6"/><circle cx="17.5" cy="19" r="1.5" fill="#0c3b4d"/><circle cx="22.5" cy="19" r="1.5" fill="#0c3b4d"/></svg>';

/**
 * PingduiChat is <pingdui-chat>. Attributes: `server` (origin of the service; the
 * script's own by default), `mode` ("widget", a button that opens a panel; or "page",
 * the whole element), `demo`. Properties: `tokenSource`, `sessionPanel`. It sends a
 * "pingdui-sign-in" event when the customer is asked to sign in.
 */
export class PingduiChat extends HTMLElement {
  tokenSource: TokenSource | null = null;
  sessionPanel: SessionPanel | null = null;
  /** defaultServer is where the script came from; set by the entry that defines the element. */
  static defaultServer = "";
  private down: (() => void) | null = null;
  private root: ShadowRoot | null = null;
  private opened = false;
  private unread = 0;
  private generation = 0;

  connectedCallback(): void {
    this.root = this.root ?? this.attachShadow({ mode: "open" });
    if (this.getAttribute("mode") === "page") void this.mount(this.root);
    else this.closed();
  }

  disconnectedCallback(): void {
    this.generation++;
    this.down?.();
    this.down = null;
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
      shell.append(button, panel);
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
    if (this.opened && !this.down) {
      const inner = document.createElement("div");
      inner.className = "pd-inner";
      panel.textContent = "";
      panel.append(inner);
      void this.mount(inner.attachShadow({ mode: "open" }));
    }
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
        close: page ? null : () => this.shut(),
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

/** define registers the element once. */
export function define(): void {
  if (!customElements.get("pingdui-chat")) customElements.define("pingdui-chat", PingduiChat);
}
