/** The path of a single series: its next period, which the model predicts, and the further steps, which a learner or the baselines serve. */
import type { PathStep, PredictionWithFeatures } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { missedPeriods, outdatedNote } from "./intervals.ts";
import type { LoadedLearner } from "./learned-steps.ts";
import { firstStep, pathStep } from "./path.ts";
import type { Row } from "./row.ts";
import { intervalNames } from "./row-summary.ts";
import type { Snapshot } from "./snapshot.ts";
import { learnedSetsOf } from "./step-forecasts.ts";

/** Refuses a path of an instance that supplies values or names another period: the steps start at the newest history. */
function refusePath({ target, overrides, start, hypothetical, position }: Row, snapshot: Snapshot): Refusal | null {
  const isPlain = overrides.size === 0 && start === undefined && !hypothetical && position !== null;
  if (isPlain && target === snapshot.target) return null;
  const detail =
    "Further steps are computed from the history only. Send the dimensions of the series without other fields.";
  return { kind: "unprocessable", detail, found: "other fields", expected: "only dimensions" };
}

export interface PathTask {
  readonly row: Row;
  readonly prediction: PredictionWithFeatures;
  /** The learner of further steps; null, the default, if the baselines serve them all. */
  readonly learner?: LoadedLearner | null;
}

/** Returns the entries of the steps, the first one from the answer. */
export function seriesPath(
  snapshot: Snapshot,
  { row, prediction, learner = null }: PathTask,
  steps: readonly number[],
): Result<PathStep[], Refusal> {
  const refusal = refusePath(row, snapshot);
  if (refusal !== null) return failure(refusal);
  const { forecast, model } = snapshot;
  const set = learnedSetsOf(snapshot, learner).find(({ name }) => name === seriesSet);
  const member = row.position ?? -1;
  const level = set?.levelOf(member) ?? null;
  const last = snapshot.series[member]?.last ?? null;
  const note = outdatedNote(missedPeriods(snapshot, row, last), last);
  const { output } = forecast;
  const further = steps.flatMap((step): PathStep[] => {
    const found = step === 1 || level === null ? null : (set?.at(member, level, step) ?? null);
    return found === null ? [] : [withNote(pathStep(forecast, found, row.above), note)];
  });
  return success([firstStep({ output, target: snapshot.target }, prediction, model.card.name), ...further]);
}

/** Removes the distribution of a step whose series has no recent value, and adds the reason. */
function withNote(step: PathStep, note: string | null): PathStep {
  if (note === null) return step;
  const empty = Object.fromEntries([...intervalNames, "probabilities", "quantiles"].map((name) => [name, null]));
  const above = step.above && { above: { ...step.above, probability: null, note } };
  return { ...step, ...empty, ...above, interval_note: note };
}
