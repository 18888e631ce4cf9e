import { createRoot } from "react-dom/client";
import "../design/tokens.css";
import "../design/staff-loading.css";

/** Loading is what stands until the room behind this page is there. */
function Loading() {
  return (
    <main className="staff-loading" aria-busy="true">
      <img src="/icon.svg" alt="" width="64" height="64" />
      <h1>坐席工作台</h1>
      <p>正在打开，请稍候…… Opening, one moment.</p>
    </main>
  );
}

const root = document.getElementById("root");
if (root) createRoot(root).render(<Loading />);
