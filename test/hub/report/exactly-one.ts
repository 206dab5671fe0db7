/** Exactly one report and one record, also if a step fails, and for any number of triggers. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { reports } from "../../../shared/db/schema.ts";
import { failure } from "../../../shared/lib/result.ts";
import { requestReport } from "../../../workers/hub/flows/request-report.ts";
import type { Hub } from "../../../workers/hub/hub.ts";
import { query, testEnv } from "../../support/hub.ts";
import { forecast, Registry } from "../../support/registry.ts";
import { champion, keys, newWorld, pages, predictions, published, rows, take, tick, world } from "./world.ts";

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
    world.registry = new Registry({ pages, now: () => world.now });
    const ofReports = "SELECT id FROM flow_runs WHERE kind = 'report'";
    await testEnv.DB.exec(`DELETE FROM flow_steps WHERE flow_id IN (${ofReports})`);
    await testEnv.DB.exec("DELETE FROM flow_runs WHERE kind = 'report'");
    await testEnv.DB.exec("DELETE FROM reports");
    await world.registry.hub.lake.delete([...(await keys("reports/")), ...(await keys("forecasts/"))]);
  });

  async function expectOne(): Promise<void> {
    expect(await rows()).toEqual(published);
    expect(await keys("forecasts/")).toEqual([predictions]);
    expect(await keys("reports/")).toHaveLength(7);
    expect(await query("SELECT count(*) AS flows FROM flow_runs WHERE kind = 'report'")).toEqual([{ flows: 1 }]);
  }

  const steps = [
    "find periods to score",
    "predict",
    "find periods without predictions",
    "render report.csv",
    "render report.en.html",
    "publish",
  ];
  test.each(steps)("when the step %s fails once", async (broken) => {
    let isBroken = true;
    world.registry.before = async (step) => {
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

  test("when its messages could not be queued, the next tick queues them and writes no file again", async () => {
    const writtenAt = async () =>
      (await world.registry.hub.lake.list({ prefix: "reports/" })).objects.map(({ uploaded }) => uploaded.getTime());
    await testEnv.DB.exec(
      "INSERT INTO subscriptions (id, url, secret, base, who, created_at) VALUES ('s', 'http://refused.example', 'whsec_', 'https://a.example', 'test', '2025-01-01')",
    );
    let isBroken = true;
    world.registry.before = async (step) => {
      if (isBroken && step === "queue messages") throw new Error("the database is down");
    };
    await tick();
    expect(await rows()).toEqual(published);
    expect(await query("SELECT id FROM outbox")).toEqual([]);
    const written = await writtenAt();
    isBroken = false;
    await tick();
    expect(await query("SELECT subscriber FROM outbox")).toEqual([{ subscriber: "s" }]);
    expect(await query("SELECT state FROM flow_runs WHERE kind = 'report'")).toEqual([{ state: "done" }]);
    expect(await writtenAt()).toEqual(written);
    await expectOne();
    await testEnv.DB.exec("DELETE FROM outbox");
    await testEnv.DB.exec("DELETE FROM subscriptions");
  });

  test("when every step runs twice", async () => {
    world.registry.forgetful = true;
    await tick();
    await expectOne();
  });

  test("when the objects were written and the database then failed", async () => {
    let failures = 1;
    const failing = new Proxy(world.registry.hub.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]) => {
          if (name === "update" && parameters[0] === reports && failures-- > 0) throw new Error("the database is down");
          return Reflect.apply(value, target, parameters);
        };
      },
    });
    world.registry = new Registry({ pages, now: () => world.now, db: failing });
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
      requestReport(world.registry.hub, forecast, "data"),
      requestReport(world.registry.hub, forecast, "edition"),
    ]);
    await expectOne();
    expect(await world.registry.call("POST", "/reports/milk-mx")).toMatchObject({
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
    world.registry = new Registry({ pages: failing, now: () => world.now });
    for (let quarter = 0; quarter < 4; quarter++) await tick();
    expect(await rows()).toMatchObject([{ state: "predicted", counts: null }]);
    isDown = false;
    await tick();
    await expectOne();
  });
});
