/** Predicts what is published of a snapshot: every series and group at every step, by the code that answers requests. */
import { lastFeatureOf } from "../forecasts/forecast.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { type Result, success } from "../lib/result.ts";
import { baselineProbability } from "../predict/classify.ts";
import { extraDecimals, roundTo, shortestDecimal } from "../predict/decimal.ts";
import type { Described } from "../predict/described.ts";
import { describedRow } from "../predict/described-row.ts";
import { type EvaluatedSnapshot, evaluateAll } from "../predict/evaluate-all.ts";
import type { EvaluationFailure } from "../predict/find-rejected.ts";
import { missedPeriods, outdatedNote } from "../predict/intervals.ts";
import type { Row } from "../predict/row.ts";
import { featureOf, seriesOf } from "../predict/row-inputs.ts";
import { probabilityDecimals, type RowSummary } from "../predict/row-summary.ts";
import type { Snapshot } from "../predict/snapshot.ts";
import { type ComputedStep, type SteppedSet, setsOfSnapshot } from "../predict/step-forecasts.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import type { PublishedPoint, PublishedPrediction } from "./published-prediction.ts";
import { storedDistribution } from "./stored-distribution.ts";

export interface SnapshotToPublish {
  readonly snapshot: Snapshot;
  /** The evaluation of the snapshot, if it is known. */
  readonly evaluated?: EvaluatedSnapshot;
  /** The baseline on the same history: `snapshot` itself if it is the baseline, null if the baseline cannot be loaded. */
  readonly baseline: Snapshot | null;
  /** ISO 8601. */
  readonly publishedAt: string;
}

/**
 * Returns the predictions of all series with a last value and of all groups, step by step. Rows that the model rejects are left
 * out. Fails if the engine is unavailable. O(series × (model + steps)).
 */
export async function predictionsToPublish(
  publication: SnapshotToPublish,
): Promise<Result<PublishedPrediction[], EvaluationFailure>> {
  const parts = await predictionParts(publication);
  return parts.ok ? success([...parts.value].flat()) : parts;
}

/**
 * Returns the same predictions as one list for each step, ascending. A list is computed when it is read, because the
 * distributions of all steps together need much memory.
 */
export async function predictionParts({
  snapshot,
  evaluated: known,
  baseline,
  publishedAt,
}: SnapshotToPublish): Promise<Result<Iterable<PublishedPrediction[]>, EvaluationFailure>> {
  const evaluated = known ? success(known) : await evaluateAll(snapshot);
  if (!evaluated.ok) return evaluated;
  const ofBaseline = baseline === null || baseline === snapshot ? null : await evaluateAll(baseline);
  if (ofBaseline?.ok === false) return ofBaseline;
  const shared = { version: snapshot.model.card.version, publishedAt };
  const sets = setsOfSnapshot(snapshot);
  const steps = [...new Set([1, ...sets.flatMap((set) => set.steps)])].sort((a, b) => a - b);
  const firstStep = () => firstStepOf(evaluated.value, ofBaseline?.value ?? null, baseline === snapshot);
  function* parts() {
    for (const step of steps) {
      const first = step === 1 ? firstStep() : [];
      const others = sets.flatMap((set) => stepOfSet(snapshot, set, step));
      yield [...first, ...others].map((one): PublishedPrediction => ({ ...one, ...shared }));
    }
  }
  return success({ [Symbol.iterator]: parts });
}

type UndatedPrediction = Omit<PublishedPrediction, "version" | "publishedAt">;

/** Returns the predictions of the model, which are those of the first step of the series. */
function firstStepOf(
  evaluated: EvaluatedSnapshot,
  ofBaseline: EvaluatedSnapshot | null,
  isBaseline: boolean,
): UndatedPrediction[] {
  const { snapshot } = evaluated;
  const baselinePoints = ofBaseline && pointsByPosition(ofBaseline);
  return evaluated.rows.map((row, at) => {
    const { described, point, last } = predictedRow(evaluated, row, at);
    const own = baselinePoints?.get(row.position ?? -1) ?? unknownPoint;
    return {
      set: seriesSet,
      series: seriesOf(snapshot.forecast, row),
      step: 1,
      target: row.target,
      last,
      ...publishedOf(described?.published?.summary ?? null),
      ...point,
      baseline: isBaseline ? null : withBaselineEvent(snapshot, own, last),
      servedBy: snapshot.model.card.name,
    };
  });
}

