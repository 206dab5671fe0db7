/** Scores published predictions whose period is known now. */
import {
  type ClosedRange,
  firstPublished,
  lastScored,
  listPublications,
  newestScored,
  saveScores,
} from "../../../shared/db/scores.ts";
import type { Panel } from "../../../shared/features/panel.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { type EventsRule, eventsRuleOf } from "../../../shared/forecasts/source.ts";
import { addDays } from "../../../shared/lib/calendar.ts";
import { predictionsKey, type ScoresKey, scoresKey } from "../../../shared/track-record/keys.ts";
import { planEventScores } from "../../../shared/track-record/plan-event-scores.ts";
import {
  limitNew,
  type PlannedPublication,
  type PlannedScores,
  planScores,
  type StoredPublication,
} from "../../../shared/track-record/plan-scores.ts";
import { readPredictions } from "../../../shared/track-record/published-prediction.ts";
import { type PublishedScore, writeScores } from "../../../shared/track-record/published-score.ts";
import { scorePublication } from "../../../shared/track-record/score-published.ts";
import { sumByPeriod } from "../../../shared/track-record/score-sums.ts";
import type { Hub } from "../hub.ts";
import { readEvents, readPanel } from "./read-history.ts";
import { createParquet } from "./store-parquet.ts";

type ScoringHub = Pick<Hub, "db" | "lake" | "now">;

/** Most new periods that are scored by one report. The rest follows with the next ones. */
const newPeriodsMax = 60;
/** A file may complete transactions of the files before it. Days as far back are scored again if their events have changed. */
const lateEventDays = 60;

interface Planned {
  readonly panel: Panel;
  readonly periods: readonly PlannedScores[];
}

/**
 * Returns the periods to score: those after the last scored one, and earlier ones, as far as the steps reach, whose values or
 * publications have changed since. The number of reads does not depend on the age of the record.
 */
async function plan(hub: Pick<Hub, "db">, forecast: Forecast, origin: string): Promise<Planned> {
  const { db } = hub;
  const rule = eventsRuleOf(forecast);
  // Without scores everything after the first publication is new.
  const last = (await lastScored(db, forecast.id)) ?? (await firstPublished(db, forecast.id));
  if (rule !== null) return planEvents(hub, forecast, { rule, origin, last });
  const panel = await readPanel({ db }, forecast, origin);
  const [lastStep = 1] = forecast.steps.slice(-1);
  const recent = panel.periods.at(-1 - lastStep) ?? panel.periods[0] ?? origin;
  const from = last !== null && last < recent ? last : recent;
  const first = panel.periods[Math.max(0, panel.periods.indexOf(from) - lastStep)] ?? from;
  const publications = await stored(hub, forecast, { from: first, to: origin });
  const madeFrom = await scoredSince(hub, forecast, { from, to: origin });
  const periods = planScores({ forecast, panel, publications, from, madeFrom });
  return { panel, periods: limitNew(periods, { madeFrom }, newPeriodsMax) };
}

interface EventPlan {
  readonly rule: EventsRule;
  readonly origin: string;
  readonly last: string | null;
}

/** Returns the days to score. Only publications since the last event of an active series can count. */
async function planEvents(
  hub: Pick<Hub, "db">,
  forecast: Forecast,
  { rule, origin, last }: EventPlan,
): Promise<Planned> {
  const { activeDays } = rule;
  const from = addDays(last !== null && last < origin ? last : origin, -lateEventDays);
  const first = addDays(from, -activeDays - 1);
  const publications = await stored(hub, forecast, { from: first, to: origin });
  const panel = await readEvents(hub, forecast, { rule, from: first, until: origin });
  const madeFrom = await scoredSince(hub, forecast, { from, to: origin });
  const periods = planEventScores({ panel, publications, from, madeFrom, activeDays });
  return { panel, periods: limitNew(periods, { madeFrom }, newPeriodsMax) };
}

async function stored({ db }: Pick<Hub, "db">, { id }: Forecast, range: ClosedRange): Promise<StoredPublication[]> {
  const rows = await listPublications(db, id, range);
  return rows.flatMap(({ counts, ...row }): StoredPublication[] => (counts === null ? [] : [{ ...row, counts }]));
}

