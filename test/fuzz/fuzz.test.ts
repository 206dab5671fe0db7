import { expect, test } from "vitest";
import { fuzz } from "./run.ts";
import { fuzzTargets } from "./targets.ts";

const [count, seed] = [300, 20_261_130];

test.each(Object.keys(fuzzTargets))("%s: 300 changed inputs cause no failure", async (name) => {
  expect((await fuzz(name, count, seed)).failures).toEqual([]);
});
