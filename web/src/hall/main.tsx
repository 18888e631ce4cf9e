import { render } from "preact";
import "../design/tokens.css";
import { Hall } from "./hall";
import "./hall.css";

const root = document.getElementById("root");
if (root) render(<Hall />, root);
