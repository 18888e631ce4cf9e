import { resolve } from "node:path";
import { defineConfig } from "vite";

// One classic script, dist/widget.js, which a bank's page loads with one tag.
export default defineConfig({
  publicDir: false,
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: ["chrome80", "safari14"],
    cssTarget: ["chrome80", "safari14"],
    lib: {
      entry: resolve(import.meta.dirname, "src/widget/main.ts"),
      name: "Pingdui",
      formats: ["iife"],
      fileName: () => "widget.js",
    },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
