import tokens from "../../design/tokens.css?inline";
import base from "./base.css?inline";
import cards from "./cards.css?inline";
import composer from "./composer.css?inline";
import log from "./log.css?inline";
import overlays from "./overlays.css?inline";
import picture from "./picture.css?inline";
import session from "./session.css?inline";
import staff from "./staff.css?inline";
import top from "./top.css?inline";
import wide from "./wide.css?inline";

/** SHEET is the whole style of the chat, for its shadow root; later parts win over earlier ones. */
export const SHEET = [tokens, base, top, log, composer, picture, wide, cards, overlays, session, staff].join(
  "\n",
);
