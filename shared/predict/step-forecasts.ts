/**
 * The steps of a forecast after the newest period: for each series, and each group of series, and each step, the target period and
 * the distribution of the step's learner or baseline. Answers and reports use it. The first step of a series is the model's.
 */
import { toUnits } from "../distributions/units.ts";
import type { Panel } from "../features/panel.ts";
import { nextPeriod } from "../forecasts/schedule.ts";
import { type NextStep, NextSteps, type StepPredictor } from "../judging/next-steps.ts";
import { type Level, type StepSet, seriesSet, stepSetsOf } from "../judging/step-sets.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import type { StepBaselines } from "../registry/step-baselines.ts";
import { type LoadedLearner, learnedSteps } from "./learned-steps.ts";
import { type RowSummary, summaryOf } from "./row-summary.ts";
import type { Snapshot } from "./snapshot.ts";

export interface ComputedStep {
  readonly step: number;
  readonly target: string;
  /** What serves the step: the learner's candidate, or the kind of the baseline. */
  readonly servedBy: string;
  /** The mean in the target's unit, or the probability of a classification. */
  readonly mean: number;
  /** Median, quantiles, intervals and probabilities; null for a classification, or if a feature is missing. */
  readonly summary: RowSummary | null;
}

/** The series of a forecast, or its groups by one rule. */
export interface SteppedSet {
  /** `series`, or the name of the group rule. */
  readonly name: string;
  /** The dimensions that name a member. */
  readonly by: readonly string[];
  /** The values of these dimensions for each member. */
  readonly members: readonly (readonly string[])[];
  readonly steps: readonly number[];
  /** Returns the level from which a member's steps start; null without a recent value. */
  levelOf(member: number): Level | null;
  /** Returns the forecast of one step, by what serves it; null if the step has no baseline. */
  at(member: number, level: Level, step: number): ComputedStep | null;
  /** Returns the baseline's forecast of the same step: `served` itself if the baseline serves it. */
  baselineOf(member: number, level: Level, served: ComputedStep): ComputedStep | null;
}

export interface StepParts {
  readonly forecast: ServingDeclaration;
  readonly panel: Panel;
  readonly baselines: StepBaselines;
  /** The learner of the series; without it the baselines serve all steps. */
  readonly learner?: StepPredictor | null;
}

/**
 * Returns the sets of a forecast whose model has baselines for them; empty for a model of an earlier version. Nothing is computed
 * until a step is read.
 */
export function steppedSets({ forecast, panel, baselines, learner = null }: StepParts): SteppedSet[] {
  const { stepped: declared, schedule, target } = forecast;
  if (declared === undefined) return [];
  const stepped = { ...forecast, ...declared };
  const targetOf = targetPeriods(schedule, panel.periods.at(-1) ?? "");
  return stepSetsOf(stepped, panel).flatMap((set): SteppedSet[] => {
    const found = baselines.find(({ of }) => of === set.name);
    if (found === undefined) return [];
    const own = set.name === seriesSet ? learner : null;
    const next = new NextSteps(stepped, set, { baselines: found.steps, learner: own });
    const alone = own === null ? next : new NextSteps(stepped, set, { baselines: found.steps, learner: null });
    const kinds = new Map(found.steps.map(({ step, point }) => [step, point.kind]));
    const forecastOf = (step: number, { value }: Level, one: NextStep | null): ComputedStep | null => {
      if (one === null) return null;
      const { distribution, mean, servedBy } = one;
      const options = { last: toUnits(value, target.decimals), decimals: target.decimals, point: null };
      return {
        step,
        target: targetOf(step),
        servedBy,
        mean,
        summary: distribution && summaryOf(distribution, options),
      };
    };
    return [
      {
        name: set.name,
        by: dimensionsOf(forecast, set),
        members: set.members,
        steps: next.steps,
        levelOf: set.levelOf,
        at: (member, level, step) => forecastOf(step, level, next.at(member, level, step)),
        baselineOf(member, level, served) {
          const { step, servedBy } = served;
          return servedBy === kinds.get(step) ? served : forecastOf(step, level, alone.at(member, level, step));
        },
      },
    ];
  });
}

/** Returns the stepped sets of a snapshot. Memoized. If the learner was not loaded with the model, the baselines serve. */
export const setsOfSnapshot = memoizeByObject((snapshot: Snapshot): SteppedSet[] => {
  const loaded = snapshot.model.learner ?? null;
  return loaded === null ? setsWith(snapshot, null) : learnedSetsOf(snapshot, loaded);
});

/** Returns the stepped sets of a snapshot whose model has a loaded learner. Memoized by snapshot. */
export function learnedSetsOf(snapshot: Snapshot, loaded: LoadedLearner | null): SteppedSet[] {
  const learner = snapshot.model.card.stepLearner;
  if (loaded === null || learner === undefined) return setsOfSnapshot(snapshot);
  const known = learnedSets.get(snapshot);
  if (known !== undefined) return known;
  const { forecast, panel } = snapshot;
  const targetOf = targetPeriods(forecast.schedule, panel.periods.at(-1) ?? "");
  const sets = setsWith(snapshot, learnedSteps({ forecast, panel, learner, program: loaded.program, targetOf }));
  learnedSets.set(snapshot, sets);
  return sets;
}

const learnedSets = new WeakMap<Snapshot, SteppedSet[]>();

function setsWith({ forecast, panel, model }: Snapshot, learner: StepPredictor | null): SteppedSet[] {
  return steppedSets({ forecast, panel, baselines: model.card.baselines ?? [], learner });
}

function dimensionsOf({ dimensions, stepped }: ServingDeclaration, { name }: StepSet): readonly string[] {
  return name === seriesSet ? dimensions : (stepped?.groups?.find((rule) => rule.name === name)?.by ?? []);
}

/** Returns the function that returns the period some steps after the last one. */
export function targetPeriods(schedule: ServingDeclaration["schedule"], last: string): (step: number) => string {
  const periods = [last];
  return (step) => {
    for (let at = periods.length; at <= step; at++) periods.push(nextPeriod(schedule, periods[at - 1] ?? last));
    return periods[step] ?? last;
  };
}
