import { defineConfig } from "vitest/config";

// Two projects: unit tests are pure and fast; browser tests need a build
// (`npm run build`) and Chromium.
export default defineConfig({
  test: {
    projects: [
      { test: { name: "unit", include: ["src/**/*.test.ts"] } },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        // The real program with a real browser: see test/product/program.ts.
        test: {
          name: "product",
          include: ["test/product/**/*.test.ts"],
          globalSetup: "test/product/prepared.ts",
          testTimeout: 120_000,
          hookTimeout: 90_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
