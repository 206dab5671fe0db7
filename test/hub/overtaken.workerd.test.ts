/** A run that loses its turn in the middle of the lake step: what the newer run wrote stays as it wrote it. */
import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { successShape } from "../../shared/lake/success.ts";
import { type Hub, hubOf } from "../../workers/hub/hub.ts";
import { hub, migrate, state, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";

beforeEach(async () => {
  await reset();
  await migrate();
});

const day = (name: string, price = 20) => ({ day: `2025-01-${name}`, cities: someCities(3, price) });
const older = { name: "Leche06012025-older.xlsx", bytes: publication([day("03"), day("06")]) };
/** Revises a day of the older publication, leaves one as it is, and adds two. */
const newer = {
  name: "Leche10012025-newer.xlsx",
  bytes: publication([day("03", 30), day("06"), day("08"), day("10")]),
};

const partOf = (name: string) => `clean/sniim-milk/year=2025/month=01/day=${name}/part.parquet`;

/** Ingests a file; `before` is called before each step. */
async function take(on: Hub, file: typeof older, before: (step: string) => Promise<void> = async () => {}) {
  const outcome = await ingestHere(on, file, async (step, work) => {
    await before(step);
    return work();
  });
  expect(outcome).toMatchObject({ state: "done" });
}

/** Etags of everything that stands in the lake. */
async function standing(): Promise<Record<string, string>> {
  const { objects } = await hub.lake.list({ prefix: "clean/" });
  return Object.fromEntries(objects.map(({ key, etag }) => [key, etag]));
}

type Call = "list" | "put" | "delete";

/** The hub with an R2 whose calls below `clean/` are announced before and after they are made. */
function watched(hear: (moment: string) => Promise<void>): Hub {
  const announced = (call: Call, key: string, work: () => Promise<unknown>) => async (): Promise<unknown> => {
    if (!key.startsWith("clean/")) return work();
    const name = `${call} ${key.split("/").slice(2).join("/")}`.trim();
    await hear(`before ${name}`);
    const done = await work();
    await hear(`after ${name}`);
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
])("%s: nothing of the run that took over is replaced or deleted", async (moment) => {
  // An object that belongs to nothing when the older run begins, at a place where the newer one writes.
  await hub.lake.put(partOf("10"), "stray");
  let seized: Record<string, string> | undefined;
  let kept: Record<string, string> | undefined;
  const seize = async (heard: string) => {
    if (heard !== moment || seized) return;
    seized = {};
    await testEnv.DB.exec("UPDATE feed_turns SET expires_at = '2000-01-01'");
    await take(hub, newer);
    seized = await standing();
  };
  await take(watched(seize), older, async (step) => {
    if (step === "take turn (turn 2)") kept = await standing();
  });

  expect(kept).toBeDefined();
  expect(Object.keys(seized ?? {})).toContain(partOf("10"));
  // Objects that the overtaken run was just creating may stand beside those of the newer run, never in their place.
  expect(kept).toMatchObject(seized ?? {});

  const end = await state();
  await reset();
  await migrate();
  await take(hub, older);
  await take(hub, newer);
  expect(end).toEqual(await state());
});

test("files that belong to no partition go last, once the list of the lake stands", async () => {
  await hub.lake.put(partOf("31"), "stray");
  const heard: string[] = [];
  await take(
    watched(async (moment) => void heard.push(moment)),
    older,
  );
  expect(heard.slice(-4)).toEqual([
    "before put _SUCCESS",
    "after put _SUCCESS",
    "before delete year=2025/month=01/day=31/part.parquet",
    "after delete year=2025/month=01/day=31/part.parquet",
  ]);
  const success = await hub.lake.get("clean/sniim-milk/_SUCCESS");
  const listed = successShape.parse(await success?.json()).partitions.map(({ path }) => `clean/sniim-milk/${path}`);
  expect(Object.keys(await standing()).filter((key) => key.endsWith(".parquet"))).toEqual(listed);
});
