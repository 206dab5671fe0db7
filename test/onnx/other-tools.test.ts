/** Compares files of scikit-learn, XGBoost, LightGBM and CatBoost to their outputs in onnxruntime 1.31 (test/golden/onnx-models.py). */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Value } from "../../shared/onnx/evaluate.ts";
import { CLOSE, EXACT, expectSame, type Feeds, graphRead, outputsOf, programOf, type Tolerance } from "./parity.ts";

const FOLDER = "test/fixtures/onnx";
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => file.replace(".onnx", ""));

interface JsonValue {
  readonly type: "float" | "int64" | "string";
  readonly dims: readonly number[];
  readonly data: readonly (number | string | null)[];
}

function fromJson({ type, dims, data }: JsonValue): Value {
  if (type === "string") return { type, dims, data: data.map(String) };
  const numbers = data.map((value) => (value === null ? Number.NaN : Number(value)));
  return type === "float"
    ? { type, dims, data: Float32Array.from(numbers) }
    : { type, dims, data: Float64Array.from(numbers) };
}

const valuesOf = (values: Record<string, JsonValue>): Feeds =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fromJson(value)]));

/** Trees without a formula after them give the same bits. Numbers of the table reach 1e6 and cancel each other. */
function toleranceOf(name: string): Tolerance {
  if (/^(sklearn-(random-forest|gradient-boosting|hist-gradient-boosting)|xgboost|lightgbm|catboost)$/.test(name))
    return EXACT;
  return /neural-network|logistic|ridge/.test(name) ? { relative: 2e-6, absolute: 1e-6 } : CLOSE;
}

test.each(names)("%s gives onnxruntime's numbers", (name) => {
  const golden = JSON.parse(readFileSync(`${FOLDER}/${name}.json`, "utf8"));
  const graph = graphRead(readFileSync(`${FOLDER}/${name}.onnx`));
  const actual = outputsOf(programOf(graph).run(valuesOf(golden.inputs)));
  const expected = valuesOf(golden.outputs);
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const output of Object.keys(expected)) expectSame(actual[output], expected[output], toleranceOf(name));
});

test("the fixtures exist", () => expect(names.length).toBeGreaterThan(15));
