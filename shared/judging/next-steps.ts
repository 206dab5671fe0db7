/** The forecasts of the steps after the last period, by a learner or the baselines, for one member of a set at a time. */
import type { Distribution } from "../distributions/distribution.ts";
import type { RecentChanges } from "../distributions/recent-changes.ts";
import { expectedValueOf } from "../distributions/summary.ts";
import { toUnits } from "../distributions/units.ts";
import { withChances } from "../distributions/with-chances.ts";
import type { Dataset } from "../features/dataset.ts";
import { toleranceOf } from "../forecasts/forecast.ts";
import { distributionAfter, recentChanges } from "./own-changes.ts";
import { centredChanges, changeOptions, type StepBaseline, scaledErrors } from "./step-baselines.ts";
import { pointPredictions, recentShareOf, stateOf } from "./step-points.ts";
import type { Level, SteppedForecast, StepSet } from "./step-sets.ts";

export interface NextStep {
  /** The learner's candidate, or the kind of the baseline's point. */
  readonly servedBy: string;
  /** The point of the baseline or of the learner, in the target's unit. For a classification the probability of the event. */
  readonly mean: number;
  /** In whole units of the published digit; null for a classification, or if a feature is missing. */
  readonly distribution: Distribution | null;
}

/** What a learner predicts for one member and step. */
export interface LearnedStep {
  /** In the target's unit, or a probability; null if it predicts directions. */
  readonly value: number | null;
  /** The probabilities of a fall and of a rise; null if it predicts a value. */
  readonly directions: { readonly down: number; readonly up: number } | null;
  /** Errors around the value, divided by their scale; null without a distribution around a point. */
  readonly shape: readonly number[] | null;
}

/** A learner of further steps, which serves some of them. */
export interface StepPredictor {
  readonly candidate: string;
  /** Returns the prediction of a step; null if a baseline serves it. */
  at(member: number, step: number): LearnedStep | null;
}

/** What is computed once for a step, for all members. */
type StepFunction = (member: number, level: Level) => NextStep;

export class NextSteps {
  readonly #forecast: SteppedForecast;
  readonly #set: StepSet;
  readonly #baselines: readonly StepBaseline[];
  readonly #learner: StepPredictor | null;
  readonly #functions = new Map<number, StepFunction>();

  /** @param learner null if the baselines serve all steps */
  constructor(
    forecast: SteppedForecast,
    set: StepSet,
    served: { readonly baselines: readonly StepBaseline[]; readonly learner: StepPredictor | null },
  ) {
    this.#forecast = forecast;
    this.#set = set;
    this.#baselines = served.baselines;
    this.#learner = served.learner;
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
    const ofBaseline = point.kind;
    const learned = (member: number) => this.#learner?.at(member, step) ?? null;
    const servedBy = (found: LearnedStep | null) => (found === null ? ofBaseline : (this.#learner?.candidate ?? ""));
    if (spread.kind === "probability") {
      const own = eventFunction(this.#set, baseline, spread.after);
      return (member, level) => {
        const found = learned(member);
        return { servedBy: servedBy(found), mean: found?.value ?? own(member, level), distribution: null };
      };
    }
    const { periods } = this.#set.rowsOf(step);
    const pointOf = (member: number, { value }: Level) => {
      const row = nextRow({ step, periods }, member, value);
      return pointPredictions(this.#set, row, { from: 0, to: 1 }, point)[0] ?? Number.NaN;
    };
    if (spread.kind === "changes") return this.#ofChanges(baseline, { learned, servedBy, pointOf });
    const { target } = this.#forecast;
    const power = 10 ** target.decimals;
    const around = scaledErrors(this.#forecast, spread.shape);
    return (member, level) => {
      const found = learned(member);
      const mean = found?.value ?? pointOf(member, level);
      const scale = Math.max(spread.scale === "point" ? mean : level.scale, toleranceOf(this.#forecast));
      const spreadOut = found?.shape ? scaledErrors(this.#forecast, found.shape) : around;
      const distribution = Number.isFinite(scale) ? spreadOut(mean * power, scale * power) : null;
      return { servedBy: servedBy(found), mean, distribution };
    };
  }

  /** Past changes: with the mean of the baseline's point, or with the probabilities of the learner. */
  #ofChanges({ spread, step }: StepBaseline, { learned, servedBy, pointOf }: StepParts): StepFunction {
    const { distribution, target } = this.#forecast;
    if (distribution?.kind !== "changes" || spread.kind !== "changes")
      throw new RangeError("the forecast declares no distribution of changes");
    const power = 10 ** target.decimals;
    const options = changeOptions(this.#forecast, this.#set, distribution);
    const recent: RecentChanges = recentChanges(this.#set.rowsOf(step), options);
    const centred = centredChanges(this.#set, step, distribution);
    return (member, level) => {
      const found = learned(member);
      const counts = recent.countsOf(member);
      const own = distributionAfter(level.value, { counts, weights: spread.weights, options });
      if (found?.directions) {
        const { down, up } = found.directions;
        const chances = { down, same: Math.max(0, 1 - down - up), up };
        const next = withChances(own, toUnits(level.value, target.decimals), chances);
        return { servedBy: servedBy(found), mean: expectedValueOf(next) / power, distribution: next };
      }
      const mean = pointOf(member, level);
      return { servedBy: servedBy(null), mean, distribution: centred(own, mean * power) };
    };
  }
}

/** What the steps of all kinds of distributions have in common. */
interface StepParts {
  learned(member: number): LearnedStep | null;
  servedBy(found: LearnedStep | null): string;
  pointOf(member: number, level: Level): number;
}

/** Returns the probability of an event: after the last state, or how often it happened recently. */
function eventFunction(
  set: StepSet,
  { step }: StepBaseline,
  after: readonly [number, number] | null,
): (member: number, level: Level) => number {
  const data = set.rowsOf(step);
  return (member, { value }) => (after === null ? recentShareOf(data, member) : after[stateOf(value)]);
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
