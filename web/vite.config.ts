import { resolve } from "node:path";
import { defineConfig } from "vite";

const page = (name: string): string => resolve(import.meta.dirname, `${name}.html`);

// The pages the Go program serves. The widget and the sample bank have builds of
// their own because they end up as single files or on another origin.
export default defineConfig({
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // Customers' pages run in old WebViews; the desk and the console share the
    // floor so that a chunk used by both needs no second build.
    target: ["chrome80", "safari14"],
    cssTarget: ["chrome80", "safari14"],
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1600,
    rollupOptions: {
      // "use client" in libraries means nothing to a page without a server half.
      onwarn: (warning, warn) => {
        if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning);
      },
      input: {
        index: page("index"),
        chat: page("chat"),
        duo: page("duo"),
        desk: page("desk"),
        console: page("console"),
        evidence: page("evidence"),
        supervisor: page("supervisor"),
      },
    },
  },
});
