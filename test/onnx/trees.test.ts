import { expect, test } from "vitest";
import { predictEnsemble } from "../../shared/models/tree.ts";
import { seededRandom } from "../support/chance.ts";
import { randomForest, randomValues } from "./forests.ts";
import { ensembleGraph } from "./models.ts";
import { EXACT, expectParity, outputsOf, programOf } from "./parity.ts";

const COLUMNS = 4;

test.each([0, 1, 2, 51, 101])("%i trees give the same bits as onnxruntime for every batch size", async (trees) => {
  for (const aggregate of ["sum", "average"] as const) {
    const random = seededRandom(trees);
    const ensemble = randomForest(random, { trees, leavesMax: 20, columns: COLUMNS, aggregate, base: 23.7 });
    const feeds = [0, 1, 2, 63, 64, 65, 300].map((rows) => ({
      x: { type: "float", data: randomValues(random, rows * COLUMNS), dims: [rows, COLUMNS] } as const,
    }));
    await expectParity(ensembleGraph(ensemble), feeds, EXACT);
  }
});

test("a program gives the same bits as predictEnsemble", () => {
  const random = seededRandom(7);
  const ensemble = randomForest(random, { trees: 30, leavesMax: 300, columns: COLUMNS, aggregate: "sum", base: -1 });
  const values = randomValues(random, 500 * COLUMNS);
  const matrix = { rows: 500, columns: COLUMNS, layout: "row-major", values } as const;
  const { y } = outputsOf(
    programOf(ensembleGraph(ensemble)).run({ x: { type: "float", data: values, dims: [500, COLUMNS] } }),
  );
  expect(y?.data).toEqual(predictEnsemble(ensemble, matrix));
});
