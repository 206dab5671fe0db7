/** What editions and requests publish, with and without a champion. */
import { beforeEach, describe, expect, test } from "vitest";
import { query } from "../../support/hub.ts";
import { champion, folder, keys, newWorld, published, rows, take, tick, world } from "./world.ts";

describe("editions", () => {
  beforeEach(newWorld);

  const editions = () => query("SELECT date, origin, revision, is_new FROM editions ORDER BY date");

  test("without observations nothing can be reported, and without a champion an edition states it, but no ingest", async () => {
    const refused = { status: 409, body: { detail: expect.stringContaining("has no observations") } };
    expect(await world.registry.call("POST", "/reports/milk-mx")).toMatchObject(refused);
    await take("03");
    expect(await rows()).toEqual([]);
    world.now = new Date("2025-01-04T14:00:00Z");
    await tick();
    expect(await rows()).toEqual([{ ...published[0], reason: "edition", counts: null }]);
    const model = await (await world.registry.hub.lake.get(`${folder}/report.json`))?.json();
    expect(model).toMatchObject({ origin: "2025-01-03", model: { missing: "no-champion" }, series: { length: 12 } });
    await tick();
    expect(await editions()).toMatchObject([{ date: "2025-01-04", origin: "2025-01-03" }]);
  });

  test("a request is met without a champion, also if newer data arrives before it predicts", async () => {
    await take("03");
    let isFirst = true;
    world.registry.before = async (step) => {
      if (!isFirst || step !== "predict") return;
      isFirst = false;
      await take("06");
    };
    expect(await world.registry.call("POST", "/reports/milk-mx")).toMatchObject({ body: { origin: "2025-01-03" } });
    expect(await rows()).toEqual([
      { ...published[0], reason: "request", state: "overtaken", counts: null },
      { ...published[0], origin: "2025-01-06", reason: "request", counts: null },
    ]);
  });

  test("the edition of a day appears once at the declared local hour, and states whether there is a new publication", async () => {
    await take("01");
    await champion("v1.0");
    await take("03");
    // Mexico is six hours behind UTC.
    world.now = new Date("2025-01-04T13:59:00Z");
    await tick();
    expect(await editions()).toEqual([]);
    world.now = new Date("2025-01-04T14:00:00Z");
    await Promise.all([tick(), tick()]);
    await tick();
    world.now = new Date("2025-01-05T14:15:00Z");
    await tick();
    expect(await editions()).toEqual([
      { date: "2025-01-04", origin: "2025-01-03", revision: 1, is_new: 1 },
      { date: "2025-01-05", origin: "2025-01-03", revision: 1, is_new: 0 },
    ]);
    expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE kind = 'edition'")).toEqual([{ flows: 2 }]);
    const { body } = await world.registry.call("GET", "/reports/milk-mx/editions/2025-01-05.json");
    expect(body).toMatchObject({
      report: { origin: "2025-01-03", path: `/${folder}/report.html` },
      isNew: false,
      changes: [expect.stringContaining("No hay publicaciones nuevas desde el 3 ene 2025")],
    });
    const english = await world.registry.call("GET", "/reports/milk-mx/editions/2025-01-05.json?lang=en");
    expect(english.body).toMatchObject({
      title: "Milk prices in Mexico",
      report: {
        path: `/${folder}/report.en.html`,
        summary: expect.arrayContaining(["21.38 MXN/l, unchanged since Jan 1, 2025."]),
      },
      changes: [expect.stringContaining("There is no new publication since Jan 3, 2025")],
    });
    expect(await keys("reports/milk-mx/editions/")).toHaveLength(8);
  });
});
