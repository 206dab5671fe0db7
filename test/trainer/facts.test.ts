/** Files of a command are divided among the feeds of a forecast. */
import { expect, test } from "vitest";
import { goldCsv } from "../../shared/feeds/gold-csv.ts";
import { sniimMilk } from "../../shared/feeds/sniim-milk.ts";
import { filesByFeed } from "../../trainer/training/facts.ts";

test("of one feed every file is its own, with its id before it or without", () => {
  expect(filesByFeed([goldCsv], ["a.csv", "gold-csv=b.csv", "x=y.csv"])).toEqual([
    { feed: goldCsv, files: ["a.csv", "b.csv", "x=y.csv"] },
  ]);
});

test("of several feeds each file says which one it is of", () => {
  const both = [goldCsv, sniimMilk];
  expect(filesByFeed(both, ["sniim-milk=a.xlsx", "gold-csv=b.csv", "sniim-milk=c=d.xlsx"])).toEqual([
    { feed: goldCsv, files: ["b.csv"] },
    { feed: sniimMilk, files: ["a.xlsx", "c=d.xlsx"] },
  ]);
  expect(() => filesByFeed(both, ["b.csv"])).toThrow("b.csv does not say which feed it is of; write it as FEED=FILE.");
  expect(() => filesByFeed(both, ["gold-csv=b.csv"])).toThrow(
    "--files has no file of sniim-milk; add sniim-milk=FILE.",
  );
});
