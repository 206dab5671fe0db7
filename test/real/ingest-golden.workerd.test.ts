/** The stored bytes of the four workbooks, of gold and of air do not change between versions. Compares them with digests that version d1534ba made. */
import { beforeEach, expect, test } from "vitest";
import golden from "../hub/ingest-golden.json";
import { emptyStores } from "../support/empty-stores.ts";
import { migrate } from "../support/hub.ts";
import { realFiles, stored, takeFrom } from "../support/stored-bytes.ts";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

const names = await realFiles("milk-mx");
if (names.length === 0) console.log("skipped: ../shared/data is not there");

test.skipIf(names.length === 0)("forty years of gold produce the golden bytes", async () => {
  await takeFrom("gold-csv", "/real/gold/Daily.csv");
  expect(await stored("gold")).toEqual(golden["real gold"]);
});

test.skipIf(names.length === 0)("the four real workbooks produce the golden bytes", async () => {
  expect(names).toHaveLength(4);
  for (const name of names) await takeFrom("sniim-milk", `/real/milk-mx/${name}`);
  expect(await stored("milk-mx")).toEqual(golden["real milk"]);
});

test.skipIf(names.length === 0)("the real files of air produce the golden bytes", async () => {
  for (const name of await realFiles("sickness")) await takeFrom("open-meteo-air-quality", `/real/sickness/${name}`);
  expect(await stored("sickness")).toEqual(golden["real air"]);
});
