import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/staff-loading.css";
import "./css/frame.css";
import "./css/parts.css";
import "./css/pages.css";
import "./css/graph.css";
import "./css/flow.css";
import { Console } from "./app";

const root = document.getElementById("root");
if (root) createRoot(root).render(<Console />);
