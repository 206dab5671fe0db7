/** What was answered, from the queue into the database: once, whatever is delivered how often. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { PredictionMessage, PredictionRow } from "../../shared/api/prediction-message.ts";
import { predictionsPageShape } from "../../shared/api/predictions.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { count, deliver, freshHub, row, sums, told, version } from "../support/answered.ts";
import { asAdmin, hub, query, testEnv } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

freshHub();

test("an answer is kept as it was told, and its inputs are counted in the card's bins of that hour", async () => {
  expect(await deliver([told()])).toEqual(["acked"]);
  const rows = (await query("SELECT * FROM predictions ORDER BY position")) as Record<string, unknown>[];
  expect(rows).toHaveLength(2);
  expect(rows[0]).toEqual({
    answer: "a".repeat(32),
    position: 0,
    request_id: "request-1",
    at: "2026-11-21T12:34:56.789Z",
    forecast: "milk-mx",
    version,
    number: 1,
    protocol: "predict",
    series: '["Jalisco","Guadalajara","Pasteurizada","Autoservicios"]',
    target_period: "2026-11-23",
    prediction: 29.25,
    intervals: '{"interval80":[29,29.5],"interval95":null}',
    change_probability: 0.125,
    features: '{"Precio_lag1":1.5,"Estado":"here"}',
    given: '["Precio_lag1"]',
    hypothetical: 0,
    origin: "caller",
  });
  expect(await sums()).toEqual([
    { feature: "Estado", hour: "2026-11-21T12", hypothetical: 0, bin: "=here", count: 2 },
    { feature: "Precio_lag1", hour: "2026-11-21T12", hypothetical: 0, bin: "1", count: 2 },
  ]);
});

test("only callers count as traffic: predictions of a report or a probe are stored and not counted", async () => {
  const { origin: _, ...before } = told({ answer: "d".repeat(32), rows: [row(0)] });
  const messages = [
    told({ answer: "b".repeat(32), origin: "report", rows: [row(0)] }),
    told({ answer: "c".repeat(32), origin: "probe", rows: [row(0)] }),
    // As it was sent before messages had an origin.
    before as PredictionMessage,
  ];
  expect(await deliver(messages)).toEqual(["acked", "acked", "acked"]);
  expect(await query("SELECT origin FROM predictions ORDER BY answer")).toEqual([
    { origin: "report" },
    { origin: "probe" },
    { origin: "caller" },
  ]);
  expect(await sums()).toMatchObject([
    { feature: "Estado", count: 1 },
    { feature: "Precio_lag1", count: 1 },
  ]);
});

test("missing, unknown and out-of-range inputs have bins of their own, and what-ifs are counted apart", async () => {
  const values: PredictionRow["values"][] = [
    [null, null],
    [-1, "nowhere"],
    [99, ""],
    ["Infinity", "there"],
  ];
  const rows = [...values.map((one, at) => row(at, { values: one })), row(4, { hypothetical: true })];
  await deliver([told({ rows })]);
  const found = (await sums()) as { feature: string; hypothetical: number; bin: string; count: number }[];
  expect(found.map(({ feature, hypothetical, bin, count }) => [feature, hypothetical, bin, count])).toEqual([
    ["Estado", 0, "=there", 1],
    ["Estado", 0, "missing", 2],
    ["Estado", 0, "other", 1],
    ["Estado", 1, "=here", 1],
    ["Precio_lag1", 0, "missing", 1],
    ["Precio_lag1", 0, "over", 2],
    ["Precio_lag1", 0, "under", 1],
    ["Precio_lag1", 1, "1", 1],
  ]);
});

test("raw features without a series or a period are kept too", async () => {
  const raw = { series: null, target: null, intervals: {}, change: null, prediction: null, given: null };
  await deliver([told({ protocol: "mlflow", rows: [row(0, raw)] })]);
  expect(await query("SELECT protocol, series, target_period, prediction, given, intervals FROM predictions")).toEqual([
    { protocol: "mlflow", series: null, target_period: null, prediction: null, given: null, intervals: "{}" },
  ]);
});

test("whatever is delivered, in whatever batches and how often, each instance is kept and counted once", async () => {
  const parts = Array.from({ length: 6 }, (_, at) =>
    told({
      answer: String(at % 3).repeat(32),
      rows: [row(at * 10), row(at * 10 + 1, { values: [2.5, "there"] }), row(at * 10 + 2, { values: [0.5, "x"] })],
    }),
  );
  const batches = fc.array(fc.shuffledSubarray([...parts, ...parts], { minLength: 1 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(batches, async (early) => {
      await testEnv.DB.exec("DELETE FROM predictions; DELETE FROM input_hours;");
      for (const batch of [...early, parts, parts]) await deliver(batch);
      expect(await count("predictions")).toEqual({ n: 18 });
      expect(await query("SELECT bin, count FROM input_hours ORDER BY bin")).toEqual([
        ...["0", "1", "2", "=here", "=there", "other"].map((bin) => ({ bin, count: 6 })),
      ]);
    }),
    { numRuns: 12 },
  );
});

test("batches that are dealt with at the same moment count once", async () => {
  await Promise.all(Array.from({ length: 5 }, () => deliver([told()])));
  expect(await sums()).toMatchObject([{ count: 2 }, { count: 2 }]);
});

test("a transaction that fails keeps nothing and counts nothing, and the next delivery does both", async () => {
  const breaking = database((sql) => {
    if (/INSERT INTO predictions/.test(sql)) return sql.replace("INSERT INTO predictions", "INSERT INTO nowhere");
    return sql;
  });
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  expect(await deliver([told()], { on: breaking })).toEqual([60]);
  expect(logged).toHaveBeenCalledWith(expect.stringContaining("nowhere"));
  logged.mockRestore();
  expect([await count("predictions"), await count("input_hours")]).toEqual([{ n: 0 }, { n: 0 }]);
  await deliver([told()]);
  expect([await count("predictions"), await count("input_hours")]).toEqual([{ n: 2 }, { n: 2 }]);
});

/** The hub with a database that hears every statement and may have it otherwise. */
function database(change: (sql: string) => string): Hub {
  const DB = new Proxy(testEnv.DB, {
    get(target, name) {
      if (name === "prepare") return (sql: string) => target.prepare(change(sql));
      const value = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return hubOf({ ...testEnv, DB });
}

test("as many instances as a request may hold go in with a few statements", async () => {
  const parts = [0, 1, 2, 3].map((part) =>
    told({ rows: Array.from({ length: 250 }, (_, at) => row(part * 250 + at)) }),
  );
  let writes = 0;
  const counted = database((sql) => {
    if (/INSERT INTO/.test(sql)) writes++;
    return sql;
  });
  expect(await deliver(parts, { on: counted })).toEqual(new Array(4).fill("acked"));
  expect(writes).toBe(4);
  expect(await count("predictions")).toEqual({ n: 1_000 });
  expect(await sums()).toMatchObject([{ count: 1_000 }, { count: 1_000 }]);
});

test("texts of any kind come back as they were asked", async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme-composite" }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      async (text, value) => {
        const answer = (++number).toString(16).padStart(32, "0");
        const rows = [row(0, { series: [text, "b", "c", "d"], values: [value, text], prediction: value })];
        expect(await deliver([told({ answer, rows })])).toEqual(["acked"]);
        const search = new URLSearchParams({ series: `Estado=${text}`, limit: "10000" });
        const page = await asAdmin(`/forecasts/milk-mx/predictions?${search}`, {});
        const { predictions } = predictionsPageShape.parse(await page.json());
        const found = predictions.find((one) => one.answer === answer);
        expect(found).toMatchObject({
          series: [text, "b", "c", "d"],
          features: { Precio_lag1: value + 0, Estado: text },
          prediction: value + 0,
        });
      },
    ),
    {
      numRuns: 25,
      examples: [
        ["\u0000", 1],
        ["'; DROP TABLE predictions; --", 0.1],
        ["牛乳 🥛", -0.0],
      ],
    },
  );
});

