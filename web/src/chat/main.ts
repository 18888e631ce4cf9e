import { demoToken, handed } from "../demo";
import { nameThisPage } from "../rtc/capture";
import { define, PingduiChat } from "../widget/element";
import { newId } from "./core/ids";
import { StaffLink } from "./staff/link";
import "../design/tokens.css";
import "./page.css";

// The chat page is the widget over the whole page. ?as= names a member of the demo
// cast; without it the visitor is whoever was handed over, or anonymous.
define();
// A session may share this very tab: it is known by this name.
nameThisPage("pingdui-chat");
const asked = new URLSearchParams(location.search);
const wanted = asked.get("as") ?? "";
// ?staff= is the chat with 小伴, in a frame of the desk or the console, which keeps the token.
const staff = asked.has("staff") && window.parent !== window ? new StaffLink(window.parent, newId) : null;
const known = staff ? null : handed("customer", wanted);
const as = wanted || known?.as || "";
const chat = document.createElement("pingdui-chat");
if (chat instanceof PingduiChat) {
  chat.setAttribute("mode", "page");
  chat.setAttribute("server", "");
  if (staff) {
    chat.staff = staff.mode(asked.get("locale") === "en" ? "en" : "zh");
    chat.tokenSource = (renew) => staff.token(renew);
  } else if (as !== "") {
    // Inside 一人两面 the page around it already says that this is a demo.
    if (window.parent === window) chat.setAttribute("demo", "");
    if (new URLSearchParams(location.search).has("relay")) chat.setAttribute("relay", "");
    if (as !== "anonymous") chat.tokenSource = (renew) => demoToken("customer", as, renew);
  }
  chat.addEventListener("pingdui-sign-in", () => location.assign("/#customers"));
  document.getElementById("root")?.append(chat);
}
