/** How commands wait until predict uses a change, and how they show a forecast that cannot be answered. */
import { expect, test } from "vitest";
import type { Serving } from "../../shared/api/serving.ts";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { gold } from "../../shared/forecasts/gold.ts";
import type { Fact } from "../../shared/lake/fact.ts";
import { writeParquet } from "../../shared/lake/parquet.ts";
import { writeSuccess } from "../../shared/lake/success.ts";
import { addDays, isoWeekday } from "../../shared/lib/calendar.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { firstTrainingTask } from "../../trainer/commands/first-training.ts";
import { type Hub, openHub } from "../../trainer/hub.ts";
import { historiesOf, servedWith } from "../../trainer/serving.ts";
import { prepareTraining } from "../../trainer/training/run-contest.ts";
import { tinyModel } from "../support/card.ts";

const serving = (change: number, history: number): Serving => ({
  forecast: "gold",
  model: { version: `v${change}`, name: "ridge", stage: "champion" },
  target_period: "2026-11-23",
  data_as_of: "2026-11-20",
  stale: false,
  change,
  history,
});

const etag = "e";

/** A hub whose answers depend on the time that has passed. Bytes are sent as a file. */
function hubWhere(
  answer: (path: string, ms: number) => { readonly status?: number; readonly body: unknown | Uint8Array },
) {
  let ms = 0;
  const hub: Hub = openHub({
    url: "http://hub.test",
    token: "test-token",
    send: async (url) => {
      const { status = 200, body } = answer(decodeURIComponent(new URL(url).pathname), ms);
      if (body instanceof Uint8Array) return new Response(body.slice(), { headers: { ETag: etag } });
      const type = status === 200 ? "application/json" : "application/problem+json";
      return new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });
    },
  });
  const time = {
    nowMs: () => ms,
    sleep: async (wait: number) => {
      ms += wait;
    },
  };
  return { hub, time, passedMs: () => ms };
}

const unavailable = {
  status: 503,
  body: { type: "about:blank", title: "Service Unavailable", status: 503, detail: "gold cannot be answered now: R2." },
};

test("a command returns as soon as predict uses its change of champion and its data", async () => {
  const { hub, time, passedMs } = hubWhere((_, ms) => ({ body: serving(ms < 500 ? 1 : 2, ms < 1_000 ? 7 : 8) }));
  expect(await servedWith(hub, { forecast: "gold", change: 1, history: 7 }, time)).toMatchObject({ ok: true });
  expect(passedMs()).toBe(0);
  expect(await servedWith(hub, { forecast: "gold", change: 2 }, time)).toMatchObject({
    ok: true,
    value: { change: 2 },
  });
  expect(passedMs()).toBe(500);
  expect(await servedWith(hub, { forecast: "gold", history: 8 }, time)).toMatchObject({ value: { history: 8 } });
  expect(passedMs()).toBe(1_000);
});

test("after the time limit, the message states what is not visible yet and that it will be", async () => {
  const { hub, time } = hubWhere(() => ({ body: serving(1, 7) }));
  const later =
    "The change is stored, and predictions will use it as soon as this location can read it. See almanac models gold.";
  expect(await servedWith(hub, { forecast: "gold", change: 2 }, time)).toMatchObject({
    error: `Predictions of gold still use version v1 after 90 s. ${later}`,
  });
  expect(await servedWith(hub, { forecast: "gold", history: 8 }, time)).toMatchObject({
    error: `Predictions of gold still end with the data of 2026-11-20 after 90 s. ${later}`,
  });
});

test("after the time limit, a forecast that cannot be answered is reported with the reason", async () => {
  const { hub, time } = hubWhere(() => unavailable);
  expect(await servedWith(hub, { forecast: "gold", change: 2 }, { ...time, waitMaxMs: 2_000 })).toMatchObject({
    ok: false,
    error: expect.stringMatching(
      /^Predictions of gold are not available after 2 s: .*gold cannot be answered now: R2\./,
    ),
  });
});

test("an ingest waits only for forecasts that have a champion, and not for a hub of an earlier version", async () => {
  const model = { ...modelOf("gold"), decision: null };
  const { hub } = hubWhere(() => ({ body: { models: [model] } }));
  expect(await historiesOf(hub, { histories: { gold: 8, sickness: 3 } })).toEqual([{ forecast: "gold", history: 8 }]);
  expect(await historiesOf(hub, { keysWritten: 1 })).toEqual([]);
});

function modelOf(forecast: string) {
  const sha256 = "0".repeat(64);
  const dates = { testFrom: "a", testTo: "b", publishedFrom: "a", publishedTo: "b" };
  const numbers = { rmse: 1, skill: 0, pValue: null, modelBytes: 1, modelSha256: sha256, cardSha256: sha256 };
  const names = { candidate: "ridge", recipe: "r", producer: "almanac", run: null, stage: "champion" };
  return { forecast, version: "v1", ...names, ...dates, ...numbers, registeredAt: "2026-11-20T00:00:00.000Z" };
}

