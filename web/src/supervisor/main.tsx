import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import { App } from "./app";
import "./styles/wall.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
