/** Scores published predictions when the values of their period are known. */

import type { Counting } from "../api/report-states.ts";
import { crps } from "../distributions/crps.ts";
import { intervalLevels, quantileLevels } from "../distributions/summary.ts";
import { fromUnits, toUnits } from "../distributions/units.ts";
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { extraDecimals, roundTo } from "../predict/decimal.ts";
import type { PublishedKey } from "./keys.ts";
import type { PublishedPoint, PublishedPrediction } from "./published-prediction.ts";
import type { PublishedScore } from "./published-score.ts";

type ScoredForecast = Pick<Forecast, "task" | "target" | "dimensions">;

export interface ScoreTask {
  readonly forecast: ScoredForecast;
  /** The history with the values of the period `target`, and with the origins. */
  readonly panel: Panel;
  readonly target: string;
}

/** A publication whose predictions are scored. */
export interface Scorable extends Pick<PublishedKey, "origin" | "role" | "revision"> {
  readonly counts: Counting;
  readonly predictions: readonly PublishedPrediction[];
  /** For the next event: the series whose event of the period it predicted, as JSON of their values of the dimensions. */
  readonly series?: ReadonlySet<string>;
}

/**
 * Scores the predictions of a publication for one period. The step of a period is its distance from the origin in the history:
 * a publication that comes on another day than the schedule expects is still the next one. The next event of a series is always
 * one step ahead. Predictions without a value have no score. O(predictions × (series + size of a distribution)).
 */
export function scorePublication({ forecast, panel, target }: ScoreTask, publication: Scorable): PublishedScore[] {
  const { origin, role, revision, counts, predictions, series: scored } = publication;
  const [from, to] = [panel.periods.indexOf(origin), panel.periods.indexOf(target)];
  if (from === -1 || to <= from) return [];
  const actuals = new Actuals(panel, from, to);
  const ahead = scored === undefined ? to - from : 1;
  return predictions.flatMap((prediction): PublishedScore[] => {
    if (prediction.step !== ahead || scored?.has(actuals.keyOf(prediction)) === false) return [];
    const actual = actuals.of(prediction, forecast);
    const own = actual === null ? null : lossOf(forecast, prediction, actual);
    if (actual === null || own === null) return [];
    const { set, series, step, version, servedBy, baseline } = prediction;
    return [
      {
        ...{ set, series, origin, role, revision, step, target, counts, version, servedBy, actual },
        low90: prediction.quantiles?.[interval90.low] ?? null,
        high90: prediction.quantiles?.[interval90.high] ?? null,
        error: roundTo(actual - (pointOf(prediction) ?? Number.NaN), forecast.target.decimals + extraDecimals),
        loss: own,
        baselineLoss: baseline === null ? own : lossOf(forecast, baseline, actual),
        covered: coveredBy(forecast, prediction, actual),
        exact: prediction.median === null ? null : isSame(forecast, prediction.median, actual),
      },
    ];
  });
}

/** The values of a period, for series and groups. */
class Actuals {
  readonly #panel: Panel;
  readonly #from: number;
  readonly #to: number;
  readonly #positions: ReadonlyMap<string, number>;

  constructor(panel: Panel, from: number, to: number) {
    this.#panel = panel;
    this.#from = from;
    this.#to = to;
    this.#positions = new Map(panel.series.map(({ is }, position) => [JSON.stringify(is), position]));
  }

  /** Returns the key of a prediction's series. */
  keyOf({ series }: Pick<PublishedPrediction, "series">): string {
    return JSON.stringify(this.#panel.dimensions.map((name) => series[name] ?? ""));
  }

  /** Returns the value that a prediction is compared with; null if it is missing. */
  of(prediction: PublishedPrediction, { target }: ScoredForecast): number | null {
    const { set, series, last } = prediction;
    if (set !== seriesSet) {
      const change = this.#matchedChange(series);
      return change === null || last === null ? null : roundTo(last + change, target.decimals + extraDecimals);
    }
    const position = this.#positions.get(this.keyOf(prediction));
    const value = position === undefined ? undefined : this.#panel.series[position]?.values[this.#to];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  /** Returns the mean change of the series of a group with a value at both periods; null without one. */
  #matchedChange(group: Readonly<Record<string, string>>): number | null {
    const { dimensions, series } = this.#panel;
    let [sum, count] = [0, 0];
    for (const { is, values } of series) {
      if (!dimensions.every((name, at) => group[name] === undefined || group[name] === is[at])) continue;
      const change = (values[this.#to] ?? Number.NaN) - (values[this.#from] ?? Number.NaN);
      if (Number.isNaN(change)) continue;
      sum += change;
      count++;
    }
    return count === 0 ? null : sum / count;
  }
}

function pointOf({ median, mean, event }: PublishedPoint): number | null {
  return event ?? median ?? mean;
}

/** Returns the Brier score of a probability, else the CRPS: of a prediction without a distribution its absolute error. */
function lossOf({ target }: ScoredForecast, point: PublishedPoint, actual: number): number | null {
  const { event, distribution } = point;
  if (event !== null) return (event - actual) ** 2;
  if (distribution !== null) return fromUnits(crps(distribution, toUnits(actual, target.decimals)), target.decimals);
  const value = pointOf(point);
  return value === null ? null : Math.abs(value - actual);
}

const isSame = ({ target }: ScoredForecast, a: number, b: number) =>
  toUnits(a, target.decimals) === toUnits(b, target.decimals);

/** Returns the positions in `quantileLevels` of the ends of an interval. */
function endsOf(level: number): { readonly low: number; readonly high: number } {
  const nearest = (wanted: number) => quantileLevels.findIndex((one) => Math.abs(one - wanted) < 1e-9);
  return { low: nearest((1 - level) / 2), high: nearest((1 + level) / 2) };
}

const ends = intervalLevels.map(endsOf);
const interval90 = endsOf(0.9);

function coveredBy(
  { target }: ScoredForecast,
  { quantiles }: PublishedPrediction,
  actual: number,
): readonly boolean[] | null {
  if (quantiles === null) return null;
  const unitsOf = (value: number | undefined) => toUnits(value ?? Number.NaN, target.decimals);
  const outcome = unitsOf(actual);
  return ends.map(({ low, high }) => outcome >= unitsOf(quantiles[low]) && outcome <= unitsOf(quantiles[high]));
}
