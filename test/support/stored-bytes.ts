/** Ingests files inside workerd and computes digests of everything that is stored. */
import { expect } from "vitest";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { hub, query, testEnv } from "./hub.ts";
import { ingestHere } from "./ingest-here.ts";

const { FILES } = testEnv as unknown as { readonly FILES: Pick<Fetcher, "fetch"> };
/** Returns a file of `test/support/workerd-files.ts`. */
export const fileAt = (path: string) => FILES.fetch(`http://files.test${path}`);

const firstArrivalMs = Date.UTC(2026, 10, 30);
let arrivals = 0;

/** Ingests a file with a later arrival time than all others. */
export async function take(feed: string, name: string, bytes: Uint8Array, isReleased = false): Promise<void> {
  const file = { feed, name, bytes, arrivedAt: new Date(firstArrivalMs + ++arrivals), isReleased };
  expect(await ingestHere(hub, file)).toMatchObject({ state: "done", reason: null });
}

/** Ingests a file of `test/support/workerd-files.ts`. */
export async function takeFrom(feed: string, path: string): Promise<void> {
  const answer = await fileAt(path);
  if (!answer.ok) throw new Error(`there is no file ${path}`);
  await take(feed, answer.headers.get("Name") ?? "", new Uint8Array(await answer.arrayBuffer()));
}

const digestOf = (value: unknown) => sha256Hex(JSON.stringify(value));

/** Returns digests of the lake, the database and the history. Publications are numbered in order of arrival. */
export async function stored(forecast: string): Promise<Record<string, string>> {
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

/** Returns the names of the real files beside the project, in `../shared/data`; empty if there are none. */
export async function realFiles(folder: string): Promise<string[]> {
  const answer = await fileAt(`/real/${folder}`);
  return answer.ok ? answer.json() : [];
}
