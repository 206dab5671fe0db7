/** Measures the track record in Node: predicting, writing and scoring one publication of 185 series and 12 steps. */

import { panelOfHistory } from "../../shared/api/history.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { addDays } from "../../shared/lib/calendar.ts";
import type { Snapshot } from "../../shared/predict/snapshot.ts";
import { countingsOf } from "../../shared/track-record/counting.ts";
import { predictionsKey, scoresKey } from "../../shared/track-record/keys.ts";
import { predictionsToPublish } from "../../shared/track-record/publish-snapshot.ts";
import {
  type PublishedPrediction,
  readPredictions,
  writePredictions,
} from "../../shared/track-record/published-prediction.ts";
import { readScores, writeScores } from "../../shared/track-record/published-score.ts";
import { scorePublication } from "../../shared/track-record/score-published.ts";
import { sumByPeriod, sumBySeries } from "../../shared/track-record/score-sums.ts";
import { bestAndWorst, trackRecord } from "../../shared/track-record/track-record.ts";
import { randomFrom } from "../../trainer/simulate/random.ts";
import { historyOf, snapshotOf } from "../support/served.ts";
import { milkBaselines } from "../support/step-baselines.ts";
import { type Bench, medianMs, type Result } from "./bench.ts";

const rounds = 5;
const seriesCount = 185;
const publishedAt = "2026-11-20T15:00:00.000Z";

export async function run(): Promise<Bench> {
  const history = largeHistory();
  const origin = history.periods.at(-1) ?? "";
  // A new snapshot each time: snapshots memoize what they have computed.
  const snapshot = () =>
    snapshotOf({ hasChanges: true, card: { baselines: milkBaselines, steps: [...milkMx.steps] } }, history);
  const predictions = await predicted(snapshot());
  const predictMs = await medianMs(rounds, () => predicted(snapshot()));
  const writeMs = await medianMs(rounds, async () => writePredictions(milkMx, predictions));
  const file = writePredictions(milkMx, predictions);
  const readMs = await medianMs(rounds, () => readPredictions(milkMx, file, 1));
  const later = withOnePeriodMore(history);
  const key = { forecast: milkMx.id, origin, role: "champion", revision: 1 } as const;
  const [counts = "headline"] = countingsOf([{ ...key, publishedAt }], "2026-11-23T15:00:00.000Z");
  const target = later.periods.at(-1) ?? "";
  const task = { forecast: milkMx, panel: panelOfHistory(later), target };
  const scored = () => scorePublication(task, { ...key, counts, predictions });
  const scoreMs = await medianMs(rounds, async () => scored());
  const scoresFile = writeScores(milkMx, scored());
  const scores = await readScores(milkMx, scoresFile);
  const sums = sumByPeriod(scores);
  const periods = Array.from({ length: 400 }, (_, at) => sums.map((one) => ({ ...one, target: addDays(target, at) })));
  const which = { step: 1, set: "series" };
  const recordMs = await medianMs(rounds, async () => {
    trackRecord(periods.flat(), which);
    bestAndWorst(sumBySeries(scores), which, 3);
  });
  const results: Result[] = [
    {
      what: `predictions of ${seriesCount} series and all groups at 12 steps`,
      value: predictMs,
      unit: "ms",
      limit: 1_500,
    },
    { what: predictionsKey(key), value: writeMs, unit: "ms", limit: 1_000 },
    { what: "its size", value: file.length / 1e6, unit: "MB", limit: 4 },
    { what: "reading one step of it", value: readMs, unit: "ms", limit: 150 },
    { what: `scoring ${scores.length} predictions of one step`, value: scoreMs, unit: "ms", limit: 100 },
    {
      what: scoresKey({ forecast: milkMx.id, target, revision: 1 }),
      value: scoresFile.length / 1e3,
      unit: "kB",
      limit: 50,
    },
    { what: "the record of 400 periods", value: recordMs, unit: "ms", limit: 50 },
  ];
  return { name: "record", results };
}

async function predicted(snapshot: Snapshot): Promise<PublishedPrediction[]> {
  const made = await predictionsToPublish({ snapshot, baseline: snapshot, publishedAt });
  if (!made.ok) throw new Error(made.error.reason);
  return made.value;
}

/** Returns prices that change in one of four publications, by sizes of many different cents. */
function largeHistory() {
  const history = historyOf("2026-11-20", 65);
  const random = randomFrom("record");
  const series = Array.from({ length: seriesCount }, (_, at) => {
    let price = 20 + random.integer(1_000) / 100;
    const is = [
      `State ${at % 32}`,
      `City ${at % 54}`,
      at % 2 === 0 ? "Pasteurizada" : "Ultrapasteurizada",
      `Canal ${at % 4}`,
    ];
    const values = history.periods.map(() => {
      if (random.integer(4) === 0) price = Math.max(1, Math.round(price * 100 + random.integer(201) - 100) / 100);
      return price;
    });
    return { is, values };
  });
  return { ...history, series };
}

function withOnePeriodMore(history: ReturnType<typeof largeHistory>): ReturnType<typeof largeHistory> {
  return {
    ...history,
    periods: [...history.periods, "2026-11-23"],
    series: history.series.map(({ is, values }) => ({ is, values: [...values, values.at(-1) ?? 0] })),
  };
}
