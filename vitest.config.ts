import { defineConfig } from "vitest/config";

/** By itself vitest leaves one core of two idle. */
const maxWorkers = "100%";

/** Plain Node, the real Workers runtime with the bindings of one Worker or another, and several Workers end to end. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/**/*.workerd.test.ts", "test/e2e/**", "test/browser/**", "test/bench/**"],
          maxWorkers,
          testTimeout: 60_000,
        },
      },
      "./vitest.workerd.config.ts",
      "./vitest.predict.config.ts",
      "./vitest.onnx.config.ts",
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          maxWorkers,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
