import type { Locale, Token } from "../../api/wire";

/**
 * The words between a staff page (desk, console) and the chat page that stands in its
 * frame. Both are pages of one origin; whatever comes from elsewhere is not listened to.
 */

/** FromFrame is what the chat tells the page around it. */
export type FromFrame =
  | { pingdui: "staff"; kind: "token"; id: string; renew: boolean }
  | { pingdui: "staff"; kind: "use"; id: string; text: string; internal: boolean }
  | { pingdui: "staff"; kind: "close" };

/** ToFrame is what the page around the chat tells it. */
export type ToFrame =
  | { pingdui: "staff"; kind: "token"; id: string; token: Token | null; trouble: string }
  | { pingdui: "staff"; kind: "used"; id: string; taken: boolean }
  | { pingdui: "staff"; kind: "case"; open: boolean }
  | { pingdui: "staff"; kind: "show" };

/** StaffMode is what the chat needs to know when it serves a colleague. */
export interface StaffMode {
  locale: Locale;
  /** canUse tells whether there is a customer's reply that an answer could go into. */
  canUse(): boolean;
  /** use offers an answer to the page around; false when it was not taken. */
  use(text: string): Promise<boolean>;
  close(): void;
  /** changed calls back when canUse changed; shown, when the chat came into sight. */
  changed(listener: () => void): () => void;
  shown(listener: () => void): () => void;
}

/** WAITS is how long an answer from the page around may take, in milliseconds. */
const WAITS = 10_000;

/** StaffLink is the chat's end. */
export class StaffLink {
  private open = false;
  private readonly waiting = new Map<string, (message: ToFrame) => void>();
  private readonly cases = new Set<() => void>();
  private readonly shows = new Set<() => void>();

  constructor(
    private readonly around: Window,
    private readonly newId: () => string,
  ) {
    addEventListener("message", (e: MessageEvent<ToFrame | undefined>) => {
      if (e.origin !== location.origin || e.source !== around || e.data?.pingdui !== "staff") return;
      this.take(e.data);
    });
    // Ctrl+K closes from inside too; Escape belongs to what is open in the chat first.
    addEventListener("keydown", (e) => {
      const toggles = (e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "k";
      if (!toggles && (e.key !== "Escape" || e.defaultPrevented)) return;
      e.preventDefault();
      this.say({ pingdui: "staff", kind: "close" });
    });
  }

  /** token asks the page around for its person's token. */
  async token(renew: boolean): Promise<Token> {
    const id = this.newId();
    const answer = await this.ask({ pingdui: "staff", kind: "token", id, renew }, id);
    if (answer?.kind === "token" && answer.token) return answer.token;
    const trouble = answer?.kind === "token" ? answer.trouble : "";
    throw new Error(trouble || "请从坐席台或运营台打开小伴 / open Xiao Ban from the desk or the console");
  }

  /** mode is the chat's view of this link. */
  mode(locale: Locale): StaffMode {
    const to = (set: Set<() => void>) => (listener: () => void) => {
      set.add(listener);
      return () => void set.delete(listener);
    };
    return {
      locale,
      canUse: () => this.open,
      use: async (text) => {
        const id = this.newId();
        const answer = await this.ask({ pingdui: "staff", kind: "use", id, text, internal: false }, id);
        return answer?.kind === "used" && answer.taken;
      },
      close: () => this.say({ pingdui: "staff", kind: "close" }),
      changed: to(this.cases),
      shown: to(this.shows),
    };
  }

  private take(message: ToFrame): void {
    if (message.kind === "case") {
      this.open = message.open;
      for (const listener of Array.from(this.cases)) listener();
    } else if (message.kind === "show") for (const listener of Array.from(this.shows)) listener();
    else this.waiting.get(message.id)?.(message);
  }

  private say(message: FromFrame): void {
    this.around.postMessage(message, location.origin);
  }

  private ask(message: FromFrame, id: string): Promise<ToFrame | null> {
    return new Promise((resolve) => {
      const done = (answer: ToFrame | null): void => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(answer);
      };
      const timer = setTimeout(() => done(null), WAITS);
      this.waiting.set(id, done);
      this.say(message);
    });
  }
}