describe("a message that cannot be kept", () => {
  const quiet = async <T>(work: () => Promise<T>): Promise<[T, string[]]> => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const done = await work();
    const lines = logged.mock.calls.flat().map(String);
    logged.mockRestore();
    return [done, lines];
  };

  test("does not hold up the others of its batch", async () => {
    const bodies = ["hello", told({ version: "v0.none" }), told({ forecast: "no-such" }), told()];
    const [fates, lines] = await quiet(() => deliver(bodies));
    expect(fates).toEqual([0, 0, 0, "acked"]);
    expect(lines).toMatchObject([
      expect.stringContaining("does not match the schema of predictions"),
      "predictions: milk-mx has no registered version v0.none",
      "predictions: no-such is not a forecast of this platform",
    ]);
    expect(await count("predictions")).toEqual({ n: 2 });
  });

  test("now, because the database or R2 is down, waits longer each time and is kept later", async () => {
    const down = database(() => {
      throw new Error("D1 is down");
    });
    const withoutLake: Hub = { ...hub, lake: failing("R2 is down") };
    const delays: unknown[] = [];
    for (const attempts of [1, 2, 3, 5, 9]) {
      const [fates] = await quiet(() => deliver([told()], { on: down, attempts }));
      delays.push(...fates);
    }
    expect(delays).toEqual([60, 240, 960, 15_360, 43_200]);
    expect(await quiet(() => deliver([told()], { on: withoutLake }))).toEqual([
      [60],
      [expect.stringContaining(`1 messages of milk-mx ${version} wait: R2 is down`)],
    ]);
    expect(await deliver([told()])).toEqual(["acked"]);
  });

  test("because its card was damaged waits for it to be restored", async () => {
    const key = artefactKey(forecast.id, version, "card.json");
    const card = await (await hub.lake.get(key))?.text();
    await hub.lake.put(key, "{}");
    const [fates, lines] = await quiet(() => deliver([told()]));
    expect([fates, lines]).toEqual([[60], [expect.stringContaining("card.json is damaged")]]);
    await quiet(() => deliver([told()], { queue: "predictions-dead" }));
    expect(await query("SELECT reason FROM flow_runs WHERE kind = 'dead-letter'")).toEqual([
      { reason: expect.stringContaining("card.json is damaged") },
    ]);
    await hub.lake.put(key, card ?? "");
    expect(await deliver([told()])).toEqual(["acked"]);
  });

  test("ends as a dead letter that says why, and is kept once a person sends it again", async () => {
    await testEnv.PREDICTIONS.send(told({ version: "v2.0" }));
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

  test("stays a dead letter while the queue does not take it", async () => {
    await quiet(() => deliver([told()], { queue: "predictions-dead" }));
    const [letter] = (await query("SELECT id, reason FROM flow_runs")) as { id: string; reason: string }[];
    expect(letter?.reason).toBe("2 predictions of request request-1 could not be written; send them again");
    const broken = hubApp({ ...hub, answered: failing("the queue is down") });
    const headers = { Authorization: "Bearer test-token" };
    const [answer] = await quiet(async () => broken.request(`/flows/${letter?.id}/retry`, { method: "POST", headers }));
    expect(answer.status).toBe(500);
    expect(await query("SELECT state FROM flow_runs")).toEqual([{ state: "failed" }]);
  });

  test("while the database is down even as a dead letter stays in its queue", async () => {
    const down = database(() => {
      throw new Error("D1 is down");
    });
    const [fates, lines] = await quiet(() => deliver([told()], { on: down, queue: "predictions-dead", attempts: 2 }));
    expect(fates).toEqual([120]);
    expect(lines[0]).toContain(JSON.stringify(told()));
  });
});

/** A binding of which every call fails. */
function failing<T extends object>(reason: string): T {
  return new Proxy({} as T, { get: () => () => Promise.reject(new Error(reason)) });
}

test("the real queue delivers to the real consumer", async () => {
  await testEnv.PREDICTIONS.send(told());
  await testEnv.PREDICTIONS.send(told());
  await testEnv.PREDICTIONS.send(told({ answer: "b".repeat(32) }));
  await vi.waitUntil(async () => (await count("predictions")).n === 4, { timeout: 30_000, interval: 200 });
  expect(await sums()).toMatchObject([{ count: 4 }, { count: 4 }]);
});
