/** The snapshot of an isolate when KV, R2 or the engine fails or is slow. */
import { expect, test } from "vitest";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { encodeUtf8 } from "../../shared/lib/utf8.ts";
import { answerRows, prepareRows } from "../../shared/predict/predict.ts";
import { artefactKey, servedKey } from "../../shared/registry/keys.ts";
import { repeatMs } from "../../workers/predict/champion-watch.ts";
import { type Current, freshMs, newestMs, retryMs, SnapshotStore } from "../../workers/predict/snapshot-store.ts";
import type { ArtefactAddress, StoreEffects } from "../../workers/predict/store-effects.ts";
import { forecast, historyOf, instanceOf, type ServableStory, servable } from "../support/served.ts";

/** KV, R2 and a clock in memory. */
class World {
  readonly store = new SnapshotStore(forecast.id);
  readonly kv = new Map<string, string>();
  readonly r2 = new Map<string, Uint8Array>();
  readonly log: string[] = [];
  readonly artefactReads: string[] = [];
  readonly reports: unknown[] = [];
  kvFails: Error | null = null;
  r2Fails: Error | null = null;
  /** Reads of R2 wait for this promise. */
  r2Waits: Promise<void> = Promise.resolve();
  nowMs = 1_000_000;
  /** False if waiting for a load times out at once. */
  isPatient = true;
  #background: Promise<unknown>[] = [];

  readonly effects: StoreEffects = {
    readText: async (key) => {
      if (this.kvFails) throw this.kvFails;
      return this.kv.get(key) ?? null;
    },
    readArtefact: async (address) => {
      this.artefactReads.push(address.name);
      await this.r2Waits;
      if (this.r2Fails) throw this.r2Fails;
      return this.#artefact(address);
    },
    digest: async (bytes) => sha256Hex(bytes),
    report: async (report) => void this.reports.push(report),
    waitUntil: (work) => this.#background.push(work),
    nowMs: () => this.nowMs,
    wait: async () => (this.isPatient ? new Promise(() => {}) : undefined),
    log: (text) => this.log.push(text),
  };

  #artefact({ forecast, version, name, sha256 }: ArtefactAddress): Uint8Array {
    const key = name === "served.json" ? servedKey(forecast, version, sha256) : artefactKey(forecast, version, name);
    const bytes = this.r2.get(key);
    if (!bytes) throw new Error(`R2 has no ${name}`);
    if (sha256Hex(bytes) !== sha256) throw new Error(`${name} is damaged`);
    return bytes;
  }

  /** Puts a version into R2 and its pointer into KV. */
  promote(story: ServableStory): void {
    const { pointer, model, servedText } = servable(story);
    this.r2.set(artefactKey(forecast.id, pointer.version, "model.onnx"), model);
    this.r2.set(servedKey(forecast.id, pointer.version, pointer.served?.sha256 ?? ""), encodeUtf8(servedText));
    this.kv.set(`champion:${forecast.id}`, JSON.stringify(pointer));
  }

  publish(last?: string): void {
    this.kv.set(`history:${forecast.id}`, JSON.stringify(historyOf(last)));
  }

  current(): Promise<Current> {
    return this.store.current(this.effects);
  }

  /** Advances the clock, requests once, and waits for the background work. */
  async after(ms: number): Promise<Current> {
    this.nowMs += ms;
    await this.current();
    await Promise.all(this.#background.splice(0));
    return this.current();
  }
}

function ready(story: ServableStory = {}): World {
  const world = new World();
  world.promote(story);
  world.publish();
  return world;
}

/** Returns the parts of the answer that a client reads. */
function received(current: Current) {
  if (!current.ok) return current;
  const { snapshot, stale } = current.value;
  const prepared = prepareRows(
    snapshot,
    { kind: "single", instance: instanceOf(0) },
    { textNumbers: false, partial: false, explain: null },
  );
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.error));
  return answerRows(snapshot, { ...prepared.value, kind: "single", stale });
}

test("simultaneous requests load a snapshot once", async () => {
  const world = ready();
  const answers = await Promise.all([world.current(), world.current(), world.current()]);
  expect(new Set(answers.map((one) => one.ok && one.value.snapshot)).size).toBe(1);
  expect(world.artefactReads.sort()).toEqual(["model.onnx", "served.json"]);
});

test("a fresh snapshot answers without a read; an old one answers at once and is refreshed in the background", async () => {
  const world = ready();
  await world.current();
  world.publish("2026-11-23");
  world.nowMs += freshMs - 1;
  expect(received(await world.current())).toMatchObject({ data_as_of: "2026-11-20" });
  world.nowMs += 1;
  expect(received(await world.current())).toMatchObject({ data_as_of: "2026-11-20", stale: false });
  expect(received(await world.after(0))).toMatchObject({
    data_as_of: "2026-11-23",
    target_period: "2026-11-25",
    stale: false,
  });
  expect(world.artefactReads).toHaveLength(2);
});

