/** Tests that the hub acts on reports of predict about champions that it cannot load. */
import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import type { ServingReport } from "../../shared/api/serving-report.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { consume } from "../../workers/hub/queue.ts";
import { repairPointers } from "../../workers/hub/serving/repair-pointers.ts";
import { hub, migrate, query } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";

let registry: Registry;
beforeEach(async () => {
  await reset();
  await migrate();
  registry = new Registry();
  await registry.registered("v1.0", { candidate: "naive", losses: { challenger: 2, naive: 2 } });
  await registry.promote("v1.0");
  await registry.registered("v2.0", { incumbent: "v1.0", losses: { challenger: 1, naive: 2, incumbent: 2 } });
  await registry.promote("v2.0");
});

const report: ServingReport = {
  kind: "serving",
  forecast: forecast.id,
  number: 2,
  champion: "v2.0",
  served: "v1.0",
  reason: "models/milk-mx/v2.0/model.onnx is damaged",
  at: "2026-11-30T12:00:00.000Z",
};

/** Delivers messages to the hub and returns what it did with each. */
async function deliver(...bodies: readonly unknown[]): Promise<string[]> {
  const outcomes = bodies.map(() => "none");
  const messages = bodies.map((body, at) => ({
    id: String(at),
    timestamp: new Date(),
    attempts: 1,
    body,
    ack: () => {
      outcomes[at] = "ack";
    },
    retry: () => {
      outcomes[at] = "retry";
    },
  }));
  await consume(registry.hub, { queue: "predictions", messages });
  return outcomes;
}

const champion = async () =>
  (await registry.call("GET", `/forecasts/${forecast.id}/champion`)).body.champion as Record<string, unknown>;
const modelKey = artefactKey(forecast.id, "v2.0", "model.onnx");
const failures = () => query("SELECT number, served, reason FROM load_failures");

test("a damaged champion is replaced as soon as predict reports it, and serves again only after its file is restored", async () => {
  const good = (await (await hub.lake.get(modelKey))?.arrayBuffer()) ?? new ArrayBuffer(0);
  await hub.lake.put(modelKey, new Uint8Array(good.byteLength));
  expect(await repairPointers(hub, [forecast])).toEqual([]);
  expect(await deliver(report, { ...report, at: "2026-11-30T12:00:01.000Z" })).toEqual(["ack", "ack"]);
  expect(await champion()).toMatchObject({
    version: "v1.0",
    number: 3,
    rule: "fallback",
    why: expect.stringMatching(/^v2\.0 cannot run: The digest of model\.onnx/),
  });
  expect(await registry.pointer()).toMatchObject({ version: "v1.0", number: 3 });
  // A report about an earlier champion changes nothing.
  expect(await deliver(report)).toEqual(["ack"]);
  await repairPointers(hub, [forecast]);
  expect(await champion()).toMatchObject({ version: "v1.0", number: 3 });

  await hub.lake.put(modelKey, good);
  await repairPointers(hub, [forecast]);
  expect(await champion()).toMatchObject({ version: "v2.0", number: 4, rule: "fallback" });
  expect(await failures()).toEqual([]);
});

test("a champion that only predict cannot load remains champion, and the failure is recorded until predict can load it", async () => {
  expect(await deliver(report)).toEqual(["ack"]);
  expect(await champion()).toMatchObject({ version: "v2.0", number: 2 });
  expect(await failures()).toEqual([{ number: 2, served: "v1.0", reason: report.reason }]);
  await deliver({ ...report, served: "v2.0", reason: null, at: "2026-11-30T12:01:00.000Z" });
  expect(await failures()).toEqual([]);
});

test("a report about an unknown forecast is accepted, and one that cannot be handled is retried", async () => {
  expect(await deliver({ ...report, forecast: "gone" })).toEqual(["ack"]);
  registry = new Registry({
    lake: new Proxy(hub.lake, { get: () => () => Promise.reject(new Error("R2 is down")) }),
  });
  expect(await deliver(report)).toEqual(["retry"]);
});
