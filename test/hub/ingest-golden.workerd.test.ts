/** The stored bytes do not change between versions. Compares them with digests that version d1534ba made. */
import { reset } from "cloudflare:test";
import { beforeEach, expect, test } from "vitest";
import { migrate } from "../support/hub.ts";
import { publication, someCities } from "../support/sniim.ts";
import { realFiles, realText, stored, take, takeFrom } from "../support/stored-bytes.ts";
import golden from "./ingest-golden.json";

beforeEach(async () => {
  await reset();
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

/** The newest workbook, the last ten years of gold, and air; `test/real` ingests all files whole. */
const real = [
  { feed: "sniim-milk", forecast: "milk-mx", folder: "milk-mx", golden: golden["newest real milk"] },
  { feed: "gold-csv", forecast: "gold", folder: "gold", golden: golden["ten years of real gold"] },
  { feed: "open-meteo-air-quality", forecast: "sickness", folder: "sickness", golden: golden["real air"] },
];
const newest = "Leche08012025.xlsx";
const goldLines = 2_600;
const isHere = (await realFiles("milk-mx")).includes(newest);
if (!isHere) console.log("skipped with real publications: ../shared/data is not there");

test.skipIf(!isHere).each(real)("the real files of $folder produce the golden bytes", async (one) => {
  if (one.folder === "gold") {
    const [header = "", ...lines] = (await realText("gold", "Daily.csv")).trim().split("\n");
    await take(one.feed, "Daily.csv", new TextEncoder().encode([header, ...lines.slice(-goldLines)].join("\n")));
  } else {
    const names = one.folder === "milk-mx" ? [newest] : await realFiles(one.folder);
    for (const name of names) await takeFrom(one.feed, `/real/${one.folder}/${name}`);
  }
  expect(await stored(one.forecast)).toEqual(one.golden);
});
