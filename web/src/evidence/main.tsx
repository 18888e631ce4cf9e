import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import { App } from "./app";
import "./styles/frame.css";
import "./styles/player.css";
import "./styles/side.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
