// The agent's page of the test: the customer's picture with a pad over it.
import { createSession, MarkPad, type RtcSignal } from "../../src/rtc";

const relayOnly = new URLSearchParams(location.search).has("relay");
const way = new URLSearchParams(location.search).get("relay") ?? "";
document.body.innerHTML = `<div id="stage"><video id="video" autoplay muted playsinline></video></div>`;
const video = document.getElementById("video") as HTMLVideoElement;
const said: Record<string, unknown>[] = [];
const session = createSession({
  role: "agent",
  relayOnly,
  send(signal) {
    void fetch("/signal/agent", { method: "POST", body: JSON.stringify(signal) });
    return true;
  },
  onRemoteTrack(kind, peer, stream) {
    said.push({ track: kind, peer });
    if (kind === "screen") video.srcObject = stream;
  },
  onState: (view) => said.push({ state: view.session.state, code: view.session.code }),
  onEnd: (end) => said.push({ end: end.by }),
});
const pad = new MarkPad(video, {
  source: "screen",
  view: () => session.view,
  onMark: (mark) => session.mark(mark),
});
pad.tool = "box";
const events = new EventSource("/events/agent");
events.onmessage = ({ data }) => {
  const signal = JSON.parse(data) as RtcSignal;
  if (way && signal.kind === "ice" && signal.body) {
    const ice = JSON.parse(signal.body) as { servers: { urls: string[] }[] };
    for (const server of ice.servers) server.urls = server.urls.filter((url) => url.endsWith(way));
    signal.body = JSON.stringify(ice);
  }
  session.receive(signal);
};

/** green is the box of the target's colour in the picture, in pixels of this page; null when it is not seen. */
const green = (): { x: number; y: number; w: number; h: number } | null => {
  const { videoWidth: w, videoHeight: h } = video;
  if (!w || !h) return null;
  const canvas = new OffscreenCanvas(w, h);
  const context = canvas.getContext("2d");
  if (!context) return null;
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, w, h);
  let [x0, y0, x1, y1] = [w, h, -1, -1];
  for (let y = 0; y < h; y += 2)
    for (let x = 0; x < w; x += 2) {
      const at = (y * w + x) * 4;
      const [r = 0, g = 0, b = 0] = [data[at], data[at + 1], data[at + 2]];
      if (r < 60 && g > 150 && b > 40 && b < 130) {
        x0 = Math.min(x0, x);
        y0 = Math.min(y0, y);
        x1 = Math.max(x1, x + 2);
        y1 = Math.max(y1, y + 2);
      }
    }
  if (x1 < 0) return null;
  const box = video.getBoundingClientRect();
  const scale = Math.min(box.width / w, box.height / h);
  const left = box.left + (box.width - w * scale) / 2;
  const top = box.top + (box.height - h * scale) / 2;
  return { x: left + x0 * scale, y: top + y0 * scale, w: (x1 - x0) * scale, h: (y1 - y0) * scale };
};
Object.assign(globalThis, { said, session, green });
