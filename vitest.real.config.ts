import { defineConfig } from "vitest/config";
import { maxWorkers, nativeModules, useCompileCache } from "./vitest.config.ts";
import { inHub } from "./vitest.workerd.config.ts";

useCompileCache();

/** Long tests on the real publications in `../shared/data`, `npm run test:real`. `npm test` has a short version of each. */
export default defineConfig(async () => ({
  test: {
    projects: [
      {
        test: {
          name: "real",
          include: ["test/real/**/*.test.ts"],
          exclude: ["test/real/**/*.workerd.test.ts"],
          maxWorkers,
          testTimeout: 300_000,
          ...nativeModules,
        },
      },
      await inHub({ name: "real-workerd", include: ["test/real/**/*.workerd.test.ts"], testTimeout: 240_000 }),
    ],
  },
}));
