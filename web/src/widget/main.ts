import { define, PingduiChat } from "./element";

// The service is where this script came from, unless the element says otherwise.
const script = document.currentScript;
if (script instanceof HTMLScriptElement && script.src) {
  PingduiChat.defaultServer = new URL(script.src, location.href).origin;
}
define();
