/** What was answered, from the queue into the database: once, whatever is delivered how often. */
import { createScheduledController, reset } from "cloudflare:test";
import fc from "fast-check";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { PredictionMessage, PredictionRow } from "../../shared/api/prediction-message.ts";
import { predictionsPageShape } from "../../shared/api/predictions.ts";
import { purgeSome } from "../../shared/db/predictions.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { hubApp } from "../../workers/hub/app.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import worker from "../../workers/hub/index.ts";
import { purgePredictions } from "../../workers/hub/predictions/purge.ts";
import { consume } from "../../workers/hub/queue.ts";
import { asAdmin, hub, migrate, query, request, testEnv } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

/** Versions differ from test to test, as they do in life. */
let version = "";
let world = 0;
beforeEach(async () => {
  await reset();
  await migrate();
  version = `v1.${++world}`;
  await new Registry().registered(version);
});

const row = (position: number, change: Partial<PredictionRow> = {}): PredictionRow => ({
  position,
  series: ["Jalisco", "Guadalajara", "Pasteurizada", "Autoservicios"],
  target: "2026-11-23",
  prediction: 29.25,
  intervals: { interval80: [29, 29.5], interval95: null },
  change: 0.125,
  values: [1.5, "here"],
  given: [0],
  hypothetical: false,
  ...change,
});

function told(change: Partial<PredictionMessage> = {}): PredictionMessage {
  return {
    format: 1,
    answer: "a".repeat(32),
    requestId: "request-1",
    at: "2026-11-21T12:34:56.789Z",
    forecast: forecast.id,
    version,
    number: 1,
    protocol: "predict",
    features: ["last", "place"],
    rows: [row(0), row(1)],
    ...change,
  };
}

/** Hands messages to a consumer as one batch; tells what became of each. */
async function deliver(bodies: readonly unknown[], { on = hub, attempts = 1, queue = "predictions" } = {}) {
  const fates: ("acked" | number)[] = [];
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp: new Date(0),
    body: JSON.parse(JSON.stringify(body)),
    attempts,
    ack() {
      fates[at] = "acked";
    },
    retry(options?: QueueRetryOptions) {
      fates[at] = options?.delaySeconds ?? 0;
    },
  }));
  await consume(on, { queue, messages });
  return fates;
}

