import { describe, expect, test } from "vitest";
import type { Dataset } from "../../shared/features/dataset.ts";
import {
  joinPredicted,
  type Predicted,
  pickPredicted,
  predictedOfOutputs,
  slicePredicted,
} from "../../shared/judging/predicted.ts";
import {
  errorOf,
  formOf,
  type Scoring,
  scoredByOtherPeriods,
  scoredByOwnErrors,
  withLosses,
} from "../../shared/judging/scoring.ts";
import { smallForecast } from "../training/support.ts";

/** One row per period: the target, the last value, and two scales. */
function datasetOf(rows: readonly { target: number; last: number; calm?: number; wild?: number }[]): Dataset {
  const column = (name: string, values: readonly number[]) => ({
    name,
    dtype: "float" as const,
    values: Float32Array.from(values),
  });
  return {
    rows: rows.length,
    step: 1,
    periods: rows.map((_, i) => `2026-01-${String(i + 1).padStart(2, "0")}`),
    period: Int32Array.from(rows, (_, i) => i),
    series: new Int32Array(rows.length),
    columns: [
      column(
        "calm",
        rows.map(({ calm = 1 }) => calm),
      ),
      column(
        "wild",
        rows.map(({ wild = 1 }) => wild),
      ),
    ],
    last: Float64Array.from(rows, ({ last }) => last),
    target: Float64Array.from(rows, ({ target }) => target),
  };
}

const regression = { ...smallForecast, metric: "crps" as const };
const all = ({ rows }: Dataset) => ({ from: 0, to: rows });
const plain = (values: readonly number[]): Predicted => ({ predictions: Float64Array.from(values), changes: null });

/** Predicts with equal probability that nothing changes, and a rise by 0.10. */
function stayOrRise(rows: number): Predicted {
  const each = (value: number) => new Float32Array(rows).fill(value);
  const pairs = (...pair: readonly number[]) => Float32Array.from({ length: 2 * rows }, (_, i) => pair[i % 2] ?? 0);
  const changes = {
    width: 2,
    down: each(0),
    up: each(0.5),
    either: each(0.5),
    changes: pairs(0, 0.1),
    masses: pairs(0.5, 0.5),
  };
  return { predictions: new Float64Array(rows).fill(20.05), changes };
}

describe("losses by CRPS", () => {
  test("of a distribution of changes are those of the whole distribution, in the target's unit", () => {
    const data = datasetOf([
      { target: 20, last: 20 },
      { target: 20.3, last: 20 },
    ]);
    const scoring: Scoring = { forecast: regression, data };
    const { losses, form } = scoredByOwnErrors(scoring, { ...stayOrRise(2), rows: all(data) });
    expect(form).toEqual({ kind: "changes", positive: false });
    // E|X − y| − ½ E|X − X′|: 0.05 − 0.025, and 0.25 − 0.025.
    expect(losses[0]).toBeCloseTo(0.025, 10);
    expect(losses[1]).toBeCloseTo(0.225, 10);
    expect(errorOf("crps", losses)).toBeCloseTo(0.125, 10);
  });

  test("of a prediction use its earlier errors as the shape", () => {
    const data = datasetOf([
      { target: 21, last: 20 },
      { target: 19, last: 20 },
      { target: 20, last: 20 },
    ]);
    const scoring: Scoring = { forecast: regression, data };
    const form = formOf(scoring, { ...plain([20, 20]), rows: { from: 0, to: 2 } });
    expect(form).toMatchObject({ kind: "location-scale", shape: [-1, 1] });
    const { losses } = withLosses(scoring, { ...plain([20]), rows: { from: 2, to: 3 } }, form);
    // The distribution is 19 or 21: E|X − 20| = 1, and ½ E|X − X′| = 0.5.
    expect(losses[0]).toBeCloseTo(0.5, 10);
  });

  test("of an import are not learned from the scored period itself", () => {
    const rows = [1, 3, -1, -3].map((error) => ({ target: 20 + error, last: 20 }));
    const data = datasetOf(rows);
    const scoring: Scoring = { forecast: regression, data };
    const predicted = { ...plain([20, 20, 20, 20]), rows: all(data) };
    // Even periods have the errors ±1 and odd ones ±3. Each is predicted with the errors of the others.
    // E|X − y| − ½ E|X − X′|: 3 − 1.5 with ±3, and 3 − 0.5 with ±1.
    expect([...scoredByOtherPeriods(scoring, predicted).losses]).toEqual([1.5, 2.5, 1.5, 2.5]);
    expect(Math.max(...scoredByOwnErrors(scoring, predicted).losses)).toBeLessThan(1.8);
  });
});

test("of several declared scales the one with the lower CRPS is used", () => {
  // The errors are proportional to `wild`, and `calm` does not vary.
  const data = datasetOf(
    Array.from({ length: 40 }, (_, i) => {
      const wild = i % 4 < 2 ? 0.1 : 4;
      return { target: 20 + wild * (i % 2 === 0 ? 1 : -1), last: 20, wild, calm: 1 };
    }),
  );
  const of = (scales: readonly string[]) =>
    formOf(
      { forecast: { ...regression, distribution: { kind: "location-scale", positive: true, scales } }, data },
      { ...plain(new Array<number>(40).fill(20)), rows: all(data) },
    );
  expect(of(["calm", "wild"])).toMatchObject({ scaledBy: "wild" });
  expect(of(["wild", "calm"])).toMatchObject({ scaledBy: "wild" });
  expect(of(["calm"])).toMatchObject({ scaledBy: "calm", positive: true });
});

test("a classification has no distribution of values, and its losses are squared errors", () => {
  const data = datasetOf([{ target: 1, last: 0 }]);
  const forecast = { ...smallForecast, task: "classification" as const, metric: "brier" as const };
  const { form, losses } = scoredByOwnErrors({ forecast, data }, { ...plain([0.25]), rows: all(data) });
  expect(form).toBeNull();
  expect([...losses]).toEqual([0.5625]);
});

test("predictions survive cutting, joining and the outputs of a file; a row without one stays at the last value", () => {
  const whole = stayOrRise(4);
  expect(joinPredicted([slicePredicted(whole, 0, 1), slicePredicted(whole, 1)])).toEqual(whole);
  expect(joinPredicted([plain([1]), plain([2])])).toEqual(plain([1, 2]));
  const outputs = {
    prediction: Float32Array.of(20, 21),
    changes: Float32Array.of(0, 1, 0, 2),
    change_masses: Float32Array.of(0.5, 0.5, 0.75, 0.25),
  };
  const read = predictedOfOutputs(outputs, 2);
  expect([read.predictions, read.changes?.width]).toEqual([Float64Array.of(20, 21), 2]);
  expect(predictedOfOutputs({ prediction: Float32Array.of(3) }, 1)).toEqual(plain([3]));
  const picked = pickPredicted(read, [1, -1], () => 19);
  expect(picked.predictions).toEqual(Float64Array.of(21, 19));
  expect(picked.changes).toMatchObject({
    changes: Float32Array.of(0, 2, 0, 0),
    masses: Float32Array.of(0.75, 0.25, 1, 0),
  });
});
