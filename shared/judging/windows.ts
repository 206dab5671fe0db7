/** Rolling-origin splits into training and scored rows. Every target of a training row is known at the origin of a scored row. */
import { type Dataset, firstRowAt, type RowRange } from "../features/dataset.ts";
import type { Validation } from "../forecasts/forecast.ts";
import type { Span } from "../registry/card.ts";
import { validationPeriods } from "./validation-periods.ts";

/**
 * A model is fitted to `train` and scored on `rows`. The fold is cut at the origin of its first scored row: `train` has only
 * targets up to this origin. Otherwise a model h steps ahead could learn from what happened between origin and target.
 */
export interface Fold {
  readonly train: RowRange;
  readonly rows: RowRange;
}

export interface Windows {
  /**
   * Rolling origins before validation. Together with those of validation they cover the training span, from which the threshold and
   * the calibration of a classification are computed.
   */
  readonly earlier: readonly Fold[];
  readonly validation: readonly Fold[];
  readonly test: readonly Fold[];
}

/** Share of the periods before the test window that only the first fit of `earlier` uses. */
const firstFitShare = 0.2;

/**
 * Splits the periods: the last `testShare` of them is the test window, and validation is before it. Its length follows the rule of
 * `validation-periods.ts`, unless `validationShare` sets it. Each is split into folds whose lengths differ by at most one period.
 * Each fold is trained on all rows with a target up to its first origin, which is `step` periods before its first target. A fold
 * without rows is omitted.
 */
export function windowsOf(data: Dataset, validation: Validation): Windows {
  const { folds } = validation;
  const edges = edgesOf(data, validation);
  const first = Math.ceil(edges.test * firstFitShare);
  return {
    earlier: first < edges.validation ? foldsOf(data, { from: first, to: edges.validation, folds }) : [],
    validation: foldsOf(data, { from: edges.validation, to: edges.test, folds }),
    test: foldsOf(data, { from: edges.test, to: data.periods.length, folds }),
  };
}

/** Returns the positions of the first period of validation and of the test window. */
function edgesOf(data: Dataset, { testShare, validationShare }: Validation): { validation: number; test: number } {
  const periods = data.periods.length;
  const test = periods - Math.ceil(periods * testShare);
  const length = validationShare === undefined ? validationPeriods(data, test) : Math.ceil(periods * validationShare);
  return { validation: test - length, test };
}

/**
 * Returns the folds that contain the rows of all periods after `period`, and all folds of the test window. The folds before
 * validation are about as long as those of the test window. They leave out the first `periodsMin` periods, because
 * training needs as many.
 */
export function foldsAfter(data: Dataset, period: string, validation: Validation): Fold[] {
  const windows = windowsOf(data, validation);
  const { folds, periodsMin } = validation;
  const { validation: to, test } = edgesOf(data, validation);
  const next = data.periods.findIndex((one) => one > period);
  const from = Math.max(periodsMin, next === -1 ? to : next);
  const length = Math.ceil((data.periods.length - test) / folds);
  const earlier = from < to ? foldsOf(data, { from, to, folds: Math.ceil((to - from) / length) }) : [];
  const isAfter = ({ rows }: Fold) => (data.periods[data.period[rows.to - 1] ?? 0] ?? "") > period;
  return [...earlier, ...windows.validation.filter(isAfter), ...windows.test];
}

function foldsOf(
  data: Dataset,
  window: { readonly from: number; readonly to: number; readonly folds: number },
): Fold[] {
  const count = Math.min(window.folds, window.to - window.from);
  const edgeAt = (fold: number) => window.from + Math.ceil(((window.to - window.from) * fold) / count);
  const all = Array.from({ length: count }, (_, fold): Fold => {
    const rows = { from: firstRowAt(data, edgeAt(fold)), to: firstRowAt(data, edgeAt(fold + 1)) };
    return { train: { from: 0, to: firstRowAt(data, edgeAt(fold) - data.step + 1) }, rows };
  });
  return all.filter(({ rows }) => rows.to > rows.from);
}

/** Returns the rows of all folds, which are contiguous. */
export function rowsOf(folds: readonly Fold[]): RowRange {
  return { from: folds[0]?.rows.from ?? 0, to: folds.at(-1)?.rows.to ?? 0 };
}

/** Returns the first and the last target period of some rows, and the number of periods and rows. */
export function spanOf(data: Dataset, rows: RowRange): Span {
  const periods = new Set(data.period.subarray(rows.from, rows.to));
  return {
    from: data.periods[data.period[rows.from] ?? 0] ?? "",
    to: data.periods[data.period[rows.to - 1] ?? 0] ?? "",
    periods: periods.size,
    rows: rows.to - rows.from,
  };
}