const count = async (sql: string) => (await query(`SELECT count(*) AS n FROM ${sql}`))[0] as { n: number };
const sums = () =>
  query("SELECT feature, hour, hypothetical, bin, count FROM input_hours ORDER BY feature, hour, hypothetical, bin");

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
    features: '{"last":1.5,"place":"here"}',
    given: '["last"]',
    hypothetical: 0,
  });
  expect(await sums()).toEqual([
    { feature: "last", hour: "2026-11-21T12", hypothetical: 0, bin: "1", count: 2 },
    { feature: "place", hour: "2026-11-21T12", hypothetical: 0, bin: "=here", count: 2 },
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
    ["last", 0, "missing", 1],
    ["last", 0, "over", 2],
    ["last", 0, "under", 1],
    ["last", 1, "1", 1],
    ["place", 0, "=there", 1],
    ["place", 0, "missing", 2],
    ["place", 0, "other", 1],
    ["place", 1, "=here", 1],
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
          features: { last: value + 0, place: text },
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
    const bodies = ["hello", told({ version: "v0.none" }), told({ forecast: "gold" }), told()];
    const [fates, lines] = await quiet(() => deliver(bodies));
    expect(fates).toEqual([0, 0, 0, "acked"]);
    expect(lines).toMatchObject([
      expect.stringContaining("not a message about predictions"),
      "predictions: milk-mx has no registered version v0.none",
      "predictions: gold is not a forecast of this platform",
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
    const letters = "SELECT id, state, reason FROM flow_runs WHERE kind = 'dead-letter' ORDER BY reason";
    await vi.waitUntil(async () => (await query(letters)).length === 2, { timeout: 60_000, interval: 200 });
    const [readable, unreadable] = (await query(letters)) as { id: string }[];
    expect(readable).toMatchObject({ state: "failed", reason: "milk-mx has no registered version v2.0" });
    expect(unreadable).toMatchObject({ reason: expect.stringContaining("not a message about predictions") });

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

describe("what is old", () => {
  const now = new Date("2026-11-21T13:07:00Z");
  const on: Hub = { ...hub, now: () => now };
  const at = (daysAgo: number) => new Date(now.getTime() - daysAgo * 86_400_000).toISOString();
  const answer = (number: number) => number.toString(16).padStart(32, "0");

  test("is purged by the hour, while the sums stay", async () => {
    for (const days of [0, 89.9, 90.1, 400]) await deliver([told({ answer: answer(days * 10), at: at(days) })]);
    vi.useFakeTimers({ now, toFake: ["Date"] });
    const controller = createScheduledController({ cron: "7 * * * *", scheduledTime: now });
    await worker.scheduled(controller, testEnv);
    vi.useRealTimers();
    expect(await query("SELECT DISTINCT at FROM predictions ORDER BY at")).toEqual([{ at: at(89.9) }, { at: at(0) }]);
    expect(await query("SELECT sum(count) AS n FROM input_hours WHERE feature = 'last'")).toEqual([{ n: 8 }]);
  });

  test("goes in steps that go on where the last one ended, through all forecasts", async () => {
    const rows = Array.from({ length: 30 }, (_, position) => row(position));
    await deliver([told({ at: at(100), rows }), told({ answer: answer(1), at: at(1) })]);
    await testEnv.DB.exec("UPDATE predictions SET forecast = 'other' WHERE position % 2 = 1");
    expect(await purgeSome(hub.db, 10)).toBe(false);
    await testEnv.DB.prepare("UPDATE predictions_since SET since = ?").bind(at(90)).run();
    const left: unknown[] = [];
    for (let step = 0; step < 4; step++) left.push([await purgeSome(hub.db, 10), await count("predictions")]);
    expect(left).toEqual([
      [true, { n: 22 }],
      [true, { n: 12 }],
      [false, { n: 2 }],
      [false, { n: 2 }],
    ]);
  });

  test("that is more than one hour purges goes with the next", async () => {
    const rows = Array.from({ length: 10 }, (_, position) => row(position));
    await deliver([told({ at: at(100), rows })]);
    const left: unknown[] = [];
    for (let hour = 0; hour < 3; hour++) {
      await purgePredictions(on, { stepRows: 2, stepsMax: 2 });
      left.push(await count("predictions"));
    }
    expect(left).toEqual([{ n: 6 }, { n: 2 }, { n: 0 }]);
  });

  test("is not counted a second time when it is delivered after it was purged, even if more days are kept from then on", async () => {
    const old = told({ at: at(91) });
    await deliver([old]);
    await purgePredictions(on);
    const longer: Hub = { ...on, variable: () => "1000" };
    await purgePredictions(longer);
    expect(await deliver([old], { on: longer })).toEqual(["acked"]);
    expect(await count("predictions")).toEqual({ n: 0 });
    expect(await sums()).toMatchObject([{ count: 2 }, { count: 2 }]);
  });

  test("stays where the variable is wrong, and the error says what is expected", async () => {
    await deliver([told({ at: at(1_000) })]);
    for (const wrong of ["", "0", "-1", "ninety", "1.5"]) {
      await expect(purgePredictions({ ...on, variable: () => wrong })).rejects.toThrow(
        `PREDICTIONS_KEPT_DAYS is "${wrong}", expected a whole number of days`,
      );
    }
    expect(await count("predictions")).toEqual({ n: 2 });
  });

  test("does not come back: the day from which on everything is kept only grows", async () => {
    await purgePredictions(on);
    await expect(testEnv.DB.exec("UPDATE predictions_since SET since = ''")).rejects.toThrow(/does not come back/);
  });
});

describe("what was asked", () => {
  const path = "/forecasts/milk-mx/predictions";
  const read = async (search: string) =>
    predictionsPageShape.parse(await (await asAdmin(`${path}?${search}`, {})).json());

  async function asked() {
    const other = row(0, { series: ["Puebla", "Puebla", "Pasteurizada", "Tiendas"] });
    await deliver([
      told({ at: "2026-11-20T23:59:59.999Z" }),
      told({ answer: "b".repeat(32), at: "2026-11-21T00:00:00.000Z", rows: [other] }),
      told({ answer: "c".repeat(32), at: "2026-11-21T13:00:00.000Z", rows: [row(0), row(1), row(2)] }),
    ]);
  }

  test("is for those with the token alone; the hourly sums are for everyone", async () => {
    expect((await request(path)).status).toBe(401);
    expect((await request(path, { headers: { Authorization: "Bearer wrong" } })).status).toBe(401);
    const closed = await hubApp({ ...hub, adminToken: undefined }).request(path, {
      headers: { Authorization: "Bearer " },
    });
    expect([closed.status, await closed.json()]).toMatchObject([
      403,
      { detail: expect.stringContaining("ADMIN_TOKEN is not set") },
    ]);
    expect((await asAdmin(path, {})).status).toBe(200);
    expect((await request("/forecasts/milk-mx/inputs")).status).toBe(200);
  });

  test("comes newest first, in pages that together are all, each once", async () => {
    await asked();
    const all = await read("");
    expect(all.predictions.map((one) => `${one.answer[0]}${one.position}`)).toEqual([
      "c0",
      "c1",
      "c2",
      "b0",
      "a0",
      "a1",
    ]);
    expect(all.next).toBeNull();
    const paged: unknown[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page = await read(`limit=2${next === "" ? "" : `&cursor=${next}`}`);
      paged.push(...page.predictions);
      next = page.next;
    }
    expect(paged).toEqual(all.predictions);
  });

  test("is narrowed by time, series and version", async () => {
    await asked();
    const found = async (search: string) =>
      (await read(search)).predictions.map((one) => `${one.answer[0]}${one.position}`);
    expect(await found("from=2026-11-21")).toEqual(["c0", "c1", "c2", "b0"]);
    expect(await found("from=2026-11-21&to=2026-11-21T00")).toEqual(["b0"]);
    expect(await found("to=2026-11-20")).toEqual(["a0", "a1"]);
    expect(await found("series=Estado=Puebla")).toEqual(["b0"]);
    expect(await found("series=Estado=Puebla&series=Canal=Autoservicios")).toEqual([]);
    expect(await found("version=v0")).toEqual([]);
  });

  test("is CSV where that is asked for, with a link to the next page", async () => {
    await asked();
    const answer = await asAdmin(`${path}?format=csv&limit=1&series=Estado=Jalisco`, {});
    expect(answer.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("Link")).toMatch(/cursor=.*>; rel="next"$/);
    const [header, line] = (await answer.text()).split("\r\n");
    expect(header).toBe(
      "at,requestId,answer,position,version,number,protocol,hypothetical,targetPeriod,prediction,changeProbability,Estado,Ciudad,Tipo,Canal,intervals,features,given",
    );
    expect(line).toContain(
      `request-1,${"c".repeat(32)},0,${version},1,predict,false,2026-11-23,29.25,0.125,Jalisco,Guadalajara`,
    );
  });

  test("is refused for what there is not, with what there is", async () => {
    const refused = async (search: string) => {
      const answer = await asAdmin(`${path}?${search}`, {});
      return [answer.status, await answer.json()];
    };
    expect(await refused("series=Estadoo=Puebla")).toMatchObject([422, { didYouMean: "Estado" }]);
    expect(await refused("series=Estado")).toMatchObject([422, { detail: "Estado has no value." }]);
    expect(await refused("from=yesterday")).toMatchObject([422, {}]);
    expect(await refused("cursor=x")).toMatchObject([400, {}]);
    expect(await refused("sorted=no")).toMatchObject([422, { found: "sorted" }]);
    expect((await asAdmin("/forecasts/gold/predictions", {})).status).toBe(404);
  });

  test("an hour at a time is read by version, feature and hour, in pages, and as CSV", async () => {
    await asked();
    const hours = async (search: string) => {
      const answer = await request(`/forecasts/milk-mx/inputs?${search}`);
      return answer.json<{ inputs: Record<string, unknown>[]; next: string | null }>();
    };
    const all = await hours("");
    expect(all.inputs).toHaveLength(6);
    expect(all.inputs[0]).toEqual({
      version,
      feature: "last",
      hour: "2026-11-20T23",
      hypothetical: false,
      bin: "1",
      count: 2,
    });
    const paged: unknown[] = [];
    let next: string | null = "";
    while (next !== null) {
      const page = await hours(`limit=4${next === "" ? "" : `&cursor=${next}`}`);
      paged.push(...page.inputs);
      next = page.next;
    }
    expect(paged).toEqual(all.inputs);
    expect((await hours(`feature=place&from=2026-11-21T13&version=${version}`)).inputs).toMatchObject([
      { bin: "=here", count: 3 },
    ]);
    const csv = await (await request("/forecasts/milk-mx/inputs?format=csv&feature=place&to=2026-11-20")).text();
    expect(csv).toBe(`version,feature,hour,hypothetical,bin,count\r\n${version},place,2026-11-20T23,false,=here,2\r\n`);
  });
});