interface PredictedRow {
  readonly described: Described | null;
  readonly point: PublishedPoint;
  readonly last: number | null;
}

function predictedRow({ snapshot, rows, evaluation }: EvaluatedSnapshot, row: Row, at: number): PredictedRow {
  const { forecast, model } = snapshot;
  const observed = snapshot.series[row.position ?? -1]?.last ?? null;
  const lastFeature = forecast.features.find(({ name }) => name === lastFeatureOf(forecast));
  const read = lastFeature === undefined ? Number.NaN : Number(featureOf(snapshot, lastFeature, row));
  const last = observed?.value ?? shortestDecimal(read);
  const { outputs, predictions } = evaluation;
  const value = shortestDecimal(predictions[at] ?? Number.NaN);
  if (model.card.decision) return { described: null, point: { ...unknownPoint, event: value }, last };
  const described = describedRow(snapshot, row, { outputs, at, rows: rows.length, baseline: last, last: observed });
  const point: PublishedPoint = {
    median: described === null ? value : described.median,
    mean: described?.mean ?? null,
    event: null,
    distribution: storedOf(described?.published?.summary ?? null),
  };
  return { described, point, last };
}

const unknownPoint: PublishedPoint = { median: null, mean: null, event: null, distribution: null };

function pointsByPosition(evaluated: EvaluatedSnapshot): ReadonlyMap<number, PublishedPoint> {
  return new Map(evaluated.rows.map((row, at) => [row.position ?? -1, predictedRow(evaluated, row, at).point]));
}

/** The baseline of a classification is in the card: the probability after the last state. */
function withBaselineEvent({ model }: Snapshot, point: PublishedPoint, last: number | null): PublishedPoint {
  const event = baselineProbability(model.card, last);
  return event === null ? point : { ...unknownPoint, event };
}

function storedOf(summary: RowSummary | null): PublishedPoint["distribution"] {
  return summary && storedDistribution(summary.distribution);
}

function publishedOf(summary: RowSummary | null): Pick<PublishedPrediction, "quantiles" | "chances"> {
  return { quantiles: summary?.quantiles ?? null, chances: summary?.probabilities ?? null };
}

/** Returns one step of a set, by a learner or a baseline: of the series those after the first, of groups all. */
function stepOfSet(snapshot: Snapshot, set: SteppedSet, step: number): UndatedPrediction[] {
  const { forecast } = snapshot;
  const isSeries = set.name === seriesSet;
  if (!set.steps.includes(step) || (isSeries && step === 1)) return [];
  return set.members.flatMap((names, member) => {
    const level = set.levelOf(member);
    const found = level && set.at(member, level, step);
    if (level === null || found === null) return [];
    // As in an answer: a series that has missed several periods has no distribution.
    const isOutdated =
      isSeries && outdatedNote(missedOf(snapshot, member), snapshot.series[member]?.last ?? null) !== null;
    const summary = isOutdated ? null : found.summary;
    const baseline = set.baselineOf(member, level, found);
    return [
      {
        set: set.name,
        series: Object.fromEntries(set.by.map((name, at) => [name, names[at] ?? ""])),
        step,
        target: found.target,
        last: roundTo(level.value, forecast.target.decimals + extraDecimals),
        servedBy: found.servedBy,
        ...publishedOf(summary),
        ...pointOfStep(forecast, found),
        distribution: storedOf(summary),
        baseline:
          baseline !== null && baseline !== found
            ? { ...pointOfStep(forecast, baseline), distribution: storedOf(isOutdated ? null : baseline.summary) }
            : null,
      },
    ];
  });
}

function pointOfStep({ task, target }: ServingDeclaration, { mean, summary }: ComputedStep) {
  const isEvent = task === "classification";
  return {
    median: isEvent ? null : (summary?.median ?? roundTo(mean, target.decimals)),
    mean: isEvent ? null : roundTo(mean, target.decimals + extraDecimals),
    event: isEvent ? roundTo(mean, probabilityDecimals) : null,
  };
}

function missedOf(snapshot: Snapshot, member: number): number {
  const { series, target } = snapshot;
  const row = { position: member, is: [], target, hypothetical: false, overrides: new Map() };
  return missedPeriods(snapshot, row, series[member]?.last ?? null);
}
