import { expect, test } from "vitest";
import { predictEnsemble } from "../../shared/models/tree.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { seededRandom } from "../support/chance.ts";
import { type ForestOptions, randomForest, randomValues } from "./forests.ts";
import { ensembleGraph } from "./models.ts";
import { load } from "./reference.ts";

// onnxruntime uses different code for 1 row, from 50 and 128 rows, and from about 80 and 100 trees.
const BATCHES = [0, 1, 2, 50, 51, 128, 129, 1000];
const COLUMNS = 4;

async function expectSameBits(options: Partial<ForestOptions>): Promise<void> {
  const random = seededRandom(options.trees ?? 1);
  const defaults: ForestOptions = { trees: 1, leavesMax: 20, columns: COLUMNS, aggregate: "sum", base: 23.7 };
  const ensemble = randomForest(random, { ...defaults, ...options });
  const run = await load(writeModel(ensembleGraph(ensemble)));
  for (const rows of BATCHES) {
    const values = randomValues(random, rows * COLUMNS);
    const { y } = await run({ x: { type: "float", data: values, dims: [rows, COLUMNS] } });
    const expected = predictEnsemble(ensemble, { rows, columns: COLUMNS, layout: "row-major", values });
    expect(y, `${rows} rows`).toEqual({ type: "float", data: expected, dims: [rows, 1] });
  }
}

test.each([0, 1, 2, 50, 51, 80, 81, 100, 101, 300])(
  "onnxruntime gives the bits of predictEnsemble for %i trees, summed and averaged",
  async (trees) => {
    await expectSameBits({ trees, aggregate: "sum" });
    await expectSameBits({ trees, aggregate: "average" });
    await expectSameBits({ trees, aggregate: "average", base: 0 });
  },
);

test("trees of a single leaf are the same constant in onnxruntime", async () => {
  await expectSameBits({ trees: 3, leavesMax: 1 });
});
