/** The baselines of the steps after the last period, for one member of a set at a time. Serving and reports use them. */
import type { Distribution } from "../distributions/distribution.ts";
import type { RecentChanges } from "../distributions/recent-changes.ts";
import type { Dataset } from "../features/dataset.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { distributionAfter, recentChanges } from "./own-changes.ts";
import { centredChanges, changeOptions, type StepBaseline, scaledErrors } from "./step-baselines.ts";
import { pointPredictions, recentShareOf, stateOf } from "./step-points.ts";
import type { Level, SteppedForecast, StepSet } from "./step-sets.ts";

export interface NextStep {
  readonly baseline: StepBaseline;
  /** The point of the baseline, in the target's unit. For a classification the probability of the event. */
  readonly mean: number;
  /** In whole units of the published digit; null for a classification, or if a feature is missing. */
  readonly distribution: Distribution | null;
}

/** What is computed once for a step, for all members. */
type StepFunction = (member: number, level: Level) => NextStep;

export class NextSteps {
  readonly #forecast: SteppedForecast;
  readonly #set: StepSet;
  readonly #baselines: readonly StepBaseline[];
  readonly #functions = new Map<number, StepFunction>();

  constructor(forecast: SteppedForecast, set: StepSet, baselines: readonly StepBaseline[]) {
    this.#forecast = forecast;
    this.#set = set;
    this.#baselines = baselines;
  }

  /** The steps that have a baseline, ascending. */
  get steps(): readonly number[] {
    return this.#baselines.map(({ step }) => step);
  }

  /**
   * Returns the baseline of one step for a member with a level; null if the step has no baseline. The first use of a step counts
   * the changes of all members; later ones are O(different changes).
   */
  at(member: number, level: Level, step: number): NextStep | null {
    const baseline = this.#baselines.find((one) => one.step === step);
    if (baseline === undefined) return null;
    const compute = this.#functions.get(step) ?? this.#functionOf(baseline);
    this.#functions.set(step, compute);
    return compute(member, level);
  }

  /** The function of a distribution does not hold the rows of its step, which need much memory. */
  #functionOf(baseline: StepBaseline): StepFunction {
    const { spread, step, point } = baseline;
    const { distribution, target } = this.#forecast;
    if (spread.kind === "probability") return eventFunction(this.#set, baseline, spread.after);
    const { periods } = this.#set.rowsOf(step);
    const power = 10 ** target.decimals;
    const meanOf = (member: number, { value }: Level) => {
      const row = nextRow({ step, periods }, member, value);
      return pointPredictions(this.#set, row, { from: 0, to: 1 }, point)[0] ?? Number.NaN;
    };
    if (spread.kind === "location-scale") {
      const around = scaledErrors(this.#forecast, spread.shape);
      return (member, level) => {
        const mean = meanOf(member, level);
        const scale = Math.max(spread.scale === "point" ? mean : level.scale, toleranceOf(this.#forecast));
        const isKnown = Number.isFinite(scale);
        return { baseline, mean, distribution: isKnown ? around(mean * power, scale * power) : null };
      };
    }
    if (distribution?.kind !== "changes") throw new RangeError("the forecast declares no distribution of changes");
    const options = changeOptions(this.#forecast, this.#set, distribution);
    const recent: RecentChanges = recentChanges(this.#set.rowsOf(step), options);
    const centred = centredChanges(this.#set, step, distribution);
    return (member, level) => {
      const mean = meanOf(member, level);
      const counts = recent.countsOf(member);
      const own = distributionAfter(level.value, { counts, weights: spread.weights, options });
      return { baseline, mean, distribution: centred(own, mean * power) };
    };
  }
}

/** Returns the probability of an event: after the last state, or how often it happened recently. */
function eventFunction(set: StepSet, baseline: StepBaseline, after: readonly [number, number] | null): StepFunction {
  const data = set.rowsOf(baseline.step);
  return (member, { value }) => {
    const mean = after === null ? recentShareOf(data, member) : after[stateOf(value)];
    return { baseline, mean, distribution: null };
  };
}

/** Returns a dataset with one row: from the last period to the target after `step` periods, which is not known. */
function nextRow({ step, periods }: Pick<Dataset, "step" | "periods">, member: number, last: number): Dataset {
  return {
    step,
    rows: 1,
    periods,
    period: Int32Array.of(periods.length - 1 + step),
    series: Int32Array.of(member),
    columns: [],
    last: Float64Array.of(last),
    target: Float64Array.of(Number.NaN),
  };
}
