import { defineConfig } from "vitest/config";
import { endToEndTests, unitTests } from "./vitest.config.ts";
import { inHub, mocking, ownRuntime } from "./vitest.workerd.config.ts";

const provide = { isMatrix: true as const };

/**
 * Failure matrices in their long form, `npm run test:matrix`: more places of a crash, more seeds and random inputs, every worst file, all forecasts.
 * `npm test` runs the same files in a short form (test/support/is-matrix.ts).
 */
export default defineConfig(async () => ({
  test: {
    projects: [
      {
        test: {
          ...unitTests,
          name: "matrix",
          provide,
          include: [
            "test/feeds/{fuzz,gold-csv,open-workbook,worst-input}.test.ts",
            "test/features/past-only.test.ts",
            "test/simulate/sniim-workbook.test.ts",
            "test/matrix/**/*.test.ts",
          ],
          exclude: [],
        },
      },
      {
        test: {
          ...endToEndTests,
          name: "matrix-e2e",
          provide,
          include: ["test/e2e/{start,crash,interrupts,model,own-forecast,processes}.e2e.test.ts"],
        },
      },
      await inHub({ name: "matrix-workerd", provide, include: mocking, ...ownRuntime }),
    ],
  },
}));
