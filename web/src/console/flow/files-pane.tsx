import { Select } from "antd";
import { type ReactElement, useState } from "react";
import { useSession } from "../session";

/** FilesPane shows the scene's other files: what it is, how customers ask for it, its tests. */
export function FilesPane(props: { files: Record<string, string> }): ReactElement {
  const { w } = useSession();
  const paths = Object.keys(props.files)
    .filter((p) => !p.endsWith("/flow.yaml"))
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  const [path, setPath] = useState(paths[0] ?? "");
  const lines = (props.files[path] ?? "").replace(/\n$/, "").split("\n");
  return (
    <>
      <Select
        className="cs-wide"
        value={path}
        aria-label={w.flow.file}
        options={paths.map((p) => ({ value: p, label: p.split("/").slice(2).join("/") }))}
        onChange={setPath}
      />
      <p className="cs-note">
        <code>{path}</code> · {w.flows.lines(lines.length)}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
      <section className="cs-source" tabIndex={0} aria-label={path}>
        {lines.map((line, i) => (
          <span key={i}>{`${line}\n`}</span>
        ))}
      </section>
    </>
  );
}

function rank(path: string): number {
  const order = ["/scene.yaml", "/intents.yaml"].findIndex((end) => path.endsWith(end));
  return order < 0 ? 9 : order;
}
