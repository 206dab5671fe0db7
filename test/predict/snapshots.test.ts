/** Which forecasts an isolate answers, and what it reads from KV for that. */
import { expect, test } from "vitest";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { forecastsKey } from "../../shared/registry/keys.ts";
import { freshMs } from "../../workers/predict/snapshot-store.ts";
import { Snapshots } from "../../workers/predict/snapshots.ts";
import type { StoreEffects } from "../../workers/predict/store-effects.ts";
import { forecast, historyOf, servable } from "../support/served.ts";

class Isolate {
  readonly snapshots = new Snapshots();
  readonly kv = new Map<string, string>();
  readonly reads: string[] = [];
  nowMs = 1_000_000;
  readonly #background: Promise<unknown>[] = [];
  readonly #files = servable();

  readonly effects: StoreEffects = {
    readText: async (key) => {
      this.reads.push(key);
      return this.kv.get(key) ?? null;
    },
    readArtefact: async ({ name }) => (name === "served.json" ? encodeUtf8(this.#files.servedText) : this.#files.model),
    digest: async (bytes) => sha256Hex(bytes),
    waitUntil: (work) => this.#background.push(work),
    nowMs: () => this.nowMs,
    wait: async () => new Promise(() => {}),
    log: () => {},
  };

  constructor(ids: readonly string[] | null = ["empty", forecast.id]) {
    if (ids !== null) this.list(ids);
    this.kv.set(`champion:${forecast.id}`, JSON.stringify(this.#files.pointer));
    this.kv.set(`history:${forecast.id}`, JSON.stringify(historyOf()));
  }

  list(ids: readonly string[]): void {
    this.kv.set(forecastsKey, JSON.stringify({ ids }));
  }

  async find(id: string | null) {
    const found = await this.snapshots.find(id, this.effects);
    await Promise.all(this.#background.splice(0));
    return found;
  }

  /** Returns the keys that were read since the last call. */
  read(): string[] {
    return this.reads.splice(0);
  }
}

test("any number of unknown names costs one read of the list", async () => {
  const isolate = new Isolate();
  await isolate.find(forecast.id);
  isolate.read();
  for (const name of ["gold", "milk", "x".repeat(1_000), "../etc", "Ä"]) {
    expect(await isolate.find(name)).toMatchObject({
      ok: false,
      error: { kind: "unknown", forecast: name, forecasts: ["empty", forecast.id] },
    });
  }
  expect(isolate.read()).toEqual([]);
  isolate.nowMs += freshMs;
  await isolate.find("gold");
  await isolate.find("silver");
  expect(isolate.read()).toEqual([forecastsKey]);
});

test("the first request of an isolate reads list, pointer and history at once", async () => {
  const isolate = new Isolate();
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: true });
  expect(isolate.read().sort()).toEqual([`champion:${forecast.id}`, forecastsKey, `history:${forecast.id}`].sort());
});

test("a request that names no forecast gets the first one of the list", async () => {
  const isolate = new Isolate([forecast.id, "empty"]);
  expect(await isolate.find(null)).toMatchObject({ ok: true, value: { stale: false } });
  expect(isolate.snapshots.fresh(null, isolate.nowMs)).toMatchObject({ ok: true });
});

test("after the list is read again, an added forecast is answered and a removed one is unknown", async () => {
  const isolate = new Isolate(["empty"]);
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: false, error: { kind: "unknown" } });
  isolate.list([forecast.id]);
  isolate.nowMs += freshMs;
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: true });
  isolate.list(["empty"]);
  isolate.nowMs += freshMs;
  // The answer does not wait for the list.
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: true });
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: false, error: { kind: "unknown" } });
});

test("a listed forecast without a model is unavailable, with a reason", async () => {
  expect(await new Isolate().find("empty")).toMatchObject({
    ok: false,
    error: { kind: "unavailable", forecast: "empty", reason: expect.stringContaining("no model serves yet") },
  });
});

test("without a list a named forecast is answered by its pointer, few names are looked up, and a request without a name is unavailable", async () => {
  const isolate = new Isolate(null);
  expect(await isolate.find(forecast.id)).toMatchObject({ ok: true });
  expect(await isolate.find(null)).toMatchObject({
    ok: false,
    error: { kind: "unavailable", forecast: null, reason: expect.stringContaining('KV has no key "forecasts"') },
  });
  isolate.read();
  for (let at = 0; at < 100; at++) expect(await isolate.find(`name-${at}`)).toMatchObject({ ok: false });
  expect(isolate.read().length).toBeLessThan(50);
});
