/** Scores published predictions whose period is known now. */
import { lastScored, listPublications, newestScored, saveScores } from "../../../shared/db/scores.ts";
import type { Panel } from "../../../shared/features/panel.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { predictionsKey, scoresKey } from "../../../shared/track-record/keys.ts";
import { type PlannedScores, planScores, type StoredPublication } from "../../../shared/track-record/plan-scores.ts";
import { readPredictions } from "../../../shared/track-record/published-prediction.ts";
import { type PublishedScore, writeScores } from "../../../shared/track-record/published-score.ts";
import { scorePublication } from "../../../shared/track-record/score-published.ts";
import { sumByPeriod } from "../../../shared/track-record/score-sums.ts";
import type { Hub } from "../hub.ts";
import { readPanel } from "./read-history.ts";

type ScoringHub = Pick<Hub, "db" | "lake" | "now">;

/** Most periods that are scored by one report. The rest follows with the next ones. */
const periodsMax = 60;

interface Planned {
  readonly panel: Panel;
  readonly periods: readonly PlannedScores[];
}

/**
 * Returns the periods to score: those after the last scored one, and earlier ones, as far as the steps reach, whose values or
 * publications have changed since. The number of reads does not depend on the age of the record.
 */
async function plan({ db }: ScoringHub, forecast: Forecast, origin: string): Promise<Planned> {
  const panel = await readPanel({ db }, forecast, origin);
  const [lastStep = 1] = forecast.steps.slice(-1);
  const recent = panel.periods.at(-1 - lastStep) ?? panel.periods[0] ?? origin;
  const last = await lastScored(db, forecast.id);
  const from = last !== null && last < recent ? last : recent;
  const first = panel.periods[Math.max(0, panel.periods.indexOf(from) - lastStep)] ?? from;
  const publications = await listPublications(db, forecast.id, { from: first, to: origin });
  const known = await newestScored(db, forecast.id, { from, to: origin });
  const stored = publications.flatMap(({ counts, ...row }): StoredPublication[] =>
    counts === null ? [] : [{ ...row, counts }],
  );
  const madeFrom = (target: string) => known.get(target)?.madeFrom ?? null;
  return { panel, periods: planScores({ forecast, panel, publications: stored, from, madeFrom }).slice(0, periodsMax) };
}

/** Returns the periods to score. */
export async function listUnscored(hub: ScoringHub, forecast: Forecast, origin: string): Promise<string[]> {
  return (await plan(hub, forecast, origin)).periods.map(({ target }) => target);
}

/** Scores one period: writes the scores to R2, then their sums to D1. Returns the number of scores. */
export async function scorePeriod(
  hub: ScoringHub,
  forecast: Forecast,
  { origin, target }: { readonly origin: string; readonly target: string },
): Promise<number> {
  const { panel, periods } = await plan(hub, forecast, origin);
  const planned = periods.find((one) => one.target === target);
  if (planned === undefined) return 0;
  const scores: PublishedScore[] = [];
  for (const publication of planned.publications) {
    const object = await hub.lake.get(predictionsKey(publication));
    if (object === null) throw new Error(`${predictionsKey(publication)} is lost`);
    const predictions = await readPredictions(forecast, new Uint8Array(await object.arrayBuffer()), publication.step);
    scores.push(...scorePublication({ forecast, panel, target }, { ...publication, predictions }));
  }
  // The publications of the origins did not predict this step.
  if (scores.length === 0) return 0;
  const known = (await newestScored(hub.db, forecast.id, { from: target, to: target })).get(target);
  const revision = (known?.revision ?? 0) + 1;
  const address = { forecast: forecast.id, target, revision };
  const key = scoresKey(address);
  await hub.lake.put(key, writeScores(forecast, scores), {
    httpMetadata: { contentType: "application/vnd.apache.parquet" },
  });
  const { madeFrom } = planned;
  const sums = sumByPeriod(scores);
  await saveScores(hub.db, { ...address, key, madeFrom, scoredAt: hub.now().toISOString() }, sums);
  return scores.length;
}
