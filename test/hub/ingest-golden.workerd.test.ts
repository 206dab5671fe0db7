/** The stored bytes do not change between versions. Compares them with digests that version d1534ba made. */
import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { hub, migrate, query, testEnv } from "../support/hub.ts";
import { ingestHere } from "../support/ingest-here.ts";
import { publication, someCities } from "../support/sniim.ts";
import golden from "./ingest-golden.json";

beforeEach(async () => {
  await reset();
  await migrate();
});

const { FILES } = testEnv as unknown as { readonly FILES: Pick<Fetcher, "fetch"> };
const fileAt = (path: string) => FILES.fetch(`http://files.test${path}`);

const firstArrivalMs = Date.UTC(2026, 10, 30);
let arrivals = 0;

/** Ingests a file with a later arrival time than all others. */
async function take(feed: string, name: string, bytes: Uint8Array): Promise<void> {
  const file = { feed, name, bytes, arrivedAt: new Date(firstArrivalMs + ++arrivals) };
  expect(await ingestHere(hub, file)).toMatchObject({ state: "done", reason: null });
}

async function takeFrom(feed: string, path: string): Promise<void> {
  const answer = await fileAt(path);
  if (!answer.ok) throw new Error(`there is no file ${path}`);
  await take(feed, answer.headers.get("Name") ?? "", new Uint8Array(await answer.arrayBuffer()));
}

const digestOf = (value: unknown) => sha256Hex(JSON.stringify(value));

/** Returns digests of the lake, the database and the history. Publications are numbered in order of arrival. */
async function stored(forecast: string): Promise<Record<string, string>> {
  const lake: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await hub.lake.list({ prefix: "clean/", ...(cursor && { cursor }) });
    for (const { key } of page.objects) {
      const object = await hub.lake.get(key);
      lake.push([key, sha256Hex(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)))]);
    }
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor);
  const facts = (table: string, more = "") =>
    query(
      `SELECT s.key, o.* FROM ${table} o JOIN series s ON s.id = o.series_id ORDER BY 1, o.variable, o.period${more}`,
    );
  const { dimensions, periods, series } = JSON.parse((await hub.snapshots.get(`history:${forecast}`)) ?? "null");
  return {
    lake: digestOf(lake),
    observations: digestOf(await facts("observations")),
    revisions: digestOf(await facts("revisions", ", ingest_id, superseded_by")),
    partitions: digestOf(await query("SELECT * FROM partitions ORDER BY feed, path")),
    history: digestOf({ dimensions, periods, series }),
  };
}

test("simulated publications, with the older one last, produce the golden bytes", async () => {
  for (const day of ["2025-01-10", "2025-01-06"]) await takeFrom("sniim-milk", `/simulated/${day}`);
  expect(await stored("milk-mx")).toEqual(golden["simulated milk"]);
});

test("publications that revise and confirm each other produce the golden bytes", async () => {
  const day = (name: string, price = 20) => ({ day: `2025-01-${name}`, cities: someCities(4, price) });
  const files = {
    "Leche06012025-golden.xlsx": [day("03"), day("06")],
    "Leche10012025-golden.xlsx": [day("03"), day("06", 30), day("08"), day("10")],
    "Leche08012025-golden.xlsx": [day("03", 25), day("06", 30), day("08", 28)],
    "Leche10012025-golden-bis.xlsx": [day("08", 29), day("10")],
  };
  for (const [name, blocks] of Object.entries(files)) {
    await take("sniim-milk", name, publication(blocks));
  }
  expect(await stored("milk-mx")).toEqual(golden.revisions);
});

const real = [
  { feed: "sniim-milk", forecast: "milk-mx", folder: "milk-mx", golden: golden["real milk"] },
  { feed: "gold-csv", forecast: "gold", folder: "gold", golden: golden["real gold"] },
  { feed: "open-meteo-air-quality", forecast: "sickness", folder: "sickness", golden: golden["real air"] },
];
const isHere = (await fileAt("/real/milk-mx")).ok;
if (!isHere) console.log("skipped with real publications: ../shared/data is not there");

test.skipIf(!isHere).each(real)(
  "the real files of $folder produce the golden bytes",
  async (one) => {
    const names: string[] = await (await fileAt(`/real/${one.folder}`)).json();
    for (const name of names) await takeFrom(one.feed, `/real/${one.folder}/${name}`);
    expect(await stored(one.forecast)).toEqual(one.golden);
  },
  240_000,
);