test("a new champion serves with its own card and numbers", async () => {
  const world = ready({ version: "v1.0", number: 1, bias: 0.5 });
  expect(received(await world.current())).toMatchObject({ model: { version: "v1.0" }, predicted_price: 25.75 });
  world.promote({ version: "v2.0", number: 2, bias: 2, card: { unit: "MXN" } });
  expect(received(await world.after(freshMs))).toMatchObject({
    model: { version: "v2.0" },
    predicted_price: 27.25,
    unit: "MXN",
  });
});

test("a pointer older than the loaded one is ignored, while a newer history is used", async () => {
  const world = ready({ version: "v2.0", number: 2, bias: 2 });
  await world.current();
  world.promote({ version: "v1.0", number: 1 });
  world.publish("2026-11-23");
  expect(received(await world.after(freshMs))).toMatchObject({
    model: { version: "v2.0" },
    data_as_of: "2026-11-23",
    stale: false,
  });
});

test("a rollback is a later change: its pointer is used", async () => {
  const world = ready({ version: "v2.0", number: 2, bias: 2 });
  await world.current();
  world.promote({ version: "v1.0", number: 3 });
  expect(received(await world.after(freshMs))).toMatchObject({ model: { version: "v1.0" } });
});

test("no answer mixes two versions during a promotion", async () => {
  const world = ready({ version: "v1.0", number: 1, bias: 1, card: { unit: "one" } });
  await world.current();
  world.promote({ version: "v2.0", number: 2, bias: 2, card: { unit: "two" } });
  world.publish("2026-11-23");
  let go = () => {};
  world.r2Waits = new Promise((resolve) => {
    go = resolve;
  });
  world.nowMs += freshMs;
  const before = received(await world.current());
  const between = received(await world.current());
  go();
  const after = received(await world.after(0));
  const versionOne = { model: { version: "v1.0" }, predicted_price: 26.25, unit: "one", data_as_of: "2026-11-20" };
  expect(before).toMatchObject(versionOne);
  expect(between).toMatchObject(versionOne);
  expect(after).toMatchObject({ model: { version: "v2.0" }, unit: "two", data_as_of: "2026-11-23" });
});

/** Returns the declaration of served.json with a kind version that no build has. */
function laterDeclaration(): unknown {
  const { declaration } = JSON.parse(servable().servedText);
  const features = declaration.features.map((feature: { readonly name: string }) =>
    feature.name === "Precio_lag1" ? { ...feature, kind: "lag@99" } : feature,
  );
  return { ...declaration, features };
}

const failures: readonly (readonly [string, (world: World) => void, RegExp])[] = [
  [
    "KV is down",
    (world) => {
      world.kvFails = new Error("KV is down");
    },
    /KV is down/,
  ],
  [
    "R2 is down",
    (world) => {
      world.promote({ version: "v2.0", number: 2 });
      world.r2Fails = new Error("R2 is down");
    },
    /R2 is down/,
  ],
  [
    "the model is damaged",
    (world) => {
      world.promote({ version: "v2.0", number: 2 });
      world.r2.set(artefactKey(forecast.id, "v2.0", "model.onnx"), Uint8Array.of(1, 2, 3));
    },
    /model\.onnx is damaged/,
  ],
  [
    "served.json has a later format",
    (world) => world.promote({ version: "v2.0", number: 2, served: { format: 2 } }),
    /format 2; this build of predict reads format 1: deploy a build that reads it/,
  ],
  [
    "a feature is of a version that this build does not compute",
    (world) => world.promote({ version: "v2.0", number: 2, served: { declaration: laterDeclaration() } }),
    /feature Precio_lag1: this build has no kind "lag@99".+: deploy a build of predict that computes it/,
  ],
  [
    "the model's outputs differ from its golden rows",
    (world) => {
      const { golden } = servable({ bias: 9 }).card;
      world.promote({ version: "v2.0", number: 2, bias: 2, card: { golden } });
    },
    /golden row 1: prediction is 4, expected 11/,
  ],
  [
    "the pointer is from before served.json",
    (world) => {
      const { served: _, ...pointer } = servable({ version: "v2.0", number: 2 }).pointer;
      world.kv.set(`champion:${forecast.id}`, JSON.stringify(pointer));
    },
    /names no served\.json, because an earlier version of the hub wrote it; run the upkeep/,
  ],
  [
    "the pointer is invalid",
    (world) => world.kv.set(`champion:${forecast.id}`, "{}"),
    /champion pointer in KV cannot be read/,
  ],
  ["the pointer is gone", (world) => world.kv.delete(`champion:${forecast.id}`), /no model serves yet/],
  ["the history is gone", (world) => world.kv.delete(`history:${forecast.id}`), /no history yet/],
  [
    "the history has other dimensions",
    (world) => world.kv.set(`history:${forecast.id}`, JSON.stringify({ ...historyOf(), dimensions: ["Ciudad"] })),
    /has the dimensions Ciudad; the forecast has Estado/,
  ],
];

