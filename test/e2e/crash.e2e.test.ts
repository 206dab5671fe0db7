import { afterEach, expect, test } from "vitest";
import { disposePlatforms, ingestInOrder, ingestThroughPowerCut, shuffled } from "../support/power-cut.ts";
import { simulatedPublications } from "../support/publications.ts";

afterEach(disposePlatforms);

/** About 40 periods, each of which is a file of the lake. */
const simulated = simulatedPublications("2024-10-01");

test("publications in any order, also each uploaded twice, with a power cut during one, end in the same facts and bytes", async () => {
  const inOrder = await ingestInOrder(simulated);
  expect(inOrder.observations.length).toBeGreaterThan(250_000);
  // Kills the platform while the publication is read, and during the lake step.
  for (const [storedFiles, twice] of [
    [1, false],
    [15, true],
  ] as const) {
    const cut = { storedFiles, storedFilesMax: 38, twice };
    expect(await ingestThroughPowerCut(shuffled(simulated), cut)).toEqual(inOrder);
  }
});
