import { defineConfig } from "vitest/config";
import { unitTests } from "./vitest.config.ts";

/** Unit tests that take more than about 2 s of processor time: whole trainings, child processes, fuzzing, bundling. */
const slow = [
  "test/candidates/classification.test.ts",
  "test/features/past-only.test.ts",
  "test/feeds/{fuzz,gold-csv,names,open-workbook,real,workbook,worst-input}.test.ts",
  "test/fuzz/fuzz.test.ts",
  "test/onnx/{elementwise,encoding,read}.test.ts",
  "test/predict/{mlflow,worst-bodies}.test.ts",
  "test/reports/large-report.test.ts",
  "test/repo/rules.test.ts",
  "test/search/tpe.test.ts",
  "test/simulate/{gold-market,milk-market,open-meteo-publication,publisher,sniim-workbook}.test.ts",
  "test/trainer/{backtest,backtest-classification,import-model,predict-command,record-command,report-command}.test.ts",
  "test/trainer/local/{bundles,migrations,state,worker-options}.test.ts",
  "test/trainer/replay/replay.test.ts",
  "test/training/{classification,honesty,outcome-text,publish}.test.ts",
];

/** The inner loop, `npm run test:quick`: the unit tests without the slow ones. */
export default defineConfig({
  test: { ...unitTests, name: "quick", exclude: [...unitTests.exclude, ...slow] },
});
