import { afterEach, expect, test } from "vitest";
import { disposePlatforms, ingestInOrder, ingestThroughPowerCut, shuffled } from "../support/power-cut.ts";
import { realPublications } from "../support/publications.ts";

afterEach(disposePlatforms);

const real = realPublications()?.slice(-3);

test.skipIf(!real)(
  "real publications in any order, each uploaded twice, with a power cut, end in the same facts and bytes",
  async () => {
    const inOrder = await ingestInOrder(real ?? []);
    const cut = { storedFiles: 60, storedFilesMax: 150, twice: true };
    expect(await ingestThroughPowerCut(shuffled(real ?? []), cut)).toEqual(inOrder);
  },
);
