/** Reports and editions: exactly one of each, also if a step fails, and for any number of triggers. */
import { reset } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reportModelShape } from "../../shared/api/report-model.ts";
import { reports } from "../../shared/db/schema.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { failure, success } from "../../shared/lib/result.ts";
import { renderFile } from "../../shared/reports/report-files.ts";
import { readPredictions } from "../../shared/track-record/published-prediction.ts";
import { requestReport } from "../../workers/hub/flows/request-report.ts";
import { hubApp } from "../../workers/hub/http/app.ts";
import type { Hub } from "../../workers/hub/hub.ts";
import { runTick } from "../../workers/hub/tick.ts";
import { tinyModel } from "../support/card.ts";
import { migrate, query, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { forecast, naive, Registry } from "../support/registry.ts";
import { eventModel } from "../support/served-events.ts";
import { publication, revisedCities, someCities } from "../support/sniim.ts";

/** Renders in the test instead of in the pages Worker. Images need a wasm, which has its own tests. */
const pages: Hub["pages"] = {
  async render({ model, file, downloads, language }) {
    const options = { language, downloads, rasterize: null };
    return success(renderFile(file, reportModelShape.parse(model), options));
  },
};

let registry: Registry;
let now = new Date("2025-01-03T13:00:00Z");
async function newWorld(): Promise<void> {
  await reset();
  await migrate();
  now = new Date("2025-01-03T13:00:00Z");
  registry = new Registry({ pages, now: () => now });
}

const fileOf = (days: readonly string[], cities = someCities(3)) => ({
  name: `Leche${days.at(-1)}012025.xlsx`,
  bytes: publication(days.map((day) => ({ day: `2025-01-${day}`, cities }))),
});

async function take(...days: readonly string[]): Promise<void> {
  expect(await ingestHere(registry.hub, fileOf(days))).toMatchObject({ state: "done" });
}

/** Makes a version of a baseline the champion. Its predictions have the name that the forecast declares. */
async function champion(version: string): Promise<void> {
  const built = tinyModel({ forecast, version, ...naive });
  const model = { ...built, card: { ...built.card, output: forecast.output } };
  await registry.uploadBoth(model);
  expect(await registry.register(model)).toMatchObject({ status: 201 });
  await registry.promote(version, { why: "a test", force: true });
  expect(await registry.champion()).toMatchObject({ version });
}

const tick = () => runTick(registry.hub, [forecast], now);

interface Row {
  readonly origin: string;
  readonly revision: number;
  readonly reason: string;
  readonly state: string;
  readonly counts: string | null;
}

const rows = async () =>
  (await query("SELECT origin, revision, reason, state, counts FROM reports ORDER BY origin, revision")) as Row[];

async function keys(prefix: string): Promise<string[]> {
  return (await registry.hub.lake.list({ prefix })).objects.map(({ key }) => key);
}

const published = [
  { origin: "2025-01-03", revision: 1, reason: "publication", state: "published", counts: "headline" },
];
const folder = "reports/milk-mx/2025-01-03/r1";
const predictions = "forecasts/milk-mx/origin=2025-01-03/role=champion/revision=1/part.parquet";

describe("exactly one report and one record", () => {
  /** One world for all tests, because an ingest and a promotion take longer than a report. */
  beforeAll(async () => {
    await newWorld();
    await take("01");
    await champion("v1.0");
    await take("03");
  });

  /** Removes everything that a report writes. */
  beforeEach(async () => {
    registry = new Registry({ pages, now: () => now });
    const ofReports = "SELECT id FROM flow_runs WHERE kind = 'report'";
    await testEnv.DB.exec(`DELETE FROM flow_steps WHERE flow_id IN (${ofReports})`);
    await testEnv.DB.exec("DELETE FROM flow_runs WHERE kind = 'report'");
    await testEnv.DB.exec("DELETE FROM reports");
    await registry.hub.lake.delete([...(await keys("reports/")), ...(await keys("forecasts/"))]);
  });

  async function expectOne(): Promise<void> {
    expect(await rows()).toEqual(published);
    expect(await keys("forecasts/")).toEqual([predictions]);
    expect(await keys("reports/")).toHaveLength(5);
    expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE kind = 'report'")).toEqual([{ flows: 1 }]);
  }

  const steps = [
    "find periods to score",
    "predict",
    "find periods without predictions",
    "render report.csv",
    "render report.html",
    "publish",
  ];
  test.each(steps)("when the step %s fails once", async (broken) => {
    let isBroken = true;
    registry.before = async (step) => {
      if (!isBroken || step !== broken) return;
      isBroken = false;
      throw new Error("the process ended");
    };
    await tick();
    expect(await rows()).not.toEqual(published);
    await tick();
    expect(isBroken).toBe(false);
    await expectOne();
  });

  test("when every step runs twice", async () => {
    registry.forgetful = true;
    await tick();
    await expectOne();
  });

  test("when the objects were written and the database then failed", async () => {
    let failures = 1;
    const failing = new Proxy(registry.hub.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]) => {
          if (name === "update" && parameters[0] === reports && failures-- > 0) throw new Error("the database is down");
          return Reflect.apply(value, target, parameters);
        };
      },
    });
    registry = new Registry({ pages, now: () => now, db: failing });
    await tick();
    expect(await rows()).toMatchObject([{ state: "requested" }]);
    expect(await keys("reports/")).toHaveLength(1);
    await tick();
    await expectOne();
  });

  test("when several triggers start it at once", async () => {
    await Promise.all([
      tick(),
      tick(),
      requestReport(registry.hub, forecast, "data"),
      requestReport(registry.hub, forecast, "edition"),
    ]);
    await expectOne();
    expect(await registry.call("POST", "/reports/milk-mx")).toMatchObject({
      status: 200,
      body: { origin: "2025-01-03", revision: 1, known: true, state: "done" },
    });
    await expectOne();
  });

  test("when pages is down for an hour", async () => {
    let isDown = true;
    const failing: Hub["pages"] = {
      render: async (request) => (isDown ? failure("pages is down") : pages.render(request)),
    };
    registry = new Registry({ pages: failing, now: () => now });
    for (let quarter = 0; quarter < 4; quarter++) await tick();
    expect(await rows()).toMatchObject([{ state: "predicted", counts: null }]);
    isDown = false;
    await tick();
    await expectOne();
  });
});

