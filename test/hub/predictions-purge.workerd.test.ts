/** Old single predictions are purged. Their hourly sums remain. */
import { createScheduledController } from "cloudflare:test";
import { expect, onTestFinished, test, vi } from "vitest";
import { purgeBatch } from "../../shared/db/predictions.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { purgePredictions } from "../../workers/hub/predictions/purge.ts";
import { readVariables } from "../../workers/hub/variables.ts";
import { count, deliver, freshHub, predictionMessage, row, sums } from "../support/answered.ts";
import { hub, query, testEnv } from "../support/hub.ts";

freshHub();

const now = new Date("2026-11-21T13:07:00Z");
const on: Hub = { ...hub, now: () => now };
const at = (daysAgo: number) => new Date(now.getTime() - daysAgo * 86_400_000).toISOString();
const answer = (number: number) => number.toString(16).padStart(32, "0");

test("the hourly upkeep purges old predictions, and the sums remain", async () => {
  for (const days of [0, 89.9, 90.1, 400])
    await deliver([predictionMessage({ answer: answer(days * 10), at: at(days) })]);
  vi.useFakeTimers({ now, toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const controller = createScheduledController({ cron: "7 * * * *", scheduledTime: now });
  await worker.scheduled(controller, testEnv);
  expect(await query("SELECT DISTINCT at FROM predictions ORDER BY at")).toEqual([{ at: at(89.9) }, { at: at(0) }]);
  expect(await query("SELECT sum(count) AS n FROM input_hours WHERE feature = 'Precio_lag1'")).toEqual([{ n: 8 }]);
});

test("a purge works in steps through all forecasts, and each step continues after the last", async () => {
  const rows = Array.from({ length: 30 }, (_, position) => row(position));
  await deliver([predictionMessage({ at: at(100), rows }), predictionMessage({ answer: answer(1), at: at(1) })]);
  await testEnv.DB.exec("UPDATE predictions SET forecast = 'other' WHERE position % 2 = 1");
  expect(await purgeBatch(hub.db, 10)).toBe(false);
  await testEnv.DB.prepare("UPDATE predictions_since SET since = ?").bind(at(90)).run();
  const left: unknown[] = [];
  for (let step = 0; step < 4; step++) left.push([await purgeBatch(hub.db, 10), await count("predictions")]);
  expect(left).toEqual([
    [true, { n: 22 }],
    [true, { n: 12 }],
    [false, { n: 2 }],
    [false, { n: 2 }],
  ]);
});

test("the next hour purges the rows above the limit of one hour", async () => {
  const rows = Array.from({ length: 10 }, (_, position) => row(position));
  await deliver([predictionMessage({ at: at(100), rows })]);
  const left: unknown[] = [];
  for (let hour = 0; hour < 3; hour++) {
    await purgePredictions(on, { stepRows: 2, stepsMax: 2 });
    left.push(await count("predictions"));
  }
  expect(left).toEqual([{ n: 6 }, { n: 2 }, { n: 0 }]);
});

test("an old prediction that is delivered again after its purge is not counted again, even if the retention grows", async () => {
  const old = predictionMessage({ at: at(91) });
  await deliver([old]);
  await purgePredictions(on);
  const longer: Hub = { ...on, variables: readVariables(() => "1000") };
  await purgePredictions(longer);
  expect(await deliver([old], { on: longer })).toEqual(["acked"]);
  expect(await count("predictions")).toEqual({ n: 0 });
  expect(await sums()).toMatchObject([{ count: 2 }, { count: 2 }]);
});

test("nothing is purged if the variable is malformed, and the error has the expected value", async () => {
  await deliver([predictionMessage({ at: at(1_000) })]);
  for (const wrong of ["", "0", "-1", "ninety", "1.5"]) {
    await expect(purgePredictions({ ...on, variables: readVariables(() => wrong) })).rejects.toThrow(
      `PREDICTIONS_KEPT_DAYS is "${wrong}", expected a whole number of days`,
    );
  }
  expect(await count("predictions")).toEqual({ n: 2 });
});

test("the first stored day never moves back", async () => {
  await purgePredictions(on);
  await expect(testEnv.DB.exec("UPDATE predictions_since SET since = ''")).rejects.toThrow(/does not come back/);
});
