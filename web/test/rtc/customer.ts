// The customer's page of the test: a bank page with a known coloured target.
import { createSession, MarkOverlay, nameThisPage, type RtcSignal } from "../../src/rtc";

const relayOnly = new URLSearchParams(location.search).has("relay");
const way = new URLSearchParams(location.search).get("relay") ?? "";
document.body.innerHTML = `<button id="accept">接受</button><button id="share">共享本页</button><button id="end">结束</button>
  <div id="filler">示例银行</div><div id="target"></div><div id="rest"></div>`;
nameThisPage("pingdui-samplebank");

const said: Record<string, unknown>[] = [];
const session = createSession({
  role: "customer",
  relayOnly,
  send(signal) {
    void fetch("/signal/customer", { method: "POST", body: JSON.stringify(signal) });
    return true;
  },
  onMark: (mark) => overlay.add(mark),
  onUnmark: (id) => overlay.remove(id),
  onState: (view) =>
    said.push({ state: view.session.state, code: view.session.code, sharing: view.session.sharing }),
  onEnd: (end) => said.push({ end: end.by }),
});
const overlay = new MarkOverlay({ report: (view) => session.viewport(view) });
const events = new EventSource("/events/customer");
events.onmessage = ({ data }) => {
  const signal = JSON.parse(data) as RtcSignal;
  if (way && signal.kind === "ice" && signal.body) {
    // Only the TURN address of the wanted transport is used.
    const ice = JSON.parse(signal.body) as { servers: { urls: string[] }[] };
    for (const server of ice.servers) server.urls = server.urls.filter((url) => url.endsWith(way));
    signal.body = JSON.stringify(ice);
  }
  session.receive(signal);
};
const on = (id: string, f: () => void): void => document.getElementById(id)?.addEventListener("click", f);
on("accept", () => session.accept());
on("share", () => {
  void session.shareTab().then(
    (share) => {
      said.push({ share: share.allowed, reason: JSON.stringify(share) });
      overlay.report();
    },
    (error: unknown) => said.push({ share: false, reason: String(error) }),
  );
});
on("end", () => session.end());
Object.assign(globalThis, { said, overlay, session });
