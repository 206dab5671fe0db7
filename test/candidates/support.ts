import { average, averageParameters } from "../../shared/candidates/average.ts";
import type { Candidate, FitTask, Task } from "../../shared/candidates/candidate.ts";
import { type Fitted, moveOf, type Transform } from "../../shared/candidates/fitted.ts";
import { candidates } from "../../shared/candidates/index.ts";
import type { Column, Dataset, RowRange } from "../../shared/features/dataset.ts";
import type { SearchPoint } from "../../shared/search/space.ts";
import { modelOf } from "../models/support.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";

/** Makes 40 periods × 12 series. If the target moves, the move is 3 × signal + a constant of the town + noise. */
export function smallData(seed = 1, periods = 40): Dataset {
  const random = seededRandom(seed);
  const each = 12;
  const rows = periods * each;
  const towns = ["Leon", "Merida", "Oaxaca"];
  const codes = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const signal = Float32Array.from({ length: rows }, () => seededNormal(random));
  const gaps = Float32Array.from({ length: rows }, () => (random() < 0.2 ? Number.NaN : seededNormal(random)));
  const last = Float64Array.from({ length: rows }, () => Math.round(2000 + 200 * random()) / 100);
  const target = last.map((value, row) => {
    const moves = random() < 1 / (1 + Math.exp(-4 * (signal[row] ?? 0)));
    const move = 3 * (signal[row] ?? 0) + (codes[row] ?? 0) + 0.1 * seededNormal(random);
    return moves ? Math.round((value + move) * 100) / 100 : value;
  });
  return {
    step: 1,
    rows,
    periods: Array.from({ length: periods }, (_, period) => `2026-${String(period).padStart(4, "0")}`),
    period: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / each)),
    series: Int32Array.from({ length: rows }, (_, row) => row % each),
    columns: [
      { name: "town", dtype: "string", codes, categories: towns },
      { name: "signal", dtype: "float", values: signal },
      { name: "gaps", dtype: "float", values: gaps },
      { name: "season", dtype: "float", values: Float32Array.from(last, (value) => value - 0.5) },
    ],
    last,
    target,
  };
}

export function taskOf(
  data: Dataset,
  rows: RowRange,
  { parameters = {}, seed = 1, transform = "difference", task = "regression", last = "season" }: TaskOptions = {},
): FitTask {
  const move = data.target.map((value, row) => moveOf(transform, value, data.last[row] ?? Number.NaN));
  return {
    task,
    last,
    data,
    move,
    transform,
    rows,
    parameters,
    seed,
    tolerance: 0.005,
    seasonal: "season",
    behind: null,
    changes: null,
  };
}

interface TaskOptions {
  readonly parameters?: SearchPoint;
  readonly seed?: number;
  readonly transform?: Transform;
  readonly task?: Task;
  readonly last?: string;
}

/** Candidates for classifications only. */
export const classifiers = ["base-rate", "state-frequency", "logistic", "event-number"];

/** They read features that a forecast declares for them; they have tests of their own. */
const ownTests = ["seasonal-growth", "drift", "changes"];

/** Every candidate for a regression, with parameters for a small panel. */
export const everyCandidate: readonly {
  readonly id: string;
  readonly candidate: Candidate;
  readonly parameters: SearchPoint;
}[] = [
  ...candidates
    .filter(({ id }) => !classifiers.includes(id) && !ownTests.includes(id))
    .map((candidate) => ({
      id: candidate.id,
      candidate,
      parameters: { leafRowsMin: 5, alpha: 1, iterations: 30, trees: 5 },
    })),
  {
    id: average.id,
    candidate: average,
    parameters: averageParameters([
      { candidate: "ridge", parameters: { alpha: 1 } },
      { candidate: "random-forest", parameters: { trees: 5, leafRowsMin: 5 } },
    ]),
  },
];

export function fitted(candidate: Candidate, task: FitTask): Fitted {
  return modelOf(candidate.fit(task));
}

/** Returns the dataset with different numbers, categories (one of them new) and outcomes from row `from` on. */
export function withOtherFuture(data: Dataset, from: number, seed: number): Dataset {
  const random = seededRandom(seed);
  const columns = data.columns.map((column): Column => {
    if (column.dtype === "float") {
      return {
        ...column,
        values: column.values.map((value, row) => (row < from ? value : random() < 0.2 ? Number.NaN : 100 * random())),
      };
    }
    const categories = [...column.categories, "Zapopan"];
    return {
      ...column,
      categories,
      codes: column.codes.map((code, row) => (row < from ? code : Math.floor(4 * random()))),
    };
  });
  const other = (values: Float64Array) => values.map((value, row) => (row < from ? value : 1 + 50 * random()));
  return { ...data, columns, last: other(data.last), target: other(data.target) };
}