/** Runs the task of a start, and returns what it showed. */
async function runFirst(
  answer: (path: string) => { readonly status?: number; readonly body: unknown },
  declared: Forecast = gold,
) {
  const { hub } = hubWhere((path) => answer(path));
  const failed: string[] = [];
  const unanswered: string[] = [];
  const skipped: string[] = [];
  const shown = { title: "", output: "", skip: (reason: string) => void skipped.push(reason) };
  const task = firstTrainingTask({
    forecast: declared,
    first: { seed: 1, trialsMax: 1, budgetSeconds: null, threads: 1 },
    day: "2026-11-30",
    hub: () => hub,
    onTrained: () => {},
    onFailed: (reason) => failed.push(reason),
    onUnanswered: (reason) => unanswered.push(reason),
    wait: { waitMaxMs: 0 },
  });
  const error = await task.run(shown).then(
    () => null,
    (reason: Error) => reason.message,
  );
  return { ...shown, skipped, failed, unanswered, error, isOptional: task.isOptional };
}

const row = {
  number: 1,
  version: "v1",
  rule: "first",
  who: "a",
  why: "b",
  flowId: null,
  since: "2026-11-20T00:00:00.000Z",
  until: null,
};

/** Two hundred weekdays of prices. */
const facts = Array.from({ length: 280 }, (_, day) => addDays("2026-01-05", day))
  .filter((day) => isoWeekday(day) <= 5)
  .map((period, at): Fact => ({ series: "[]", period, variable: "EUR", value: 2000 + at }));
const file = writeParquet(goldCsv, facts);
const partition = { path: "year=2026", rows: facts.length, sha256: sha256Hex(file), etag };
const feedAnswer = {
  ...Object.fromEntries(
    ["id", "title", "publisher", "homepage", "dimensions", "variables"].map((name) => [
      name,
      goldCsv[name as keyof typeof goldCsv],
    ]),
  ),
  granularity: "day",
  partitionBy: "year",
  breaks: [],
  observations: facts.length,
  partitions: 1,
  ...{ firstPeriod: null, lastPeriod: null, cursor: null, etag: null, lastSuccessAt: null, overdue: [] },
};

/** A hub with prices of weekdays and with a champion, or without both. */
function platformWith(trained: Forecast | null) {
  const isEmpty = trained === null;
  const champion = isEmpty ? null : row;
  const about = { forecast: "gold", decision: null, looks: [], dataChanged: false, changes: [] };
  const bodies: Readonly<Record<string, unknown>> = {
    "/forecasts/gold/champion": { ...about, champion },
    "/feeds": { feeds: isEmpty ? [] : [feedAnswer] },
    "/serving/gold": serving(1, 1),
    "/feeds/gold-csv/lake/_SUCCESS": new TextEncoder().encode(writeSuccess(goldCsv, [partition])),
    "/feeds/gold-csv/lake/year=2026/part.parquet": file,
    ...(trained && {
      "/models/gold/v1": {
        ...modelOf("gold"),
        card: tinyModel({ forecast: trained, version: "v1.0" }).card,
        ...{ declaration: null, tags: {}, gates: [], audit: [] },
      },
    }),
  };
  return (path: string) => {
    if (!Object.hasOwn(bodies, path)) throw new Error(`the test has no answer for ${path}`);
    return { body: bodies[path] };
  };
}

test("a start marks a forecast as failed if predict cannot answer it, and continues", async () => {
  const answers = platformWith(gold);
  const ran = await runFirst((path) => (path.startsWith("/serving") ? unavailable : answers(path)));
  expect(ran).toMatchObject({ isOptional: true, error: expect.stringMatching(/^gold cannot be answered: .*R2\./) });
  expect(ran.unanswered).toHaveLength(1);
});

test("a start shows a forecast as done only if predict answers, and as skipped without data", async () => {
  const answered = await runFirst(platformWith(gold));
  expect(answered).toMatchObject({ error: null, skipped: [], title: "gold has a champion. v1 serves." });
  const empty = await runFirst(platformWith(null));
  expect(empty).toMatchObject({
    error: null,
    unanswered: [],
    skipped: [expect.stringContaining("gold has no data.")],
  });
});

test("a start checks an edited declaration against the data with the sentence of a training, also if it does not train", async () => {
  const edited: Forecast = { ...gold, schedule: { every: "day", periods: "calendar" } };
  const training = () => prepareTraining(edited, new Map([["gold-csv", facts]]));
  const sentence =
    "gold: The data has no values for Saturday, Sunday in 39 weeks, but the schedule contains them. Expected weekdays: [1, 2, 3, 4, 5] in the schedule.";
  expect(training).toThrow(sentence);
  const ran = await runFirst(platformWith(gold), edited);
  expect(ran).toMatchObject({ isOptional: true, error: sentence, failed: [sentence], unanswered: [] });
  // Another edit that fits the data is accepted.
  const fitting: Forecast = { ...gold, features: gold.features.slice(0, 20) };
  expect(await runFirst(platformWith(gold), fitting)).toMatchObject({ error: null, failed: [] });
});