test.each(failures)("if %s, the loaded snapshot serves, is stale, and recovers", async (_, breakIt, reason) => {
  const world = ready({ version: "v1.0", number: 1 });
  await world.current();
  breakIt(world);
  expect(received(await world.after(freshMs))).toMatchObject({
    model: { version: "v1.0" },
    stale: true,
    predicted_price: 25.75,
  });
  expect(world.log.at(-1)).toMatch(reason);
  world.kvFails = null;
  world.r2Fails = null;
  world.promote({ version: "v3.0", number: 3, bias: 1 });
  world.publish();
  expect(received(await world.after(retryMs))).toMatchObject({ model: { version: "v3.0" }, stale: false });
});

test.each(failures)(
  "if %s and nothing is loaded, the reason and the retry time are returned, and it recovers",
  async (_, breakIt, reason) => {
    const world = ready({ version: "v1.0", number: 1 });
    breakIt(world);
    expect(await world.current()).toMatchObject({
      ok: false,
      error: { reason: expect.stringMatching(reason), retrySeconds: 2 },
    });
    world.kvFails = null;
    world.r2Fails = null;
    world.promote({ version: "v3.0", number: 3 });
    world.publish();
    expect(await world.current()).toMatchObject({ ok: false });
    world.nowMs += retryMs;
    expect(received(await world.current())).toMatchObject({ model: { version: "v3.0" }, stale: false });
  },
);

test("a failing load is not retried by every request", async () => {
  const world = ready();
  world.r2Fails = new Error("R2 is down");
  for (let requests = 0; requests < 5; requests++) await world.current();
  expect(world.artefactReads).toHaveLength(2);
});

test("a load of an aborted request does not block others forever", async () => {
  const world = ready();
  world.r2Waits = new Promise(() => {});
  world.isPatient = false;
  expect(await world.current()).toMatchObject({ ok: false, error: { reason: "it takes too long to load" } });
  world.isPatient = true;
  world.r2Waits = Promise.resolve();
  world.nowMs += 60_000;
  expect(received(await world.current())).toMatchObject({ predicted_price: 25.75 });
});

test("a champion that cannot be loaded is reported once, again after ten minutes, and when it can be loaded", async () => {
  const world = ready({ version: "v1.0", number: 1 });
  await world.current();
  world.promote({ version: "v2.0", number: 2 });
  const key = artefactKey(forecast.id, "v2.0", "model.onnx");
  const good = world.r2.get(key) ?? new Uint8Array();
  world.r2.set(key, Uint8Array.of(1));
  const report = { forecast: forecast.id, number: 2, champion: "v2.0" };
  const failed = { ...report, served: "v1.0", reason: "model.onnx is damaged" };
  await world.after(freshMs);
  for (let tries = 0; tries < 5; tries++) await world.after(retryMs);
  expect(world.reports).toEqual([failed]);
  await world.after(repeatMs);
  expect(world.reports).toEqual([failed, failed]);
  world.r2.set(key, good);
  await world.after(retryMs);
  await world.after(freshMs);
  expect(world.reports).toEqual([failed, failed, { ...report, served: "v2.0", reason: null }]);
});

test("a champion is not reported for failures of KV, and neither is a forecast without a champion", async () => {
  const world = ready();
  world.kv.delete(`champion:${forecast.id}`);
  await world.current();
  world.promote({});
  await world.after(retryMs);
  world.kvFails = new Error("KV is down");
  await world.after(freshMs);
  expect(world.reports).toEqual([]);
});

test("a caller that asks for the newest snapshot waits for it, and KV is read at most once a second", async () => {
  const world = ready({ version: "v1.0", number: 1 });
  await world.current();
  world.promote({ version: "v2.0", number: 2 });
  world.publish("2026-11-23");
  const newest = async () => received(await world.store.newest(world.effects));
  expect(await newest()).toMatchObject({ model: { version: "v1.0" } });
  world.nowMs += newestMs;
  expect(await newest()).toMatchObject({ model: { version: "v2.0" }, data_as_of: "2026-11-23", stale: false });
  world.promote({ version: "v3.0", number: 3 });
  world.nowMs += freshMs;
  // This request begins a refresh in the background; the caller waits for it.
  await world.current();
  expect(await newest()).toMatchObject({ model: { version: "v3.0" } });
});
