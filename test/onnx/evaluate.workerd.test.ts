import { expect, test } from "vitest";
import { predictEnsemble } from "../../shared/models/tree.ts";
import { compile } from "../../shared/onnx/compile.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { seededRandom } from "../support/chance.ts";
import { randomForest, randomValues } from "./forests.ts";
import { ensembleGraph } from "./models.ts";

test("a file is written, read and run in workerd with the same bits as predictEnsemble", () => {
  const random = seededRandom(1);
  const ensemble = randomForest(random, { trees: 40, leavesMax: 40, columns: 3, aggregate: "average", base: 0.5 });
  const values = randomValues(random, 300);
  const read = readModel(writeModel(ensembleGraph(ensemble)));
  const compiled = read.ok ? compile(read.value) : read;
  const run = compiled.ok ? compiled.value.run({ x: { type: "float", data: values, dims: [100, 3] } }) : compiled;
  const expected = predictEnsemble(ensemble, { rows: 100, columns: 3, layout: "row-major", values });
  expect(run.ok && run.value["y"]?.data).toEqual(expected);
});
