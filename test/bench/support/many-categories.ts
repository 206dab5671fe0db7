/** A dataset of many series in many cities, to measure the training of linear models on categories. */
import type { FitTask } from "../../../shared/candidates/candidate.ts";
import type { Column, Dataset } from "../../../shared/features/dataset.ts";
import { createRandom } from "../../../shared/models/random.ts";

export const CITIES = 1_250;
export const SERIES = 5_000;
export const NUMBERS = 8;

/** Returns 5,000 series in 1,250 cities with a row per period: the target depends on both and on eight numbers. O(rows). */
export function manyCategories(rows: number): Dataset {
  const random = createRandom(1);
  const uniforms = (count: number) => Float64Array.from({ length: count }, () => random.uniform());
  const series = Int32Array.from({ length: rows }, (_, row) => row % SERIES);
  const city = series.map((one) => one % CITIES);
  const numbers = Array.from({ length: NUMBERS }, () => Float32Array.from({ length: rows }, () => random.uniform()));
  const [ofSeries, ofCity] = [uniforms(SERIES), uniforms(CITIES)];
  const target = Float64Array.from({ length: rows }, (_, row) => {
    const sum = numbers.reduce((total, values, at) => total + at * (values[row] ?? 0), 0);
    return sum + (ofSeries[series[row] ?? 0] ?? 0) + 3 * (ofCity[city[row] ?? 0] ?? 0) + random.uniform();
  });
  const named = (prefix: string, count: number) => Array.from({ length: count }, (_, at) => `${prefix} ${10_000 + at}`);
  const columns: Column[] = [
    { name: "series", dtype: "string", codes: series, categories: named("series", SERIES) },
    { name: "city", dtype: "string", codes: city, categories: named("city", CITIES) },
    ...numbers.map((values, at): Column => ({ name: `number ${at}`, dtype: "float", values })),
  ];
  const periods = Array.from({ length: Math.ceil(rows / SERIES) }, (_, at) => `period ${10_000 + at}`);
  const period = Int32Array.from({ length: rows }, (_, row) => Math.floor(row / SERIES));
  return { step: 1, rows, periods, period, series, columns, last: new Float64Array(rows), target };
}

/** Returns the task of fitting all rows. */
export function fitTaskOf(data: Dataset): FitTask {
  return {
    task: "regression",
    data,
    move: data.target,
    transform: "level",
    rows: { from: 0, to: data.rows },
    parameters: { alpha: 1000 },
    seed: 1,
    tolerance: 0,
    last: "number 0",
    seasonal: null,
    behind: null,
    changes: null,
  };
}
