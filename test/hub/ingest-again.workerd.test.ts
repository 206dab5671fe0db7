/** A repeated step of an ingest ends in the same state, whether all or half of it was already written. */
import { beforeEach, expect, test } from "vitest";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, query, state, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, revisedCities, someCities } from "../support/sniim.ts";

const newWorld = async () => {
  await emptyStores();
  await migrate();
};
beforeEach(newWorld);

const day = (name: string, cities = someCities(3)) => ({ day: `2025-01-${name}`, cities });
const first = { name: "Leche06012025.xlsx", bytes: publication([day("03"), day("06")]) };
/** A publication that revises one day, confirms another and adds two. */
const second = {
  name: "Leche10012025.xlsx",
  bytes: publication([day("03", revisedCities()), day("06"), day("08"), day("10")]),
};
const partOf = (name: string) => `clean/sniim-milk/year=2025/month=01/day=${name}/part.parquet`;

async function everything() {
  return {
    state: await state(),
    // Does not compare `confirmed_by`: a plan made after half was written finds this half confirmed by the same
    // publication.
    partitions: await query("SELECT path, rows, content, sha256, etag FROM partitions ORDER BY path"),
    rows: await query("SELECT * FROM observations ORDER BY feed, period, series_id, variable"),
    revisions: await query("SELECT * FROM revisions ORDER BY period, series_id, variable"),
  };
}

/** Prepares a platform in which the second file changes, confirms, heals and deletes something. */
async function prepare() {
  await ingestHere(hub, first);
  await hub.lake.put(partOf("06"), "damaged");
  await hub.lake.put(partOf("31"), "stray");
}

let undisturbed: Awaited<ReturnType<typeof everything>> | undefined;

/** Returns the state after an undisturbed ingest of the second file, and prepares the platform again. */
async function expected() {
  await prepare();
  if (undisturbed) return undisturbed;
  expect(await ingestHere(hub, second)).toMatchObject({ state: "done" });
  undisturbed = await everything();
  await newWorld();
  await prepare();
  return undisturbed;
}

test("every step runs twice, as after a crash that lost its result", async () => {
  const end = await expected();
  const outcome = await ingestHere(hub, second, async (name, work) => {
    const result = await work();
    return name.startsWith("take lease") ? result : work();
  });
  expect(outcome).toMatchObject({ state: "done" });
  expect(await everything()).toEqual(end);
});

/** Returns a hub in which one call of a method fails once. */
function failingOnce(call: "put" | "batch", at: number): Hub {
  let calls = 0;
  const failing = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        if (name !== call) return value.bind(inner);
        return (...parameters: unknown[]) => {
          if (++calls === at) throw new Error(`${call} ${at} failed`);
          return Reflect.apply(value, inner, parameters);
        };
      },
    });
  return hubOf({ ...testEnv, LAKE: failing(testEnv.LAKE), DB: failing(testEnv.DB) });
}

/** Puts: the raw file, three partitions, a healed partition, `_SUCCESS`. Batches: series, facts, confirmations. */
const places = [
  ...[3, 5, 6].map((at) => ({ call: "put" as const, at })),
  ...[1, 2, 3].map((at) => ({ call: "batch" as const, at })),
];

test.each(places)("$call $at fails, and the same process retries the step", async ({ call, at }) => {
  const end = await expected();
  let failures = 0;
  const outcome = await ingestHere(failingOnce(call, at), second, (_, work) =>
    work().catch((error: Error) => {
      expect(error.message).toBe(`${call} ${at} failed`);
      failures++;
      return work();
    }),
  );
  expect(outcome).toMatchObject({ state: "done" });
  expect(failures).toBe(1);
  expect(await everything()).toEqual(end);
});

test.each(places)(
  "$call $at fails, and another process continues after the last finished step",
  async ({ call, at }) => {
    const end = await expected();
    const finished = new Map<string, unknown>();
    const durable = async (name: string, work: () => Promise<unknown>) => {
      if (finished.has(name)) return finished.get(name);
      const result = await work();
      finished.set(name, result);
      return result;
    };
    // A killed process does not release its lease.
    const dying = (name: string, work: () => Promise<unknown>) =>
      name.startsWith("release lease") ? Promise.resolve(null) : durable(name, work);
    await expect(ingestHere(failingOnce(call, at), second, dying)).rejects.toThrow(`${call} ${at} failed`);
    expect(await ingestHere(hub, second, durable)).toMatchObject({ state: "done" });
    expect(await everything()).toEqual(end);
  },
);
