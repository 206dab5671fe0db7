/** Trainings in the registry: their trials, their heartbeats and their end. */
import { beforeEach, describe, expect, test } from "vitest";
import { abandonSilentRuns } from "../../workers/hub/registry/silent-runs.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const registry = new Registry();

describe("a training", () => {
  const begin = async () =>
    (await registry.call("POST", `/forecasts/${forecast.id}/runs`, { seed: 7, codeVersion: "abc" })).body.id;
  const trial = (number: number, change = {}) => ({
    candidate: "boosting",
    number,
    state: "done",
    parameters: { depth: 3, rate: 0.1, kind: "a", on: true, names: ["x"] },
    scores: [1.5, 0.1 + 0.2],
    seconds: 2,
    note: null,
    ...change,
  });

  test("stores every trial once, even if a batch is sent several times", async () => {
    const run = await begin();
    const batch = { trials: [trial(0), trial(1, { state: "failed", scores: [], note: "too deep" })] };
    expect(await registry.call("POST", `/runs/${run}/trials`, batch)).toMatchObject({
      status: 200,
      body: { logged: 2 },
    });
    await registry.call("POST", `/runs/${run}/trials`, batch);
    await registry.call("POST", `/runs/${run}/trials`, { trials: [trial(1)] });
    const { body } = await registry.call("GET", `/runs/${run}`);
    expect(body).toMatchObject({ forecast: forecast.id, seed: 7, state: "running", trials: [trial(0), trial(1)] });
  });

  test("that has ended accepts no trials, and ends only once", async () => {
    const run = await begin();
    const end = (state: string) => registry.call("POST", `/runs/${run}/end`, { state, stats: { trials: 0 } });
    expect(await end("done")).toMatchObject({ status: 200, body: { state: "done", stats: { trials: 0 } } });
    expect(await end("done")).toMatchObject({ status: 200 });
    expect(await end("failed")).toMatchObject({ status: 409, body: { found: "done" } });
    expect(await registry.call("POST", `/runs/${run}/trials`, { trials: [trial(0)] })).toMatchObject({ status: 409 });
    expect((await registry.call("GET", `/forecasts/${forecast.id}/runs`)).body.runs).toMatchObject([
      { id: run, state: "done" },
    ]);
    expect(await query("SELECT what, run FROM audit ORDER BY id")).toEqual([
      { what: "run.created", run },
      { what: "run.ended", run },
    ]);
  });

  test("without a heartbeat for 30 minutes is abandoned, and the reason names the command that continues it", async () => {
    const [killed, alive, trialsOnly] = [await begin(), await begin(), await begin()];
    const later = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    for (const run of [killed, alive])
      expect(await registry.call("POST", `/runs/${run}/heartbeat`)).toMatchObject({ status: 200, body: { id: run } });
    await new Registry({ now: () => later(25) }).call("POST", `/runs/${alive}/heartbeat`);
    expect(await abandonSilentRuns({ ...hub, now: () => later(29) })).toEqual([]);
    expect(await abandonSilentRuns({ ...hub, now: () => later(40) })).toEqual([killed]);
    const { body } = await registry.call("GET", `/runs/${killed}`);
    expect(body).toMatchObject({ state: "abandoned", reason: expect.stringContaining(`--resume ${killed}`) });
    expect(body).not.toHaveProperty("sendsHeartbeats");
    expect(await registry.call("POST", `/runs/${killed}/heartbeat`)).toMatchObject({ status: 409 });
    expect((await registry.call("GET", `/runs/${trialsOnly}`)).body).toMatchObject({ state: "running" });
    expect(await query(`SELECT what FROM audit WHERE run = '${alive}'`)).toEqual([{ what: "run.created" }]);
  });

  test("of a trainer without heartbeats is abandoned after a day without a trial", async () => {
    const [silent, alive] = [await begin(), await begin()];
    const later = (hours: number) => new Date(Date.now() + hours * 3_600_000);
    const speaking = new Registry({ now: () => later(20) });
    await speaking.call("POST", `/runs/${alive}/trials`, { trials: [trial(0)] });
    expect(await abandonSilentRuns({ ...hub, now: () => later(23) })).toEqual([]);
    expect(await abandonSilentRuns({ ...hub, now: () => later(25) })).toEqual([silent]);
    expect((await registry.call("GET", `/runs/${silent}`)).body).toMatchObject({ state: "abandoned" });
  });

  test("refuses batches that are empty, too long, not JSON or invalid, and unknown runs", async () => {
    const run = await begin();
    const log = (body: unknown) => registry.call("POST", `/runs/${run}/trials`, body);
    expect(await log({ trials: [] })).toMatchObject({ status: 422 });
    expect(await log({ trials: Array.from({ length: 501 }, (_, index) => trial(index)) })).toMatchObject({
      status: 422,
    });
    expect(await log({ trials: [trial(0, { number: -1 })] })).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining("trials.0.number") },
    });
    expect(
      await registry.call("POST", `/runs/${run}/trials`, new TextEncoder().encode("{"), {
        "Content-Type": "application/json",
      }),
    ).toMatchObject({ status: 400 });
    expect(
      await registry.call("POST", `/runs/${run}/trials`, new TextEncoder().encode("a,b"), {
        "Content-Type": "text/csv",
      }),
    ).toMatchObject({ status: 415 });
    expect(await registry.call("POST", "/runs/none/end", { state: "done" })).toMatchObject({ status: 404 });
    expect(await registry.call("POST", "/runs/none/heartbeat")).toMatchObject({ status: 404 });
  });
});
