import { expect, test, vi } from "vitest";
import { fuzz } from "./run.ts";
import { fuzzTargets } from "./targets.ts";

const [count, seed] = [300, 20_261_130];

test.each(Object.keys(fuzzTargets))("%s: 300 changed inputs cause no failure", async (name) => {
  // Predict and the hub log what they cannot answer.
  const log = vi.spyOn(console, "error").mockImplementation(() => {});
  const { failures } = await fuzz(name, count, seed);
  log.mockRestore();
  expect(failures).toEqual([]);
});
