/** The stored bytes do not change between versions. Compares them with digests that version d1534ba made. */
import { beforeEach, expect, test } from "vitest";
import { emptyStores } from "../support/empty-stores.ts";
import { migrate } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";
import { stored, take, takeFrom } from "../support/stored-bytes.ts";
import golden from "./ingest-golden.json";

beforeEach(async () => {
  await emptyStores();
  await migrate();
});

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
    // Released, because the files revise all prices of a day.
    await take("sniim-milk", name, publication(blocks), true);
  }
  expect(await stored("milk-mx")).toEqual(golden.revisions);
});
