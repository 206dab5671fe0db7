/** Builds a forest far larger than any published one, with a card to serve it. */

import { dtypeOf } from "../../../shared/features/feature.ts";
import { sha256Hex } from "../../../shared/lib/hash.ts";
import { ensembleAttributes } from "../../../shared/onnx/ensemble-attributes.ts";
import { int, mlNode, node, PORTABLE } from "../../../shared/onnx/graph.ts";
import { predictionOutput } from "../../../shared/onnx/outputs.ts";
import { writeModel } from "../../../shared/onnx/write.ts";
import type { InputColumn } from "../../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../../shared/registry/onnx-engine.ts";
import { randomTree } from "../../onnx/forests.ts";
import { seededRandom } from "../../support/chance.ts";
import { forecast, historyOf, servable } from "../../support/served.ts";
import { type Stored, stored } from "./learned-model.ts";

/** Builds `trees` trees with `leaves` leaves, which are 2 × leaves − 1 nodes each. */
export function largeForest({ trees, leaves }: { readonly trees: number; readonly leaves: number }): Stored {
  const floats = forecast.features.filter((feature) => dtypeOf(feature) === "float").map(({ name }) => name);
  const random = seededRandom(1);
  const all = Array.from({ length: trees }, () => randomTree(random, { leaves, columns: floats.length }));
  const model = writeModel({
    ...PORTABLE,
    name: "large",
    inputs: forecast.features.map((feature) => ({ name: feature.name, type: dtypeOf(feature), shape: [null, 1] })),
    outputs: [{ name: predictionOutput, type: "float", shape: [null, 1] }],
    nodes: [
      node("Concat", { inputs: floats, outputs: ["columns"], attributes: { axis: int(1) } }),
      mlNode("TreeEnsembleRegressor", {
        inputs: ["columns"],
        outputs: [predictionOutput],
        attributes: ensembleAttributes({ trees: all, columns: floats.length, aggregate: "average", base: 0 }),
      }),
    ],
    initializers: [],
    producer: "bench",
    metadata: {},
  });
  const { card } = servable();
  const nodes = trees * (2 * leaves - 1);
  const described = { ...card.model, sha256: sha256Hex(model), bytes: model.length, trees, nodes };
  const golden = goldenOf(model, card.golden.inputs);
  const historyText = JSON.stringify(historyOf());
  return stored({ model, card: { ...card, model: described, golden }, historyText });
}

type Golden = ReturnType<typeof servable>["card"]["golden"];

function goldenOf(model: Uint8Array, inputs: Golden["inputs"]): Golden {
  const columns: Record<string, InputColumn> = {};
  for (const feature of forecast.features) {
    const values = inputs[feature.name] ?? [];
    columns[feature.name] =
      dtypeOf(feature) === "float"
        ? Float32Array.from(values, (value) => Number(value ?? Number.NaN))
        : values.map(String);
  }
  const evaluated = evaluateOnnx(model, columns);
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  const outputs = { [predictionOutput]: Array.from(evaluated.value[predictionOutput] ?? []) };
  return { inputs, outputs, tolerance: 0 };
}
