import { defineConfig } from "vitest/config";
import { unitTests } from "./vitest.config.ts";

/** Unit tests that take more than about 3 s of processor time: whole trainings, child processes, fuzzing, bundling. */
const slow = [
  "test/candidates/classification.test.ts",
  "test/features/past-only.test.ts",
  "test/feeds/{fuzz,gold-csv,names,open-workbook,real,workbook}.test.ts",
  "test/hub/fetch-publication.test.ts",
  "test/predict/mlflow.test.ts",
  "test/repo/rules.test.ts",
  "test/search/tpe.test.ts",
  "test/simulate/*.test.ts",
  "test/trainer/{backtest,backtest-classification,predict-command}.test.ts",
  "test/trainer/local/*.test.ts",
  "test/training/{classification,honesty,judge,publish}.test.ts",
];

/** The inner loop, `npm run test:quick`: the unit tests without the slow ones. */
export default defineConfig({
  test: { ...unitTests, name: "quick", exclude: [...unitTests.exclude, ...slow] },
});
