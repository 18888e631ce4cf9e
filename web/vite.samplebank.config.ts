import { resolve } from "node:path";
import { defineConfig } from "vite";

// The sample bank is a site of its own, served from another origin.
export default defineConfig({
  root: resolve(import.meta.dirname, "samplebank"),
  publicDir: false,
  build: {
    outDir: resolve(import.meta.dirname, "dist/samplebank"),
    emptyOutDir: true,
    target: ["chrome80", "safari14"],
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: {
        index: resolve(import.meta.dirname, "samplebank/index.html"),
        rates: resolve(import.meta.dirname, "samplebank/rates.html"),
      },
    },
  },
});
