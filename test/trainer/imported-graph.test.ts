import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { lastFeatureOf } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { ProtobufWriter } from "../../shared/onnx/protobuf.ts";
import {
  ATTRIBUTE,
  DIMENSION,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "../../shared/onnx/schema.ts";
import { checkedGraph } from "../../trainer/training/imported-graph.ts";
import { smallForecast } from "../training/support.ts";

/** `value`, or 1 if the last value is greater than 0: a subgraph, which is stored as its original bytes. */
function branching(output: string): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  const tensorType = (field: number) =>
    writer.message(field, () =>
      writer.message(TYPE.tensor, () => {
        writer.int(TENSOR_TYPE.element, 1);
        writer.message(TENSOR_TYPE.shape, () => {
          writer.message(SHAPE.dimension, () => writer.string(DIMENSION.parameter, "N"));
          writer.message(SHAPE.dimension, () => writer.int(DIMENSION.value, 1));
        });
      }),
    );
  const value = (field: number, name: string) =>
    writer.message(field, () => {
      writer.string(VALUE_INFO.name, name);
      tensorType(VALUE_INFO.type);
    });
  const operator = (op: string, wires: readonly [readonly string[], string], attributes = () => {}) =>
    writer.message(GRAPH.node, () => {
      for (const name of wires[0]) writer.string(NODE.input, name);
      writer.string(NODE.output, wires[1]);
      writer.string(NODE.op, op);
      attributes();
    });
  const last = lastFeatureOf(smallForecast);
  const branch = (name: string) => () =>
    writer.message(NODE.attribute, () => {
      writer.string(ATTRIBUTE.name, name);
      writer.int(ATTRIBUTE.type, 5);
      writer.message(6, () => {
        writer.string(GRAPH.name, name);
        operator("Identity", [[last], `${name}_value`]);
        value(GRAPH.output, `${name}_value`);
      });
    });
  writer.int(MODEL.irVersion, 8);
  writer.message(MODEL.opsetImport, () => writer.int(OPSET.version, 17));
  writer.message(MODEL.graph, () => {
    writer.string(GRAPH.name, "branching");
    writer.message(GRAPH.initializer, () => {
      writer.int(TENSOR.dataType, 9);
      writer.packedInts(TENSOR.int32Data, [1]);
      writer.string(TENSOR.name, "yes");
    });
    value(GRAPH.input, last);
    operator("If", [["yes"], output], () => {
      branch("then_branch")();
      branch("else_branch")();
    });
    value(GRAPH.output, output);
  });
  return writer.finish();
}

test("a file with subgraphs is rejected, because their work has no limit", () => {
  expect(() => checkedGraph(branching("prediction"), smallForecast)).toThrow(
    "The file cannot be imported: node prediction (If): found the operator If",
  );
});

const twoColumns = "../shared/cases/clf-logistic-two-columns.onnx";
const isHere = existsSync(twoColumns);
if (!isHere) console.log(`skipped: ${twoColumns} is not there`);
test.skipIf(!isHere)("the shared classifier with two columns is rejected with the fix", () => {
  const sickness = forecasts.find(({ id }) => id === "sickness");
  if (!sickness) throw new Error("no forecast sickness");
  expect(() => checkedGraph(readFileSync(twoColumns), sickness)).toThrow(
    "The output probabilities has the shape [N, 2]. Expected [N, 1], one number per row. Two columns are the probabilities of both classes: export only column 1",
  );
});
