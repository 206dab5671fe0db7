/** Tests that the hub records each look at the test window, and allows the next one by the rule of looks. */
import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, test } from "vitest";
import { requestFlow } from "../../shared/db/flows.ts";
import { saveGate } from "../../shared/db/gates.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { better, forecast, naive, Registry } from "../support/registry.ts";

let registry: Registry;
beforeEach(async () => {
  await reset();
  await migrate();
  registry = new Registry();
});

test("a look uses only periods that no earlier look used", async () => {
  await registry.served("v1.0", naive);
  await registry.registered("v2.0", { ...better("two", "v1.0"), losses: { challenger: 2, naive: 2, incumbent: 2 } });
  expect(await registry.promote("v2.0")).toMatchObject({ state: "failed" });

  await registry.registered("v3.0", better("three", "v1.0"));
  expect(await registry.promote("v3.0")).toMatchObject({
    state: "held",
    reason: expect.stringContaining("the test window has 0 of 60"),
  });
  await registry.registered("v3.1", better("three", "v1.0", "2026-01-30"));
  expect(await registry.promote("v3.1")).toMatchObject({
    state: "held",
    reason: expect.stringContaining("the test window has 29 of 60"),
  });
  await registry.registered("v3.2", better("three", "v1.0", "2026-01-31"));
  expect(await registry.promote("v3.2")).toMatchObject({
    state: "done",
    stats: { periods: 30, usedThrough: "2026-03-31" },
  });
});

test("a decision made before another look was recorded is not saved", async () => {
  await registry.registered("v1.0");
  await registry.promote("v1.0");
  await registry.registered("v2.0", better("two", "v1.0"));
  const { run } = await requestFlow(hub.db, { kind: "promote", key: "late", params: {} }, { now: "", boot: "" });
  const look = { key: "v2.0", from: "2026-01-01", to: "2026-03-01", halvings: 0 };
  const verdict = {
    kind: "promote",
    rule: "replacement",
    periods: 60,
    pNaive: 0,
    pIncumbent: 0,
    ahead: 1,
    tested: 1,
    look,
    reason: "",
  } as const;
  const place = { flowId: run.id, forecast: forecast.id, version: "v2.0", incumbent: "v1.0", decidedAt: "", verdict };
  const late = { ...place, data: { facts: sha256Hex("data"), readAt: "" } };
  expect(await saveGate(hub.db, { ...late, looksBefore: 0 })).toBeNull();
  expect(await saveGate(hub.db, { ...late, looksBefore: 1 })).toMatchObject({ usedThrough: "2026-03-01" });
});

describe("looks", () => {
  const looks = () => query("SELECT number, key, from_period, to_period, halvings FROM looks ORDER BY number");
  const used = { from_period: "2026-01-01", to_period: "2026-03-01", halvings: 0 };

  test("are recorded once per training, also if the baseline serves", async () => {
    const look = { from: "2026-01-01", to: "2026-03-01", halvings: 0 };
    await registry.served("v1.0", { ...naive, look });
    expect(await looks()).toEqual([{ number: 1, key: "v1.0", ...used }]);
    await registry.registered("v2.0", better("two", "v1.0"));
    expect(await registry.promote("v2.0")).toMatchObject({ state: "held" });
    expect(await looks()).toHaveLength(1);
    const { body } = await registry.call("GET", `/forecasts/${forecast.id}/champion`);
    expect(body).toMatchObject({ looks: [{ key: "v1.0", ...look }], dataChanged: false });
  });

  const feed = "sniim-milk";
  const publication = (id: number, digest = `${id}`) =>
    query(`INSERT INTO ingests (id, feed, flow_id, raw_key, rank, arrived_at, stats)
      VALUES (${id}, '${feed}', 'f', 'raw/${feed}/${digest.padStart(16, "0")}.${id}-a.xlsx', '${id}',
        '2020-01-01T00:00:00.000Z', '{}')`);
  /** Replaces a value of publication 1 by one of publication 2, which may have the same bytes. */
  const restate = async (stored: number, corrected: number, { period = "2026-02-02", digest = "2" }) => {
    await publication(2, digest);
    await query(`INSERT INTO series (id, feed, key, dimensions) VALUES (1, '${feed}', '[]', '{}')`);
    await query(`INSERT INTO observations (feed, period, series_id, variable, value, ingest_id)
      VALUES ('${feed}', '${period}', 1, 'precio', ${corrected}, 2)`);
    await query(`INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      VALUES ('${feed}', '${period}', 1, 'precio', ${stored}, 1, 2)`);
  };

  test.each([
    { what: "a corrected value allows one more look at half the level", stored: 250, corrected: 25, again: true },
    { what: "a change below the tolerance does not", stored: 25, corrected: 25.004, again: false },
    { what: "a value after the look does not", stored: 250, corrected: 25, period: "2026-03-02", again: false },
    { what: "bytes that are sent again do not", stored: 250, corrected: 25, digest: "1", again: false },
  ])("$what", async ({ stored, corrected, again, ...more }) => {
    await publication(1);
    await registry.registered("v1.0", { losses: { challenger: 2, naive: 2 } });
    expect(await registry.promote("v1.0")).toMatchObject({ state: "failed" });
    await restate(stored, corrected, more);
    await registry.registered("v2.0", { recipe: "two", losses: { challenger: 1, naive: 2 } });
    const flow = await registry.promote("v2.0");
    if (!again) return expect(flow).toMatchObject({ state: "held" });
    expect(flow).toMatchObject({ state: "done", reason: expect.stringContaining("The level is 0.005") });
    // The correction was read by that look, so that there is no third.
    await registry.registered("v3.0", better("three", "v2.0"));
    expect(await registry.promote("v3.0")).toMatchObject({ state: "held" });
    expect(await looks()).toEqual([
      { number: 1, key: "v1.0", ...used },
      { number: 2, key: "v2.0", ...used, halvings: 1 },
    ]);
  });
});
