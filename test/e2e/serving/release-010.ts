/** Tests that this version serves from a state folder of release 0.1.0. */
import { expect, test } from "vitest";
import { forecasts } from "../../../shared/forecasts/index.ts";
import { historyKey } from "../../../shared/lake/keys.ts";
import { championKey, forecastsKey } from "../../../shared/registry/keys.ts";
import type { StoredBindings } from "../../support/platform.ts";
import { forecast } from "../../support/served.ts";
import { ask, path } from "./milk.ts";
import { hub, platform, start } from "./platform.ts";

/** Removes what the pointer and the history of a forecast have since 0.1.0. A forecast without a champion has no pointer. */
async function removeNumbers(SNAPSHOTS: StoredBindings["SNAPSHOTS"], id: string): Promise<void> {
  const pointer = await SNAPSHOTS.get(championKey(id));
  if (pointer === null) return;
  const { served, fallbacks, ...old } = JSON.parse(pointer);
  expect(served.number).toBeGreaterThan(0);
  await SNAPSHOTS.put(championKey(id), JSON.stringify(old));
  const { number, ...history } = JSON.parse((await SNAPSHOTS.get(historyKey(id))) ?? "{}");
  expect(number).toBeGreaterThan(0);
  await SNAPSHOTS.put(historyKey(id), JSON.stringify(history));
}

/**
 * Removes everything that versions after 0.1.0 store: tables and columns, served.json, the list of forecasts, the
 * number of the history.
 */
async function toRelease010(): Promise<void> {
  await platform.edit(async ({ DB, SNAPSHOTS, LAKE }) => {
    await DB.exec("DROP TABLE served");
    await DB.exec("DROP TABLE histories");
    await DB.exec("ALTER TABLE predictions DROP COLUMN origin");
    await DB.exec("ALTER TABLE ingests DROP COLUMN accepted_at");
    await DB.exec("ALTER TABLE ingests DROP COLUMN withdrawn_at");
    await DB.exec("ALTER TABLE flow_steps DROP COLUMN interrupted");
    await DB.exec("ALTER TABLE training_runs DROP COLUMN sends_heartbeats");
    await DB.exec("DROP TABLE looks");
    await DB.exec("DROP TABLE prediction_messages");
    await DB.exec("ALTER TABLE gates DROP COLUMN ahead");
    await DB.exec("ALTER TABLE gates DROP COLUMN tested");
    await DB.exec("DROP INDEX gates_newest");
    await DB.exec("DROP TABLE load_failures");
    await DB.exec("DROP INDEX ingests_synthetic");
    await DB.exec("ALTER TABLE ingests DROP COLUMN synthetic");
    await DB.exec("ALTER TABLE predictions DROP COLUMN path");
    for (const table of ["subscriptions", "outbox", "reports", "editions", "scored", "score_sums", "open_predictions"])
      await DB.exec(`DROP TABLE ${table}`);
    await DB.exec("DROP TABLE retractions");
    await DB.exec("DELETE FROM d1_migrations WHERE name >= '0005'");
    for (const { id } of forecasts) await removeNumbers(SNAPSHOTS, id);
    await SNAPSHOTS.delete(forecastsKey);
    const { objects, truncated } = await LAKE.list();
    expect(truncated).toBe(false);
    const written = objects.map(({ key }) => key).filter((key) => key.includes("/served/"));
    expect(written).not.toEqual([]);
    await LAKE.delete(written);
  });
}

test("a state folder of release 0.1.0 answers every request, including the first", async () => {
  const before = await ask();
  await platform.stop();
  await toRelease010();
  await start();
  const paths = [path, `/predict/${forecast.id}${path.slice("/predict".length)}`, "/ping", "/v2/health/ready"];
  const answers = await Promise.all(paths.flatMap((each) => [hub.request(each), hub.request(each)]));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(await ask()).toMatchObject({ model: before.model, predicted_price: before.predicted_price });
});
