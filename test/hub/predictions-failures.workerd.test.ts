/** Predictions that cannot be stored now are retried, or become dead letters, and none is lost. */
import { describe, expect, test, vi } from "vitest";
import type { PredictionMessage } from "../../shared/api/prediction-message.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import { count, deliver, failing, freshHub, hubWithSql, predictionMessage, version } from "../support/answered.ts";
import { asAdmin, hub, query, testEnv } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

freshHub();

test("a failed transaction stores and counts nothing, and the next delivery does both", async () => {
  const breaking = hubWithSql((sql) => {
    if (/INSERT INTO predictions/.test(sql)) return sql.replace("INSERT INTO predictions", "INSERT INTO nowhere");
    return sql;
  });
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await deliver([predictionMessage()], { on: breaking })).toEqual([60]);
  expect(logged).toHaveBeenCalledWith(expect.stringContaining("nowhere"));
  logged.mockRestore();
  expect([await count("predictions"), await count("input_hours")]).toEqual([{ n: 0 }, { n: 0 }]);
  await deliver([predictionMessage()]);
  expect([await count("predictions"), await count("input_hours")]).toEqual([{ n: 2 }, { n: 2 }]);
});

describe("a message that cannot be stored", () => {
  const quiet = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const done = await work();
    const lines = logged.mock.calls.flat().map(String);
    logged.mockRestore();
    return [done, lines];
  };

  test("does not delay the others of its batch", async () => {
    const bodies = [
      "hello",
      predictionMessage({ version: "v0.none" }),
      predictionMessage({ forecast: "no-such" }),
      predictionMessage(),
    ];
    const [outcomes, lines] = await quiet(() => deliver(bodies));
    expect(outcomes).toEqual([0, 0, 0, "acked"]);
    expect(lines).toMatchObject([
      expect.stringContaining("does not match the schema of predictions"),
      "predictions: milk-mx has no registered version v0.none",
      "predictions: There is no forecast no-such.",
    ]);
    expect(await count("predictions")).toEqual({ n: 2 });
  });

  test("because the database or R2 is down is retried with growing delays and stored later", async () => {
    const down = hubWithSql(() => {
      throw new Error("D1 is down");
    });
    const withoutLake: Hub = { ...hub, lake: failing("R2 is down") };
    const delays: unknown[] = [];
    for (const attempts of [1, 2, 3, 5, 9]) {
      const [outcomes] = await quiet(() => deliver([predictionMessage()], { on: down, attempts }));
      delays.push(...outcomes);
    }
    expect(delays).toEqual([60, 240, 960, 15_360, 43_200]);
    expect(await quiet(() => deliver([predictionMessage()], { on: withoutLake }))).toEqual([
      [60],
      [expect.stringContaining(`1 messages of milk-mx ${version} will be retried: R2 is down`)],
    ]);
    expect(await deliver([predictionMessage()])).toEqual(["acked"]);
  });

  test("because its card is damaged is retried until the card is restored", async () => {
    const key = artefactKey(forecast.id, version, "card.json");
    const card = await (await hub.lake.get(key))?.text();
    await hub.lake.put(key, "{}");
    const [outcomes, lines] = await quiet(() => deliver([predictionMessage()]));
    expect([outcomes, lines]).toEqual([[60], [expect.stringContaining("card.json is damaged")]]);
    await quiet(() => deliver([predictionMessage()], { queue: "predictions-dead" }));
    expect(await query("SELECT reason FROM flow_runs WHERE kind = 'dead-letter'")).toEqual([
      { reason: expect.stringContaining("card.json is damaged") },
    ]);
    await hub.lake.put(key, card ?? "");
    expect(await deliver([predictionMessage()])).toEqual(["acked"]);
  });

  test("becomes a dead letter with the reason, and is stored once a person sends it again", async () => {
    await testEnv.PREDICTIONS.send(predictionMessage({ version: "v2.0" }));
    await testEnv.PREDICTIONS.send({ hello: "world" } as unknown as PredictionMessage);
    const letters = "SELECT id, state, reason FROM flow_runs WHERE kind = 'dead-letter' ORDER BY reason DESC";
    await vi.waitUntil(async () => (await query(letters)).length === 2, { timeout: 60_000, interval: 200 });
    const [readable, unreadable] = (await query(letters)) as { id: string }[];
    expect(readable).toMatchObject({ state: "failed", reason: "milk-mx has no registered version v2.0" });
    expect(unreadable).toMatchObject({ reason: expect.stringContaining("does not match the schema of predictions") });

    const retry = (id: string | undefined) => asAdmin(`/flows/${id}/retry`, { method: "POST" });
    const refused = await retry(unreadable?.id);
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      { expected: expect.stringContaining("about predictions") },
    ]);
    await new Registry().registered("v2.0");
    expect((await retry(readable?.id)).status).toBe(202);
    await vi.waitUntil(async () => (await count("predictions")).n === 2, { timeout: 30_000, interval: 200 });
    expect((await retry(readable?.id)).status).toBe(409);
  }, 120_000);

  test("remains a dead letter while the queue does not accept it", async () => {
    await quiet(() => deliver([predictionMessage()], { queue: "predictions-dead" }));
    const [letter] = (await query("SELECT id, reason FROM flow_runs")) as { id: string; reason: string }[];
    expect(letter?.reason).toBe("2 predictions of request request-1 could not be written; send them again");
    const broken = hubApp({ ...hub, answered: failing("the queue is down") });
    const headers = { Authorization: "Bearer test-token" };
    const [answer] = await quiet(async () => broken.request(`/flows/${letter?.id}/retry`, { method: "POST", headers }));
    expect(answer.status).toBe(500);
    expect(await query("SELECT state FROM flow_runs")).toEqual([{ state: "failed" }]);
  });

  test("remains in its dead-letter queue while the database is down", async () => {
    const down = hubWithSql(() => {
      throw new Error("D1 is down");
    });
    const [outcomes, lines] = await quiet(() =>
      deliver([predictionMessage()], { on: down, queue: "predictions-dead", attempts: 2 }),
    );
    expect(outcomes).toEqual([120]);
    expect(lines[0]).toContain(JSON.stringify(predictionMessage()));
  });
});
