/** Tests how files of a command are assigned to the feeds of a forecast. */
import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { filesByFeed } from "../../trainer/training/facts.ts";

test("with one feed every file is assigned to it, with or without its id", () => {
  expect(filesByFeed([goldCsv], ["a.csv", "gold-csv=b.csv", "x=y.csv"])).toEqual([
    { feed: goldCsv, files: ["a.csv", "b.csv", "x=y.csv"] },
  ]);
});

test("with several feeds each file must name its feed", () => {
  const both = [goldCsv, sniimMilk];
  expect(filesByFeed(both, ["sniim-milk=a.xlsx", "gold-csv=b.csv", "sniim-milk=c=d.xlsx"])).toEqual([
    { feed: goldCsv, files: ["b.csv"] },
    { feed: sniimMilk, files: ["a.xlsx", "c=d.xlsx"] },
  ]);
  expect(() => filesByFeed(both, ["b.csv"])).toThrow("The feed of b.csv is missing. Write FEED=FILE;");
  expect(() => filesByFeed(both, ["gold-csv=b.csv"])).toThrow(
    "--files contains no file of sniim-milk. Add sniim-milk=FILE.",
  );
});
