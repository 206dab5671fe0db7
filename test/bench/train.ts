/** Measures training on one thread. */

import { predictMove } from "../../shared/candidates/fitted.ts";
import { ridge } from "../../shared/candidates/ridge.ts";
import type { TrainingData } from "../../shared/models/fit.ts";
import { fitGradientBoosting } from "../../shared/models/gradient-boosting.ts";
import { createRandom } from "../../shared/models/random.ts";
import { fitRandomForest } from "../../shared/models/random-forest.ts";
import { type Bench, medianOf, type Result } from "./bench.ts";
import { CITIES, fitTaskOf, manyCategories, NUMBERS, SERIES } from "./support/many-categories.ts";

const COLUMNS = 12;
/** Time of XGBoost 3.2 `hist` on the same shape with one thread. Our training may take twice as long. */
const XGBOOST_SECONDS = 2.5;
const RUNS = 5;
const RIDGE_ROWS = 2_000_000;
/** Written-out 0/1 columns would need 50 GB. */
const RIDGE_MEMORY_MB_MAX = 1024;
/** Times of other tools, measured with the same shapes on a machine of this kind. */
const references: Readonly<Record<string, string>> = {
  "gradient boosting 100k × 12, 100 trees, 31 leaves, squared loss": `XGBoost hist ${XGBOOST_SECONDS} s, scikit-learn 2.4 s`,
  "random forest 10k × 12, 100 trees, leaves of 1 row, all columns":
    "scikit-learn about 10 s (0.1 s a tree), ml-random-forest about 6,100 s (61 s a tree)",
};

function friedmanTable(rows: number): TrainingData {
  const random = createRandom(1);
  const values = Float32Array.from({ length: rows * COLUMNS }, () => random.uniform());
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = values.subarray(row * COLUMNS, row * COLUMNS + 5);
    const noise = random.uniform() + random.uniform() - random.uniform() - random.uniform();
    return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + noise;
  });
  return { features: { rows, columns: COLUMNS, layout: "row-major", values }, target };
}

function medianSeconds(train: () => { readonly ok: boolean }): number {
  const seconds = Array.from({ length: RUNS }, () => {
    const start = performance.now();
    if (!train().ok) throw new Error("the training refused the data of the bench");
    return (performance.now() - start) / 1000;
  });
  return medianOf(seconds);
}

/** Fits and predicts with 6,250 categories. The first work of the process, because its peak of memory is measured. */
function measureRidge(): Result[] {
  const task = fitTaskOf(manyCategories(RIDGE_ROWS));
  const start = performance.now();
  const fit = ridge.fit(task);
  const fitted = performance.now();
  if (!fit.ok) throw new Error("the ridge refused the data of the bench");
  predictMove(fit.value, task.data, task.rows, task.transform);
  const predicted = performance.now();
  const shape = `ridge 2M × ${NUMBERS} numbers, ${CITIES + SERIES} categories`;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return [
    { what: shape, value: (fitted - start) / 1000, unit: "s", limit: null },
    { what: `${shape}, prediction of all rows`, value: (predicted - fitted) / 1000, unit: "s", limit: null },
    { what: `${shape}, memory of the process`, value: peakMb, unit: "MB", limit: RIDGE_MEMORY_MB_MAX },
  ];
}

export async function run(): Promise<Bench> {
  const ofRidge = measureRidge();
  const large = friedmanTable(100_000);
  const small = friedmanTable(10_000);
  const boosting = (loss: "squared" | "absolute") =>
    medianSeconds(() => fitGradientBoosting({ loss, patience: 100 }, large));
  const classes = { ...large, target: large.target.map((value) => (value > 14 ? 1 : 0)) };
  const measured: [string, number, number | null][] = [
    ["gradient boosting 100k × 12, 100 trees, 31 leaves, squared loss", boosting("squared"), 2 * XGBOOST_SECONDS],
    ["gradient boosting 100k × 12, 100 trees, 31 leaves, absolute loss", boosting("absolute"), null],
    [
      "gradient boosting 100k × 12, 100 trees, 31 leaves, logistic loss",
      medianSeconds(() => fitGradientBoosting({ loss: "logistic" }, classes)),
      null,
    ],
    [
      "random forest 10k × 12, 100 trees, leaves of 5 rows, a third of the columns",
      medianSeconds(() => fitRandomForest({}, small)),
      null,
    ],
    [
      "random forest 10k × 12, 100 trees, leaves of 1 row, all columns",
      medianSeconds(() => fitRandomForest({ leafRowsMin: 1, splitColumnShare: 1 }, small)),
      null,
    ],
  ];
  const results = measured.map(([what, value, limit]) => {
    const reference = references[what];
    return { what, value, unit: "s", limit, ...(reference !== undefined && { reference }) };
  });
  return { name: "train", results: [...results, ...ofRidge] };
}