async function scoredSince({ db }: Pick<Hub, "db">, { id }: Forecast, range: ClosedRange) {
  const known = await newestScored(db, id, range);
  return (target: string) => known.get(target)?.madeFrom ?? null;
}

/** Returns the periods to score. */
export async function listUnscored(hub: Pick<Hub, "db">, forecast: Forecast, origin: string): Promise<string[]> {
  return (await plan(hub, forecast, origin)).periods.map(({ target }) => target);
}

/** Returns groups of periods that are scored together. The events of all days are predicted by the same few publications. */
export function scoredTogether(forecast: Forecast, targets: readonly string[]): readonly (readonly string[])[] {
  const isOfEvents = eventsRuleOf(forecast) !== null;
  return isOfEvents && targets.length > 0 ? [targets] : targets.map((target) => [target]);
}

/** Scores periods: writes the scores of each to R2, then their sums to D1. Returns the number of scores. */
export async function scorePeriods(
  hub: ScoringHub,
  forecast: Forecast,
  { origin, targets }: { readonly origin: string; readonly targets: readonly string[] },
): Promise<number> {
  const { panel, periods } = await plan(hub, forecast, origin);
  const planned = periods.filter(({ target }) => targets.includes(target));
  const scores = await computeScores(hub, forecast, { panel, periods: planned });
  let count = 0;
  for (const one of planned) {
    const own = one.publications.flatMap((publication) => scores.get(publication) ?? []);
    await storeScores(hub, forecast, one, own);
    count += own.length;
  }
  return count;
}

/** Computes the scores of each planned publication. Reads one file after the other, each once. */
async function computeScores(
  { lake }: Pick<Hub, "lake">,
  forecast: Forecast,
  { panel, periods }: Planned,
): Promise<ReadonlyMap<PlannedPublication, PublishedScore[]>> {
  const tasks = periods.flatMap(({ target, publications }) => publications.map((one) => ({ target, one })));
  const scores = new Map<PlannedPublication, PublishedScore[]>();
  for (const [, of] of Map.groupBy(tasks, ({ one }) => `${predictionsKey(one)} ${one.step}`)) {
    const [first] = of;
    if (first === undefined) continue;
    const key = predictionsKey(first.one);
    const object = await lake.get(key);
    if (object === null) {
      // A lost file must not stop every later report. Its predictions have no score.
      console.error(`${key} is lost, so its predictions are not scored`);
      continue;
    }
    const predictions = await readPredictions(forecast, new Uint8Array(await object.arrayBuffer()), first.one.step);
    for (const { target, one } of of)
      scores.set(one, scorePublication({ forecast, panel, target }, { ...one, predictions }));
  }
  return scores;
}

/** Writes the scores of a period as a new revision. Without scores it has no file; earlier ones do not count any more. */
async function storeScores(
  { db, lake, now }: ScoringHub,
  forecast: Forecast,
  { target, madeFrom }: PlannedScores,
  scores: readonly PublishedScore[],
): Promise<void> {
  const known = (await newestScored(db, forecast.id, { from: target, to: target })).get(target);
  // The publications of the origins did not predict this step.
  if (scores.length === 0 && known === undefined) return;
  const first = { forecast: forecast.id, target, revision: (known?.revision ?? 0) + 1 };
  const { address, file } =
    scores.length === 0
      ? { address: first, file: { key: scoresKey(first), bytes: 0, sha256: null } }
      : await createScores(lake, first, writeScores(forecast, scores));
  await saveScores(db, { ...address, ...file, madeFrom, scoredAt: now().toISOString() }, sumByPeriod(scores));
}

/**
 * Stores scores under the first revision whose key is free or has the same bytes: another run may be scoring the period from other
 * publications, and a file is never replaced.
 */
async function createScores(lake: Hub["lake"], first: ScoresKey, bytes: Uint8Array<ArrayBuffer>) {
  for (let { revision } = first; ; revision++) {
    const address = { ...first, revision };
    const file = await createParquet(lake, scoresKey(address), bytes);
    if (file !== null) return { address, file };
  }
}
