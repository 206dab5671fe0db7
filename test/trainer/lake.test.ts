/** Tests how a training reads the lake: it starts again after a change, and names a damaged file. */
import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { writeSuccess } from "../../shared/lake/success.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { openHub } from "../../trainer/hub.ts";
import { readLake } from "../../trainer/lake.ts";

const path = "year=2026";
const file = `${path}/part.parquet`;
const good = new TextEncoder().encode("the bytes of a file");

/** Returns a hub with one file in its lake. `bytesAt` returns the bytes of each read of it. */
function hubWith(bytesAt: (read: number) => Uint8Array, listAt: (list: number) => number = () => 1) {
  let [lists, reads] = [0, 0];
  const send = async (url: string) => {
    const body = url.endsWith("_SUCCESS")
      ? writeSuccess(goldCsv, [{ path, rows: listAt(lists++), sha256: sha256Hex(good), etag: "e1" }])
      : new Uint8Array(bytesAt(reads++));
    return new Response(body, { headers: { ETag: '"e1"' } });
  };
  return openHub({ url: "http://hub.test", token: undefined, send });
}

const read = async (hub: ReturnType<typeof hubWith>) => {
  const files: string[] = [];
  const effects = {
    onStart: async () => void files.splice(0),
    onFile: async (one: { path: string }) => void files.push(one.path),
  };
  await readLake(hub, "gold-csv", effects);
  return files;
};

test("a file that changes during the read is read again with the new list", async () => {
  expect(await read(hubWith((at) => (at === 0 ? new Uint8Array(3) : good)))).toEqual([file]);
});

test("a file that differs from an unchanged list is damaged: the message names it and states when it is repaired", async () => {
  const damaged = hubWith(() => good.slice(0, 5));
  await expect(read(damaged)).rejects.toThrow(
    `${file} in the lake of gold-csv is missing or damaged: its bytes differ from those in _SUCCESS. The hub writes such a file again within the hour`,
  );
});

test("a lake that changes during every read is reported as such", async () => {
  const busy = hubWith(
    () => good.slice(0, 5),
    (list) => list,
  );
  await expect(read(busy)).rejects.toThrow("The lake of gold-csv changed during each of 5 reads.");
});
