/** `served.json`: a promotion writes it, a changed declaration rewrites it, and upkeep adds a missing one. */
import { createScheduledController } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { forecasts } from "../../shared/forecasts/index.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { forecastsKey, servedKey } from "../../shared/registry/keys.ts";
import { servedModelShape } from "../../shared/registry/served.ts";
import worker from "../../workers/hub/index.ts";
import { writeHistory } from "../../workers/hub/ingest/write-history.ts";
import { writeForecastList } from "../../workers/hub/registry/forecast-list.ts";
import { ensureServed } from "../../workers/hub/registry/served.ts";
import { repairPointers } from "../../workers/hub/serving/repair-pointers.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { forecast, Registry } from "../support/registry.ts";
import { publication, someCities } from "../support/sniim.ts";

let registry: Registry;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  registry = new Registry();
});

const publicationFile = {
  name: "Leche03012025.xlsx",
  bytes: publication([{ day: "2025-01-03", cities: someCities(3) }]),
};

const naive = { candidate: "naive", losses: { challenger: 2, naive: 2 } };

async function promoted(version: string) {
  const files = await registry.registered(version, naive);
  const flow = await registry.promote(version);
  if (flow.state !== "done") throw new Error(JSON.stringify(flow));
  return files;
}

interface Pointer {
  readonly version: string;
  readonly number: number;
  readonly served?: { readonly sha256: string; readonly number: number };
}

async function pointer(): Promise<Pointer> {
  const found = await registry.pointer();
  if (found === null) throw new Error("there is no pointer");
  return found as unknown as Pointer;
}

const upkeep = () =>
  worker.scheduled(createScheduledController({ cron: "7 * * * *", scheduledTime: new Date() }), testEnv);

/** Removes what versions from before served.json do not have. */
async function forgetServed(): Promise<void> {
  await query("DELETE FROM served");
  for (const { key } of (await hub.lake.list({ prefix: "models/" })).objects) {
    if (key.includes("/served/")) await hub.lake.delete(key);
  }
  const { served: _, ...old } = await pointer();
  await hub.snapshots.put(`champion:${forecast.id}`, JSON.stringify(old));
  await hub.snapshots.delete(forecastsKey);
}

test("a promotion writes served.json under its digest, and the pointer names it", async () => {
  const { card } = await promoted("v1.0");
  const { served } = await pointer();
  if (!served) throw new Error("the pointer names no served.json");
  const text = await (await hub.lake.get(servedKey(forecast.id, "v1.0", served.sha256)))?.text();
  expect(sha256Hex(text ?? "")).toBe(served.sha256);
  const file = servedModelShape.parse(JSON.parse(text ?? "null"));
  expect(file.card).toMatchObject({ version: "v1.0", name: "Tiny", model: { sha256: card.model.sha256 } });
  expect(file.declaration).toMatchObject({ id: forecast.id, dimensions: forecast.dimensions });
  expect(file.declaration.features).toContainEqual({ name: "Precio_lag1", kind: "lag@1", periods: 1 });
  expect(text).not.toContain("contenders");
});

test("upkeep adds served.json to a champion from before it existed, and the pointer keeps its number", async () => {
  await promoted("v1.0");
  const before = await pointer();
  await forgetServed();
  await upkeep();
  expect(await pointer()).toEqual(before);
  expect(await hub.lake.head(servedKey(forecast.id, "v1.0", before.served?.sha256 ?? ""))).not.toBeNull();
  expect(await repairPointers(hub, forecasts)).toEqual([]);
});

test("a changed declaration gives the version a new served.json, and so does the reverted one", async () => {
  await promoted("v1.0");
  const edited = { ...forecast, aliases: { ...forecast.aliases, precio: "Precio_lag1" } };
  const numbers: unknown[] = [];
  for (const one of [forecast, edited, edited, forecast]) {
    const served = await ensureServed(hub, { forecast: one, version: "v1.0" });
    numbers.push(served.ok && served.value.number);
  }
  expect(numbers).toEqual([1, 2, 2, 3]);
});

test("a version whose features were removed from the declaration still serves, also after a rollback to it", async () => {
  await promoted("v1.0");
  const { served } = await pointer();
  await promoted("v1.1");
  const later = new Registry({ fingerprints: () => ["2-0123456789abcdef"] });
  expect(await ensureServed(later.hub, { forecast: { ...forecast, unit: "EUR" }, version: "v1.0" })).toMatchObject({
    ok: true,
    value: { sha256: served?.sha256 },
  });
  const back = await later.call("POST", `/forecasts/${forecast.id}/rollback`, { why: "it drifts" });
  expect(back).toMatchObject({ status: 200, body: { champion: { version: "v1.0", number: 3 } } });
  expect(await pointer()).toMatchObject({ version: "v1.0", number: 3, served });
});

test("a model with an input that the forecast does not declare is not promoted", async () => {
  await registry.registered("v1.0", { ...naive, inputs: { last: "Precio_ayer", place: "Estado" } });
  expect(await registry.promote("v1.0")).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("the model reads Precio_ayer (float)"),
  });
});

test("upkeep writes the list of forecasts in order, only if it differs", async () => {
  await upkeep();
  const text = await hub.snapshots.get(forecastsKey);
  expect(JSON.parse(text ?? "null")).toEqual({ ids: forecasts.map(({ id }) => id) });
  expect(await writeForecastList(hub, forecasts)).toBe(false);
  await hub.snapshots.put(forecastsKey, "{}");
  expect(await writeForecastList(hub, forecasts)).toBe(true);
});

test("the history contains a variable of the champion after the declaration dropped it", async () => {
  const litros = { name: "litros_1", kind: "lag" as const, periods: 1, variable: "litros" };
  const wider = {
    ...forecast,
    sources: forecast.sources.map((source) => ({ ...source, variables: [...source.variables, "litros"] })),
    features: [...forecast.features, litros],
  };
  expect(await ingestHere(hub, publicationFile)).toMatchObject({ state: "done" });
  const fingerprints = () => hub.fingerprints(forecast);
  await promoted("v1.0");
  await ensureServed({ ...hub, fingerprints }, { forecast: wider, version: "v1.0" });
  await writeHistory({ ...hub, fingerprints: () => ["2-0123456789abcdef"] }, forecast);
  const history = await hub.snapshots.get<{ series: readonly { others?: object }[] }>(`history:${forecast.id}`, "json");
  expect(history?.series[0]?.others).toEqual({ litros: [null] });
});
