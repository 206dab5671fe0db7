import { afterEach, expect, test } from "vitest";
import { disposePlatforms, ingestInOrder, ingestThroughPowerCut, shuffled } from "../support/power-cut.ts";
import { simulatedPublications } from "../support/publications.ts";

afterEach(disposePlatforms);

/** About 40 periods, each of which is a file of the lake. */
const simulated = simulatedPublications("2024-10-01");
/** When the power is cut. The first cut comes while the publication is read, the last during the lake step. */
const cuts = [
  { storedFiles: 1, storedFilesMax: 38, twice: false },
  { storedFiles: 15, storedFilesMax: 38, twice: true },
];

test("publications in any order, also each uploaded twice, with a power cut during one, end in the same facts and bytes", async () => {
  const inOrder = await ingestInOrder(simulated);
  expect(inOrder.observations.length).toBeGreaterThan(100_000);
  for (const cut of cuts) {
    expect(await ingestThroughPowerCut(shuffled(simulated), cut)).toEqual(inOrder);
  }
});
