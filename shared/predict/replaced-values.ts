/** The features of the next period if the newest values of some variables were others. */
import { type History, panelOfHistory } from "../api/history.ts";
import type { Refusal } from "../api/problem.ts";
import { computeFeature } from "../features/compute.ts";
import { boundFeature, reachOf } from "../features/feature.ts";
import { type Panel, pastOf } from "../features/panel.ts";
import { type Forecast, toleranceOf } from "../forecasts/forecast.ts";
import { nextPeriod } from "../forecasts/schedule.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { describeValue } from "./describe-value.ts";

export interface Replacement {
  /** The values of the newest periods by variable, oldest first. Of a source that is published later, its newest values. */
  readonly values: Readonly<Record<string, readonly number[]>>;
  /** The number of values that each variable must have. */
  readonly count: number;
}

/**
 * Returns the features that are computed from observations, as fields of a prediction request. A feature that is missing is
 * omitted. Refuses unknown variables, lists of another length, values that are too large, a value of the target that has no
 * logarithm if the forecast needs it, and forecasts of several series.
 */
export function featuresOfReplaced(
  forecast: Pick<Forecast, "features" | "schedule" | "target">,
  history: History,
  replacement: Replacement,
): Result<Record<string, number>, Refusal> {
  const refusal = refuseReplacement(history, replacement) ?? refuseValues(forecast, history, replacement);
  if (refusal !== null) return failure(refusal);
  const { periods } = history;
  const target = nextPeriod(forecast.schedule, periods.at(-1) ?? "");
  const options = { reach: reachOf(forecast.features), tolerance: toleranceOf(forecast) };
  const past = pastOf(withNewest(history, replacement), periods.length, target, options);
  const computed = forecast.features.filter((feature) => boundFeature(feature).source === "history");
  const known = computed.map((feature): [string, number] => {
    return [feature.name, Number(computeFeature(feature, past).values[0] ?? Number.NaN)];
  });
  return success(Object.fromEntries(known.filter(([, value]) => Number.isFinite(value))));
}

/** Returns the panel of a history with other newest values. */
function withNewest(history: History, { values, count }: Replacement): Panel {
  const panel = panelOfHistory(history);
  const replaced = (name: string, column: Float64Array) => {
    const copy = column.slice();
    const newest = values[name];
    if (newest !== undefined) copy.set(newest, copy.length - count);
    return copy;
  };
  const series = panel.series.map(({ is, values: own, others = {} }) => ({
    is,
    values: replaced(history.variable, own),
    others: Object.fromEntries(Object.entries(others).map(([name, column]) => [name, replaced(name, column)])),
  }));
  return { ...panel, series };
}

function refuseReplacement({ variable, periods, series }: History, { values, count }: Replacement): Refusal | null {
  const [only, ...more] = series;
  if (only === undefined || more.length > 0) {
    const expected = "a forecast of one series";
    return { kind: "unprocessable", detail: "Only the values of a single series can be replaced.", expected };
  }
  const allowed = [variable, ...Object.keys(only.others ?? {})];
  for (const [name, list] of Object.entries(values)) {
    if (!allowed.includes(name)) {
      const detail = `There is no column ${describeValue(name)}.`;
      return { kind: "unprocessable", detail, field: name, found: name, allowed, ...didYouMean(name, allowed) };
    }
    if (list.length !== count || list.length > periods.length) {
      const detail = `${name} has another number of values.`;
      return { kind: "unprocessable", detail, field: name, found: `${list.length}`, expected: `${count} numbers` };
    }
  }
  return null;
}

/** Features are float32. */
const valueMax = 3.4e38;

function refuseValues(
  { target }: Pick<Forecast, "target">,
  { variable }: History,
  { values }: Replacement,
): Refusal | null {
  for (const [name, list] of Object.entries(values)) {
    const isPositive = name === variable && target.transform === "log-difference";
    const wrong = list.find((value) => !(Math.abs(value) <= valueMax) || (isPositive && value <= 0));
    if (wrong === undefined) continue;
    const expected = isPositive ? `numbers above 0, up to ${valueMax}` : `numbers from -${valueMax} to ${valueMax}`;
    const detail = `${name} has a value that is not possible.`;
    return { kind: "unprocessable", detail, field: name, found: String(wrong), expected };
  }
  return null;
}
