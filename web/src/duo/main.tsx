import { render } from "preact";
import "../design/tokens.css";
import "../hall/hall.css";
import { Duo } from "./duo";
import "./duo.css";

const root = document.getElementById("root");
if (root) render(<Duo />, root);