describe("in a world of its own", () => {
  beforeEach(newWorld);

  test("a complete period is reported after its ingest, counts in the track record, and can be read", async () => {
    await take("01");
    await champion("v1.0");
    await take("03");
    expect(await rows()).toEqual(published);
    expect(await keys("reports/")).toEqual(
      ["chart.svg", "forecast.csv", "report.csv", "report.html", "report.json"].map((file) => `${folder}/${file}`),
    );
    const object = await registry.hub.lake.get(predictions);
    const found = await readPredictions(forecast, new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)));
    expect(found).toHaveLength(12);
    const first = { set: "series", step: 1, target: "2025-01-06", last: 20, median: 40.5, version: "v1.0" };
    expect(found[0]).toMatchObject(first);
    // Predictions of reports are no requests of callers.
    expect(await query("SELECT count(*) AS requests FROM predictions")).toEqual([{ requests: 0 }]);

    const get = (path: string, headers: Record<string, string> = {}) => hubApp(registry.hub).request(path, { headers });
    const page = await get("/reports/milk-mx/latest.html");
    expect([page.status, page.headers.get("Location")]).toEqual([302, `/${folder}/report.html`]);
    const csv = await get("/reports/milk-mx/latest.csv");
    expect(Object.fromEntries(csv.headers)).toMatchObject({
      "content-type": "text/csv; charset=utf-8",
      "cache-control": "public, max-age=60",
      "content-disposition": 'attachment; filename="milk-mx-2025-01-03-r1.csv"',
    });
    expect((await csv.text()).split("\r\n")[1]).toContain("Jalisco,Ciudad A,Pasteurizada,Autoservicios,6,1,2025");
    const etag = csv.headers.get("ETag") ?? "";
    expect((await get("/reports/milk-mx/2025-01-03.csv", { "If-None-Match": etag })).status).toBe(304);
    const dated = await get(`/${folder}/report.html`);
    expect(dated.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
    expect(await dated.text()).toContain("<!doctype html>");
    for (const [path, status] of [
      ["/reports/milk-mx/2024-12-31.csv", 404],
      ["/reports/milk-mx/2025-01-03/r2/report.html", 404],
      ["/reports/milk-mx/newest.csv", 422],
    ] as const)
      expect([path, (await get(path)).status]).toEqual([path, status]);
    const { body } = await registry.call("GET", "/reports?forecast=milk-mx");
    const listed = { origin: "2025-01-03", revision: 1, counts: "headline", version: "v1.0" };
    expect(body.reports).toMatchObject([{ ...listed, files: { length: 5 }, summary: { length: 3 } }]);
    const feed = await get("/reports/milk-mx/feed.xml");
    expect(feed.headers.get("Content-Type")).toBe("application/atom+xml; charset=utf-8");
    expect(await feed.text()).toContain(`type="text/html" href="http://localhost/${folder}/report.html"/>`);
  });

  test("corrected data and another champion are new revisions beside the first, and known periods are scored again", async () => {
    const sums = async () =>
      (await query('SELECT target, step, "set", rows, compared, loss FROM score_sums ORDER BY target')) as {
        readonly loss: number;
      }[];
    const revision = (origin: string, number: number, reason: string, counts: string) => {
      return { origin, revision: number, reason, state: "published", counts };
    };
    await take("01");
    await champion("v1.0");
    await take("03");
    expect(await sums()).toEqual([]);
    await take("06");
    const [first] = await sums();
    // The model predicts 2 × last + 0.5 for values that stay: the errors are 20.5, 20.75 and so on to 23.25.
    expect(first).toMatchObject({ target: "2025-01-06", step: 1, set: "series", rows: 12, compared: 12 });
    expect(first?.loss).toBeCloseTo(12 * 21.875, 9);

    const corrected = { ...fileOf(["06"], revisedCities(3)), name: "Leche07012025.xlsx", isReleased: true };
    expect(await ingestHere(registry.hub, corrected)).toMatchObject({ state: "done" });
    const [again, ...others] = await sums();
    expect(again?.loss).toBeLessThan(first?.loss ?? 0);
    expect(others).toEqual([]);
    expect(await keys("scores/milk-mx/target=2025-01-06/")).toHaveLength(2);

    await champion("v2.0");
    await tick();
    await tick();
    expect(await rows()).toEqual([
      revision("2025-01-03", 1, "publication", "headline"),
      revision("2025-01-06", 1, "publication", "headline"),
      revision("2025-01-06", 2, "correction", "revision"),
      revision("2025-01-06", 3, "champion", "revision"),
    ]);
    expect(await keys("forecasts/milk-mx/origin=2025-01-06/")).toHaveLength(3);
  });

  test("of several new periods the newest is reported, and the others get a record that was made later", async () => {
    await take("01");
    await champion("v1.0");
    await take("03");
    await take("06", "08", "10");
    const later = { revision: 1, reason: "catch-up", state: "recorded", counts: "backfill" };
    expect(await rows()).toEqual([
      ...published,
      { origin: "2025-01-06", ...later },
      { origin: "2025-01-08", ...later },
      { ...published[0], origin: "2025-01-10" },
    ]);
    expect(await keys("forecasts/milk-mx/origin=2025-01-06")).toHaveLength(1);
    expect(await keys("reports/milk-mx/2025-01-06")).toEqual([]);
    // The first publication is scored, although later periods came with its target.
    expect(await query("SELECT target, rows FROM score_sums")).toEqual([{ target: "2025-01-06", rows: 12 }]);
  });

  test("the track record can be read: all periods, one period and the series, and the report shows it", async () => {
    const path = "/forecasts/milk-mx/record";
    await take("01");
    await champion("v1.0");
    await take("03");
    expect(await registry.call("GET", path)).toMatchObject({ body: { record: null, periods: [] } });
    expect(await registry.call("GET", `${path}/periods/2025-01-06`)).toMatchObject({ status: 404 });
    await take("06");
    expect(await registry.call("GET", path)).toMatchObject({
      body: {
        record: { step: 1, set: "series", claim: "no difference shown yet", differing: 0, windows: [{ periods: 1 }] },
        periods: [{ period: "2025-01-06", series: 12, meanAbsoluteError: 21.875, loss: 21.875, baselineLoss: 21.875 }],
        next: null,
      },
    });
    const model = await (await registry.hub.lake.get("reports/milk-mx/2025-01-06/r1/report.json"))?.json();
    expect(model).toMatchObject({ record: { publications: 1, from: "2025-01-06", baseline: "naive" } });
    const { body: scores } = await registry.call("GET", `${path}/periods/2025-01-06`);
    expect(scores).toMatchObject({ revision: 1, scores: { length: 12 } });
    expect(scores).toHaveProperty("scores.0", {
      series: { Estado: "Jalisco", Ciudad: "Ciudad A", Tipo: "Pasteurizada", Canal: "Autoservicios" },
      ...{ origin: "2025-01-03", step: 1, version: "v1.0", servedBy: "Tiny", counts: "headline" },
      ...{ predicted: 40.5, low90: null, high90: null, actual: 20, error: -20.5, loss: 20.5, baselineLoss: 20.5 },
    });
    expect(await registry.call("GET", `${path}/series`)).toMatchObject({ body: { periods: 1, best: [], worst: [] } });
    const { hubApp } = await import("../../workers/hub/http/app.ts");
    const csv = await (await hubApp(registry.hub).request(`${path}?format=csv`)).text();
    expect(csv.split("\r\n").slice(0, 2)).toEqual([
      "period,series,loss,baseline_loss,mean_absolute_error,exact,covered_50,covered_80,covered_90,covered_95",
      "2025-01-06,12,21.875,21.875,21.875,0,,,,",
    ]);
    expect(await registry.call("GET", `${path}?group=stat`)).toMatchObject({
      status: 422,
      body: { field: "group", didYouMean: "state" },
    });
    expect(await registry.call("GET", `${path}?step=13`)).toMatchObject({ status: 422, body: { field: "step" } });
  });

  test("a report that is published after its target does not count", async () => {
    await take("01");
    await champion("v1.0");
    registry.before = async (step) => {
      if (step === "publish") throw new Error("the process ended");
    };
    await take("03");
    registry.before = async () => {};
    await take("06");
    await tick();
    expect(await rows()).toEqual([
      { ...published[0], counts: "backfill" },
      { ...published[0], origin: "2025-01-06" },
    ]);
  });

  const editions = () => query("SELECT date, origin, revision, is_new FROM editions ORDER BY date");

  test("without observations nothing can be reported, and without a champion an edition states it, but no ingest", async () => {
    const refused = { status: 409, body: { detail: expect.stringContaining("has no observations") } };
    expect(await registry.call("POST", "/reports/milk-mx")).toMatchObject(refused);
    await take("03");
    expect(await rows()).toEqual([]);
    now = new Date("2025-01-04T14:00:00Z");
    await tick();
    expect(await rows()).toEqual([{ ...published[0], reason: "edition", counts: null }]);
    const model = await (await registry.hub.lake.get(`${folder}/report.json`))?.json();
    expect(model).toMatchObject({ origin: "2025-01-03", model: { missing: "no-champion" }, series: { length: 12 } });
    await tick();
    expect(await editions()).toMatchObject([{ date: "2025-01-04", origin: "2025-01-03" }]);
  });

  test("the edition of a day appears once at the declared local hour, and states whether there is a new publication", async () => {
    await take("01");
    await champion("v1.0");
    await take("03");
    // Mexico is six hours behind UTC.
    now = new Date("2025-01-04T13:59:00Z");
    await tick();
    expect(await editions()).toEqual([]);
    now = new Date("2025-01-04T14:00:00Z");
    await Promise.all([tick(), tick()]);
    await tick();
    now = new Date("2025-01-05T14:15:00Z");
    await tick();
    expect(await editions()).toEqual([
      { date: "2025-01-04", origin: "2025-01-03", revision: 1, is_new: 1 },
      { date: "2025-01-05", origin: "2025-01-03", revision: 1, is_new: 0 },
    ]);
    expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE kind = 'edition'")).toEqual([{ flows: 2 }]);
    const { body } = await registry.call("GET", "/reports/milk-mx/editions/2025-01-05.json");
    expect(body).toMatchObject({
      report: { origin: "2025-01-03", path: `/${folder}/report.html` },
      isNew: false,
      changes: [expect.stringContaining("No hay publicaciones nuevas desde el 3 ene 2025")],
    });
    expect(await keys("reports/milk-mx/editions/")).toHaveLength(4);
  });
});

