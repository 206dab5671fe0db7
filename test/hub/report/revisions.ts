/** Which revisions of a report there are, and how they count in the track record. */
import { beforeEach, describe, expect, test } from "vitest";
import { readPredictions } from "../../../shared/track-record/published-prediction.ts";
import { hubApp } from "../../../workers/hub/http/app.ts";
import { query } from "../../support/hub.ts";
import { ingestHere } from "../../support/ingest-here.ts";
import { forecast } from "../../support/registry.ts";
import { revisedCities } from "../../support/sniim.ts";
import { champion, fileOf, folder, keys, newWorld, predictions, published, rows, take, tick, world } from "./world.ts";

describe("revisions", () => {
  beforeEach(newWorld);

  test("a complete period is reported after its ingest, counts in the track record, and can be read", async () => {
    await take("01");
    await champion("v1.0");
    await take("03");
    expect(await rows()).toEqual(published);
    expect(await keys("reports/")).toEqual(
      ["chart.en.svg", "chart.svg", "forecast.csv", "report.csv", "report.en.html", "report.html", "report.json"].map(
        (file) => `${folder}/${file}`,
      ),
    );
    const object = await world.registry.hub.lake.get(predictions);
    const found = await readPredictions(forecast, new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)));
    expect(found).toHaveLength(12);
    const first = { set: "series", step: 1, target: "2025-01-06", last: 20, median: 40.5, version: "v1.0" };
    expect(found[0]).toMatchObject(first);
    // Predictions of reports are no requests of callers.
    expect(await query("SELECT count(*) AS requests FROM predictions")).toEqual([{ requests: 0 }]);

    const get = (path: string, headers: Record<string, string> = {}) =>
      hubApp(world.registry.hub).request(path, { headers });
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
    expect(await dated.text()).toContain('href="report.en.html">English</a>');
    const english = await get(`/${folder}/report.html?lang=en`);
    expect(english.headers.get("Content-Language")).toBe("en");
    expect(english.headers.get("ETag")).not.toBe(dated.headers.get("ETag"));
    expect(await english.text()).toContain('<a href="chart.en.svg" download>');
    for (const [path, status] of [
      ["/reports/milk-mx/2024-12-31.csv", 404],
      ["/reports/milk-mx/2025-01-03/r2/report.html", 404],
      ["/reports/milk-mx/newest.csv", 422],
    ] as const)
      expect([path, (await get(path)).status]).toEqual([path, status]);
    const { body } = await world.registry.call("GET", "/reports?forecast=milk-mx");
    const listed = { origin: "2025-01-03", revision: 1, counts: "headline", version: "v1.0" };
    expect(body.reports).toMatchObject([{ ...listed, files: { length: 7 }, summary: { length: 3 } }]);
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
    expect(await ingestHere(world.registry.hub, corrected)).toMatchObject({ state: "done" });
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

  test("a report that is published after its target does not count", async () => {
    await take("01");
    await champion("v1.0");
    world.registry.before = async (step) => {
      if (step === "publish") throw new Error("the process ended");
    };
    await take("03");
    world.registry.before = async () => {};
    await take("06");
    await tick();
    expect(await rows()).toEqual([
      { ...published[0], counts: "backfill" },
      { ...published[0], origin: "2025-01-06" },
    ]);
  });
});
