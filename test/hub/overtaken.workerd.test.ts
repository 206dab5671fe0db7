/** A run that loses its lease during the lake step does not change what the newer run wrote. */
import { beforeEach, expect, test } from "vitest";
import { successShape } from "../../shared/lake/success.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, state, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, revisedCities, someCities } from "../support/sniim.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const day = (name: string, cities = someCities(3)) => ({ day: `2025-01-${name}`, cities });
const older = { name: "Leche06012025-older.xlsx", bytes: publication([day("03"), day("06")]) };
/** A publication that revises one day of the older one, leaves one unchanged, and adds two. */
const newer = {
  name: "Leche10012025-newer.xlsx",
  bytes: publication([day("03", revisedCities()), day("06"), day("08"), day("10")]),
};

const partOf = (name: string) => `clean/sniim-milk/year=2025/month=01/day=${name}/part.parquet`;

/** Ingests a file. Calls `before` before each step. */
async function take(on: Hub, file: typeof older, before: (step: string) => Promise<void> = async () => {}) {
  const outcome = await ingestHere(on, file, async (step, work) => {
    await before(step);
    return work();
  });
  expect(outcome).toMatchObject({ state: "done" });
}

/** Returns the etags of all objects in the lake. */
async function lakeEtags(): Promise<Record<string, string>> {
  const { objects } = await hub.lake.list({ prefix: "clean/" });
  return Object.fromEntries(objects.map(({ key, etag }) => [key, etag]));
}

type Call = "list" | "put" | "delete";

/** Returns a hub whose R2 reports each call below `clean/` before and after it happens. */
function watched(onCall: (moment: string) => Promise<void>): Hub {
  const announced = (call: Call, key: string, work: () => Promise<unknown>) => async (): Promise<unknown> => {
    if (!key.startsWith("clean/")) return work();
    const name = `${call} ${key.split("/").slice(2).join("/")}`.trim();
    await onCall(`before ${name}`);
    const done = await work();
    await onCall(`after ${name}`);
    return done;
  };
  const lake = new Proxy(testEnv.LAKE, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "list" && name !== "put" && name !== "delete") return value.bind(target);
      return (first: unknown, ...rest: unknown[]) => {
        const key = name === "list" ? (first as R2ListOptions).prefix : [first].flat()[0];
        return announced(name, String(key), () => Reflect.apply(value, target, [first, ...rest]))();
      };
    },
  });
  return hubOf({ ...testEnv, LAKE: lake });
}

test.each([
  "before list",
  "after list",
  "before put year=2025/month=01/day=03/part.parquet",
  "after put year=2025/month=01/day=06/part.parquet",
  "before put _SUCCESS",
  "after put _SUCCESS",
])("a lease lost %s: no file of the newer run is replaced or deleted", async (moment) => {
  // A file without a partition when the older run begins, at a path that the newer run writes.
  await hub.lake.put(partOf("10"), "stray");
  let newerFiles: Record<string, string> | undefined;
  let atNextLease: Record<string, string> | undefined;
  const takeOver = async (reached: string) => {
    if (reached !== moment || newerFiles) return;
    newerFiles = {};
    await testEnv.DB.exec("UPDATE feed_turns SET expires_at = '2000-01-01'");
    await take(hub, newer);
    newerFiles = await lakeEtags();
  };
  await take(watched(takeOver), older, async (step) => {
    if (step === "take lease (round 2)") atNextLease = await lakeEtags();
  });

  expect(atNextLease).toBeDefined();
  expect(Object.keys(newerFiles ?? {})).toContain(partOf("10"));
  // The slower run may have created other objects, but none replaces an object of the newer run.
  expect(atNextLease).toMatchObject(newerFiles ?? {});

  const end = await state();
  await emptyStores();
  await migrate();
  await take(hub, older);
  await take(hub, newer);
  expect(end).toEqual(await state());
});

test("files without a partition are deleted last, after _SUCCESS is written", async () => {
  await hub.lake.put(partOf("31"), "stray");
  const moments: string[] = [];
  await take(
    watched(async (moment) => void moments.push(moment)),
    older,
  );
  expect(moments.slice(-4)).toEqual([
    "before put _SUCCESS",
    "after put _SUCCESS",
    "before delete year=2025/month=01/day=31/part.parquet",
    "after delete year=2025/month=01/day=31/part.parquet",
  ]);
  const success = await hub.lake.get("clean/sniim-milk/_SUCCESS");
  const listed = successShape.parse(await success?.json()).partitions.map(({ path }) => `clean/sniim-milk/${path}`);
  expect(Object.keys(await lakeEtags()).filter((key) => key.endsWith(".parquet"))).toEqual(listed);
});
