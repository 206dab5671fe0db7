/** The members of an answer that come from its distribution. */
import { quantileLevels } from "../distributions/summary.ts";
import { lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import { objectTemplate } from "../lib/object-template.ts";
import { changeOutput } from "../onnx/outputs.ts";
import type { ServingDeclaration } from "../registry/served.ts";
import { roundTo, shortestDecimal } from "./decimal.ts";
import type { Described } from "./described.ts";
import type { Evaluation } from "./evaluate.ts";
import { missedPeriods, outdatedNote } from "./intervals.ts";
import type { Row } from "./row.ts";
import { featureOf } from "./row-inputs.ts";
import { intervalNames, probabilityAbove, probabilityDecimals, type RowSummary } from "./row-summary.ts";
import type { SeriesCache } from "./series-cache.ts";
import type { KnownSeries, Snapshot } from "./snapshot.ts";
import { outputsOfRow, summarizerOf } from "./summarizer.ts";

interface RowContext extends Pick<Evaluation, "outputs"> {
  readonly at: number;
  readonly rows: number;
  /** The value of the feature with the last value, or the last value. */
  readonly baseline: number | null;
  readonly last: KnownSeries["last"];
}

/** Returns what is published of a row; null for a model without distributions. Memoized for rows that supply no values. */
export function describedRow(snapshot: Snapshot, row: Row, context: RowContext): Described | null {
  const summarize = summarizerOf(snapshot.model);
  if (summarize === null) return null;
  const cached = snapshot.seriesCache.find(row);
  if (cached?.described) return cached.described;
  const { outputs, at, rows, baseline, last } = context;
  const missed = missedPeriods(snapshot, row, last);
  const old = outdatedNote(missed, last);
  const isSupplied = row.overrides.has(lastFeatureOf(snapshot.forecast));
  const summary = summarize({
    ...outputsOfRow(outputs, at, rows),
    // A number of the history has more digits than its feature, which is float32.
    last: (isSupplied ? null : last?.value) ?? baseline ?? Number.NaN,
    scale: scaleOf(snapshot, row),
    periodsAhead: old === null ? missed + 1 : 1,
  });
  const described: Described = summary.ok
    ? describe(summary.value, old, outputs[changeOutput]?.[at] ?? Number.NaN)
    : { median: null, mean: null, published: null, note: `no distribution: ${summary.error}` };
  if (cached) cached.described = withCachedJson(described, snapshot.seriesCache);
  return described;
}

const levelNames = quantileLevels.map(String);
/** Copied and filled: a new object with nine members takes ten times as long. */
const quantileTemplate = objectTemplate(levelNames, Number.NaN);

/** @param change the file's probability of a change, which is published if the distribution has no probabilities */
function describe(summary: RowSummary, old: string | null, change: number): Described {
  const { median, mean, probabilities, note } = summary;
  if (old !== null) return { median, mean, published: null, note: old };
  const changeProbability =
    probabilities === null
      ? shortestDecimal(change)
      : roundTo(probabilities.down + probabilities.up, probabilityDecimals);
  return { median, mean, published: { summary, quantiles: quantilesByLevel(summary), changeProbability }, note };
}

/** Returns the quantiles by their level, as in `0.025`. */
export function quantilesByLevel({ quantiles }: RowSummary): Record<string, number> {
  const byLevel: Record<string, number> = { ...quantileTemplate };
  for (let at = 0; at < levelNames.length; at++) byLevel[levelNames[at] ?? ""] = quantiles[at] ?? Number.NaN;
  return byLevel;
}

/** Caches the JSON of the objects in answers. */
function withCachedJson(described: Described, cache: SeriesCache): Described {
  const { published } = described;
  if (published === null) return described;
  cache.cacheJson(published.quantiles);
  if (published.summary.probabilities) cache.cacheJson(published.summary.probabilities);
  for (const { ends } of published.summary.intervals) cache.cacheJson(ends);
  return described;
}

/** Returns the factor of errors; 1 if the form names no feature, NaN if the feature is missing. */
function scaleOf(snapshot: Snapshot, row: Row): number {
  const { forecast, model } = snapshot;
  const form = model.card.distribution;
  const name = form && form.kind !== "changes" ? form.scaledBy : null;
  if (name === null) return 1;
  const declared = forecast.features.find((feature) => feature.name === name);
  if (declared === undefined) return Number.NaN;
  return Math.max(Number(featureOf(snapshot, declared, row)), toleranceOf(forecast));
}

/** Adds the intervals, probabilities and quantiles, or null for each and the reason. */
export function addDistribution(
  answer: Record<string, unknown>,
  { published, note }: Described,
  { above }: Pick<Row, "above">,
  { change, target }: Pick<ServingDeclaration, "change" | "target">,
): void {
  if (published === null) for (const name of intervalNames) answer[name] = null;
  else for (const { name, ends } of published.summary.intervals) answer[name] = ends;
  if (note !== null) answer.interval_note = note;
  answer.probabilities = published?.summary.probabilities ?? null;
  answer.quantiles = published?.quantiles ?? null;
  if (above !== undefined) {
    answer.above = published
      ? { value: above, probability: probabilityAbove(published.summary, above, target.decimals) }
      : { value: above, probability: null, ...(note !== null && { note }) };
  }
  if (change !== null) answer.change_probability = published?.changeProbability ?? null;
}