describe("the next event", () => {
  const file = (day: string) => ({
    ...{ feed: "customers-csv", name: `customers_${day}.csv`, isReleased: true },
    bytes: new TextEncoder().encode(
      `customer_id,age,region,signup_date,last_purchase,loyalty_points,synthetic\n1,30,East,2024-01-01,,5,true\n`,
    ),
  });
  const purchases = (month: string, list: readonly (readonly [customer: number, day: string, amount: number])[]) => ({
    ...{ feed: "transactions-json", name: `transactions_${month}.json`, isReleased: true },
    bytes: new TextEncoder().encode(
      JSON.stringify(
        list.map(([customer, day, amount]) => ({
          ...{ transaction_id: `T${customer}-${day}`, customer_id: customer, amount, currency: "USD" },
          ...{ timestamp: `${month}-${day}T10:00:00Z`, payment_method: "PayPal", status: "Completed" },
        })),
      ),
    ),
  });
  const record = async () => (await registry.call("GET", "/forecasts/customers/record")).body;

  beforeAll(async () => {
    await newWorld();
    registry = new Registry({ pages, now: () => now }, customers);
    const { model, card } = eventModel();
    await registry.uploadBoth({ model, card });
    expect(await registry.register({ model, card })).toMatchObject({ status: 201 });
    await registry.promote(card.version, { why: "a test", force: true });
  });

  const take = async (...files: readonly Parameters<typeof ingestHere>[1][]) => {
    for (const one of files) expect(await ingestHere(registry.hub, one)).toMatchObject({ state: "done" });
  };

  test("is compared with the first batch after the last one, also months later, and until then the prediction is open", async () => {
    await take(
      file("2025-01-31"),
      purchases("2025-01", [
        [1, "05", 400],
        [2, "20", 100],
        [3, "31", 100],
      ]),
    );
    expect(await record()).toMatchObject({
      ...{ record: null, periods: [] },
      open: { predictions: 3, since: "2025-01-31", origin: "2025-01-31" },
    });
    await take(
      file("2025-02-28"),
      purchases("2025-02", [
        [1, "10", 500],
        [1, "11", 500],
        [9, "28", 50],
      ]),
    );
    expect(await record()).toMatchObject({
      periods: [{ period: "2025-02-10", series: 1 }],
      open: { predictions: 4, since: "2025-01-31", origin: "2025-02-28" },
    });
    await take(
      file("2025-04-30"),
      purchases("2025-04", [
        [1, "01", 20],
        [2, "30", 350],
      ]),
    );
    const { periods, open } = await record();
    expect(periods).toMatchObject([
      { period: "2025-02-10", series: 1 },
      { period: "2025-04-01", series: 1 },
      { period: "2025-04-30", series: 1 },
    ]);
    expect(open).toEqual({ predictions: 4, since: "2025-01-31", origin: "2025-04-30" });
    const { body } = await registry.call("GET", "/forecasts/customers/record/periods/2025-04-30");
    expect(body).toMatchObject({
      scores: [{ series: { customer_id: "2" }, origin: "2025-01-31", counts: "headline", actual: 1 }],
    });
    expect(await rows()).toMatchObject(
      ["2025-01-31", "2025-02-28", "2025-04-30"].map((origin) => ({ origin, counts: "headline" })),
    );
    const model = await (await registry.hub.lake.get("reports/customers/2025-04-30/r1/report.json"))?.json();
    expect(model).toMatchObject({
      ...{ open: { predictions: 4, since: "2025-01-31" }, record: { publications: 3 } },
      feeds: [{ id: "transactions-json" }, { id: "customers-csv", simulated: true }],
    });
    expect(model).not.toHaveProperty("feeds.0.simulated");
    const headers = { Authorization: "Bearer test-token" };
    const csv = await hubApp(registry.hub).request("/reports/customers/latest.csv", { headers });
    expect(csv.headers.get("Content-Disposition")).toContain('"synthetic-customers-2025-04-30-r1.csv"');
    const { body: feeds } = await registry.call("GET", "/feeds");
    expect(JSON.stringify(feeds).match(/"simulated":true/g)).toHaveLength(1);
  });

  test("a purchase that a later file completes is scored on its day, and the one after it then was not predicted", async () => {
    await take(file("2025-05-31"), purchases("2025-05", [[3, "30", 20]]));
    const scored = async () => ((await record()).periods as { period: string }[]).map(({ period }) => period);
    expect(await scored()).toContain("2025-05-30");
    await take(purchases("2025-05", [[3, "04", 90]]));
    expect(await scored()).toContain("2025-05-04");
    expect(await scored()).not.toContain("2025-05-30");
    expect(await registry.call("GET", "/forecasts/customers/record/periods/2025-05-30")).toMatchObject({ status: 404 });
  });
});
