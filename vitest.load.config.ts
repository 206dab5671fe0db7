import { defineConfig } from "vitest/config";

/** The load test, `npm run test:load`: it measures a busy platform, so nothing else may run beside it. */
export default defineConfig({
  test: { name: "load", include: ["test/load/**/*.test.ts"], fileParallelism: false, hookTimeout: 120_000 },
});
