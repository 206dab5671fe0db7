import { describe, expect, test } from "vitest";
import { predictValue } from "../../shared/candidates/fitted.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { numberBehind } from "../../shared/forecasts/forecast.ts";
import { sickness } from "../../shared/forecasts/sickness.ts";
import { brier } from "../../shared/stats/brier.ts";
import { seededNormal, seededRandom } from "../support/chance.ts";
import { smallForecast } from "../training/support.ts";
import { fitted, taskOf } from "./support.ts";

/** Days whose logarithm of a number is an AR(1) around ln 30. The event is a number above 30. */
function daysOf(seed: number, days = 1200): Dataset {
  const random = seededRandom(seed);
  let log = Math.log(30);
  const numbers = Array.from({ length: days + 1 }, () => {
    log = Math.log(30) + 0.8 * (log - Math.log(30)) + 0.15 * seededNormal(random);
    return Math.exp(log);
  });
  const before = numbers.slice(0, -1);
  const events = numbers.map((number) => Number(number > 30));
  return {
    rows: days,
    step: 1,
    periods: Array.from({ length: days }, (_, day) => String(1000 + day)),
    period: Int32Array.from({ length: days }, (_, day) => day),
    series: new Int32Array(days),
    columns: [
      { name: "number", dtype: "float", values: Float32Array.from(before) },
      { name: "event_before", dtype: "float", values: Float32Array.from(events.slice(0, -1)) },
    ],
    last: Float64Array.from(events.slice(0, -1)),
    target: Float64Array.from(events.slice(1)),
  };
}

const data = daysOf(1);
const train = { from: 0, to: 800 };
const later = { from: 800, to: 1200 };
const candidate = candidateNamed("event-number");
const task = (of: Dataset, rows = train) => ({
  ...taskOf(of, rows, { task: "classification", transform: "level", last: "event_before", parameters: { alpha: 1 } }),
  behind: "number",
});

describe("the number behind an event", () => {
  test("predicts probabilities that are better than those of the last state", () => {
    const predictions = predictValue(fitted(candidate, task(data)), data, later, "level");
    const states = predictValue(fitted(candidateNamed("state-frequency"), task(data)), data, later, "level");
    const outcomes = data.target.subarray(later.from, later.to);
    expect(predictions.every((probability) => probability >= 0 && probability <= 1)).toBe(true);
    expect(brier(outcomes, predictions)).toBeLessThan(0.97 * brier(outcomes, states));
  });

  test("does not read the number of the period after the last training row", () => {
    const columns = data.columns.map((column) =>
      column.name === "number" && column.dtype === "float"
        ? { ...column, values: column.values.map((value, row) => (row < train.to ? value : 1e6)) }
        : column,
    );
    const changed = { ...data, columns };
    expect(fitted(candidate, task(changed))).toEqual(fitted(candidate, task(data)));
  });

  test("leaves out days without a number", () => {
    const columns = data.columns.map((column) =>
      column.name === "number" && column.dtype === "float"
        ? { ...column, values: column.values.map((value, row) => (row % 5 === 0 ? Number.NaN : value)) }
        : column,
    );
    const predictions = predictValue(fitted(candidate, task({ ...data, columns })), data, later, "level");
    expect(predictions.every(Number.isFinite)).toBe(true);
  });

  test("is refused for a target that is not an event of a number", () => {
    const fit = candidate.fit({ ...task(data), behind: null });
    expect(fit.ok ? null : fit.error).toMatchObject({ found: "no number behind the event" });
  });
});

test("the number behind bad air is the highest index of the day before", () => {
  expect(numberBehind(sickness)).toBe("european_aqi_max");
  expect(numberBehind(smallForecast)).toBeNull();
});
