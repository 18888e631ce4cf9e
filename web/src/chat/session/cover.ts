/** SECRETS are the parts of any page that never show while a tab is shared. */
export const SECRETS =
  'input[type="password"],input[autocomplete="one-time-code"],[data-secret],[data-pd-mask]';

/** OPEN marks a secret field that its owner is typing in, while nothing is sent. */
const OPEN = "data-pd-open";
/** A flat, opaque grey whatever stands inside: contrast(0) makes one colour of everything. */
const PAINT = `:is(${SECRETS}):not([${OPEN}]){background:#777!important;border-color:#777!important;filter:contrast(0) brightness(0.55)!important}`;
/** The same for browsers without :is(). */
const PAINT_OLD = PAINT.replace(
  `:is(${SECRETS}):not([${OPEN}])`,
  SECRETS.split(",")
    .map((one) => `${one}:not([${OPEN}])`)
    .join(","),
);
const LOOK_EVERY = 100;
const ROOTS_EVERY = 5;
/** A frame that was on its way when the picture went black is older than this, in ms. */
const OPEN_AFTER = 150;
/** The field is painted over for so long before the picture comes back, in ms. */
const RESUME_AFTER = 250;

type Root = Document | ShadowRoot;

/**
 * Cover paints over every secret of the page, shadow roots included, while a tab is shared.
 * The field that has the focus is uncovered, but only after the picture was blanked, and it
 * is covered again before the picture comes back: no frame ever shows it.
 */
export class Cover {
  private readonly sheets = new Map<Root, HTMLStyleElement>();
  private timer: ReturnType<typeof setInterval> | undefined;
  private step: ReturnType<typeof setTimeout> | undefined;
  private looks = 0;
  private field: Element | null = null;
  private opened: Element[] = [];
  private paused = false;
  private sending = false;

  /** pause blanks the picture at once, or lets it be seen again. */
  constructor(private readonly pause: (paused: boolean) => void) {}

  /** on covers everything; it is called before the browser is asked for the tab. */
  on(): void {
    if (this.timer !== undefined) return;
    this.paint();
    this.timer = setInterval(() => {
      if (++this.looks % ROOTS_EVERY === 0) this.paint();
      this.look();
    }, LOOK_EVERY);
    addEventListener("focusin", this.look, true);
  }

  /** sends says that the picture leaves from now on; before that no field is uncovered. */
  sends(): void {
    this.sending = true;
    this.field = null;
    this.look();
  }

  off(): void {
    clearInterval(this.timer);
    clearTimeout(this.step);
    this.timer = undefined;
    removeEventListener("focusin", this.look, true);
    this.close();
    for (const sheet of this.sheets.values()) sheet.remove();
    this.sheets.clear();
    this.field = null;
    this.sending = this.paused = false;
  }

  private readonly look = (): void => {
    if (!this.sending) return;
    const field = secretWithFocus();
    if (field === this.field) return;
    this.field = field;
    clearTimeout(this.step);
    this.close();
    if (field) {
      this.say(true);
      this.step = setTimeout(() => this.open(field), OPEN_AFTER);
    } else {
      this.step = setTimeout(() => this.say(false), RESUME_AFTER);
    }
  };

  private say(paused: boolean): void {
    if (paused === this.paused) return;
    this.paused = paused;
    this.pause(paused);
  }

  private open(field: Element): void {
    for (let at: Element | null = field; at; at = at.parentElement) {
      if (!at.matches(SECRETS)) continue;
      at.setAttribute(OPEN, "");
      this.opened.push(at);
    }
  }

  private close(): void {
    for (const element of this.opened.splice(0)) element.removeAttribute(OPEN);
  }

  private paint(): void {
    for (const root of roots(document)) {
      if (this.sheets.get(root)?.isConnected) continue;
      const sheet = document.createElement("style");
      sheet.dataset.pingdui = "cover";
      sheet.textContent = CSS.supports("selector(:is(a))") ? PAINT : PAINT_OLD;
      (root instanceof Document ? root.head : root).append(sheet);
      this.sheets.set(root, sheet);
    }
  }
}

/** secretWithFocus is the secret field somebody is typing in; null when there is none. */
function secretWithFocus(): Element | null {
  let at: Element | null = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!(at instanceof HTMLInputElement) && !(at instanceof HTMLTextAreaElement)) return null;
  return at.closest(SECRETS) ? at : null;
}

/** roots are the document and every open shadow root below it. */
function* roots(from: Root): Generator<Root> {
  yield from;
  for (const element of Array.from(from.querySelectorAll("*")))
    if (element.shadowRoot) yield* roots(element.shadowRoot);
}
