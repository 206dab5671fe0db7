/** Tests that the hub records each look at the test window, and allows the next one by the rule of looks. */
import { beforeEach, describe, expect, test } from "vitest";
import { requestFlow } from "../../shared/db/flows.ts";
import { saveGate } from "../../shared/db/gates.ts";
import { readLookHistory } from "../../shared/db/looks.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { better, forecast, naive, Registry } from "../support/registry.ts";

let registry: Registry;
beforeEach(async () => {
  await emptyStores();
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
  const late = { ...place, data: { facts: sha256Hex("data"), readAt: "", read: [] } };
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
  /** Replaces a value of publication 1 by one of publication 2, or by its retraction. It may have the same bytes. */
  const restate = async (
    stored: number,
    corrected: number | null,
    { period = "2026-02-02", digest = "2", variable = "precio" },
  ) => {
    await publication(2, digest);
    await query(`INSERT INTO series (id, feed, key, dimensions) VALUES (1, '${feed}', '[]', '{}')`);
    const place = `'${feed}', '${period}', 1, '${variable}'`;
    await query(
      corrected === null
        ? `INSERT INTO retractions (feed, period, series_id, variable, ingest_id) VALUES (${place}, 2)`
        : `INSERT INTO observations (feed, period, series_id, variable, value, ingest_id) VALUES (${place}, ${corrected}, 2)`,
    );
    await query(`INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      VALUES ('${feed}', '${period}', 1, '${variable}', ${stored}, 1, 2)`);
  };

  test.each([
    { what: "a corrected value allows one more look at half the level", stored: 250, corrected: 25, again: true },
    { what: "a retracted value allows one too", stored: 250, corrected: null, again: true },
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

  const changed = async (edited: Pick<typeof forecast, "id" | "sources" | "variable" | "target"> = forecast) =>
    (await readLookHistory(hub.db, edited)).dataChanged;
  const looked = async () => {
    await publication(1);
    await registry.registered("v1.0", { losses: { challenger: 2, naive: 2 } });
    expect(await registry.promote("v1.0")).toMatchObject({ state: "failed" });
  };

  test("record what they read, so that more or fewer decimals in the declaration change no correction", async () => {
    await looked();
    const [{ read } = { read: "" }] = (await query("SELECT read FROM looks")) as { readonly read: string }[];
    expect(JSON.parse(read)).toEqual([{ feed, from: null, variables: [{ name: "precio", tolerance: 0.005 }] }]);
    await restate(25, 25.004, {});
    expect(await changed({ ...forecast, target: { ...forecast.target, decimals: 4 } })).toBe(false);
    await query("UPDATE observations SET value = 25.1");
    expect(await changed({ ...forecast, target: { ...forecast.target, decimals: 0 } })).toBe(true);
  });

  test("are not allowed by corrections of a variable or a feed that the earlier look did not read", async () => {
    await looked();
    await restate(250, 25, { variable: "litros" });
    const [source] = forecast.sources;
    const sources = source ? [{ ...source, variables: [...source.variables, "litros"] }] : [];
    expect(await changed({ ...forecast, sources })).toBe(false);
    // A variable that the look read counts also if the declaration no longer has it.
    await query(
      `UPDATE looks SET read = '[{"feed":"${feed}","from":null,"variables":[{"name":"litros","tolerance":null}]}]'`,
    );
    expect(await changed()).toBe(true);
    await query(`UPDATE looks SET read = replace(read, '"from":null', '"from":"2026-02-03"')`);
    expect(await changed()).toBe(false);
  });

  test("of a forecast of quarters are allowed by corrections of the days in them, and by no others", async () => {
    await looked();
    await restate(250, 25, {});
    await query("UPDATE looks SET from_period = '2025-Q4', to_period = '2026-Q1'");
    await query(`UPDATE looks SET read = replace(read, '"from":null', '"from":"2025-Q4"')`);
    const changedOn = async (day: string) => {
      await query(`UPDATE observations SET period = '${day}'`);
      await query(`UPDATE revisions SET period = '${day}'`);
      return changed();
    };
    expect(await changedOn("2025-09-30")).toBe(false);
    expect(await changedOn("2025-10-01")).toBe(true);
    expect(await changedOn("2026-03-31")).toBe(true);
    expect(await changedOn("2026-04-01")).toBe(false);
  });

  test("are allowed by a correction of a value that another publication has stated again before", async () => {
    await looked();
    await restate(250, 25, {});
    await publication(3);
    await query("UPDATE revisions SET ingest_id = 2, superseded_by = 3");
    await query("UPDATE observations SET ingest_id = 3");
    expect(await changed()).toBe(true);
    // An older publication that arrived late was never used.
    await query("UPDATE revisions SET ingest_id = 3, superseded_by = 2");
    expect(await changed()).toBe(false);
  });

  test("are not allowed by a value that was changed and restored", async () => {
    await looked();
    await restate(250, 25, {});
    await publication(3);
    await query(`INSERT INTO revisions (feed, period, series_id, variable, value, ingest_id, superseded_by)
      VALUES ('${feed}', '2026-02-02', 1, 'precio', 25, 2, 3)`);
    await query("UPDATE observations SET value = 250, ingest_id = 3");
    expect(await changed()).toBe(false);
  });

  test("of earlier versions, which did not record what they read, use the declaration of today", async () => {
    await looked();
    await query("UPDATE looks SET read = NULL");
    expect(await changed()).toBe(false);
    await restate(250, 25, {});
    expect(await changed()).toBe(true);
  });
});
