import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import { App } from "./app";
import "./desk.css";
import { mediaSessions } from "./session/media";

const root = document.getElementById("root");
const port = mediaSessions(window);
if (root) createRoot(root).render(<App port={port} />);
