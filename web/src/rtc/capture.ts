// Sharing a tab. What browsers have beyond the DOM types of TypeScript stands here.

interface CaptureHandle {
  handle?: string;
  origin?: string;
}

interface BrowserTrack extends MediaStreamTrack {
  getCaptureHandle?(): CaptureHandle | null;
  restrictTo?(target: unknown): Promise<void>;
}

interface RestrictionTargetClass {
  fromElement(element: Element): Promise<unknown>;
}

/** PAGE_HANDLES are the capture handles of pages of the bank. */
export const PAGE_HANDLES: readonly string[] = ["pingdui-samplebank", "pingdui-chat"];

/** Captured is a shared tab, or what was picked instead of one. */
export interface Captured {
  track: MediaStreamTrack;
  surface: string;
  handle: string;
  origin: string;
}

/** canShareScreen is false on phones: no mobile browser has getDisplayMedia. */
export function canShareScreen(): boolean {
  return typeof navigator.mediaDevices?.getDisplayMedia === "function";
}

/** captureTab asks for the current tab. The caller must check what was picked. */
export async function captureTab(only?: Element): Promise<Captured> {
  const wish = {
    video: { displaySurface: "browser", frameRate: { ideal: 15, max: 30 } },
    audio: false,
    preferCurrentTab: true,
    selfBrowserSurface: "include",
    surfaceSwitching: "exclude",
    monitorTypeSurfaces: "exclude",
    systemAudio: "exclude",
  };
  const stream = await navigator.mediaDevices.getDisplayMedia(wish as DisplayMediaStreamOptions);
  const track = stream.getVideoTracks()[0] as BrowserTrack | undefined;
  if (!track) throw new Error("nothing was picked");
  track.contentHint = "detail";
  const target = (globalThis as { RestrictionTarget?: RestrictionTargetClass }).RestrictionTarget;
  if (only && target && track.restrictTo) await track.restrictTo(await target.fromElement(only));
  await handleKnown(track);
  return describe(track);
}

const HANDLE_WITHIN = 4_000;
const HANDLE_EVERY = 50;
const SAY_EVERY = 400;
/** SAY_NAME asks the page on top to say its name once more; it changes nothing else. */
const SAY_NAME = "pingdui:name";

/** handleKnown waits for the tab's handle, which browsers tell a moment after the track. */
async function handleKnown(track: BrowserTrack): Promise<void> {
  const from = performance.now();
  let asked = 0;
  while (track.getCaptureHandle && describe(track).surface === "browser" && track.readyState === "live") {
    const waited = performance.now() - from;
    if (track.getCaptureHandle()?.handle || waited > HANDLE_WITHIN) return;
    if (waited > asked * SAY_EVERY + HANDLE_EVERY) {
      asked++;
      (globalThis.top ?? globalThis).postMessage(SAY_NAME, "*");
    }
    await new Promise((resolve) => setTimeout(resolve, HANDLE_EVERY));
  }
}

/** describe says what a track shows. */
export function describe(track: MediaStreamTrack): Captured {
  const handle = (track as BrowserTrack).getCaptureHandle?.() ?? null;
  return {
    track,
    surface: (track.getSettings() as { displaySurface?: string }).displaySurface ?? "",
    handle: handle?.handle ?? "",
    origin: handle?.origin ?? "",
  };
}

/** allowedTab says whether what is shown is a tab of the bank. */
export function allowedTab(captured: Captured, handles: readonly string[] = PAGE_HANDLES): boolean {
  return captured.surface === "browser" && handles.includes(captured.handle.split("#")[0] ?? "");
}

/**
 * nameThisPage lets a session recognise this page when its tab is shared. Chromium now and
 * then loses a name that was said before the capture began, and does not tell one that is
 * said again unchanged: so it is said again, when asked, with a new number after a #.
 */
export function nameThisPage(handle: string): void {
  let times = 0;
  const say = (): void => {
    const devices = navigator.mediaDevices as
      | (MediaDevices & { setCaptureHandleConfig?(config: unknown): void })
      | undefined;
    try {
      devices?.setCaptureHandleConfig?.({
        handle: `${handle}#${++times}`,
        exposeOrigin: true,
        permittedOrigins: ["*"],
      });
    } catch {
      // Only a page that is not framed may say its name: the bank's own page does.
    }
  };
  addEventListener("message", ({ data }) => data === SAY_NAME && say());
  say();
}
