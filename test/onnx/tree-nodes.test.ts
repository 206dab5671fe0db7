/** The size of the trees of any file, which decides whether a model is loaded. */
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ProtobufWriter } from "../../shared/onnx/protobuf.ts";
import { ATTRIBUTE, GRAPH, MODEL, NODE } from "../../shared/onnx/schema.ts";
import { readTreeNodes } from "../../shared/onnx/tree-nodes.ts";
import { sizeOfGraph } from "../../shared/registry/fit-limits.ts";
import { graphRead } from "./parity.ts";

const folder = "test/fixtures/onnx";
const files = readdirSync(folder).filter((file) => file.endsWith(".onnx"));

function sizeOf(bytes: Uint8Array) {
  const read = readTreeNodes(bytes);
  return read.ok ? sizeOfGraph(bytes.length, { nodes: read.value }) : read;
}

test.each(files)("%s has the size of its graph", (file) => {
  const bytes = readFileSync(`${folder}/${file}`);
  expect(sizeOf(bytes)).toEqual(sizeOfGraph(bytes.length, graphRead(bytes)));
});

/** Builds a node with a forest of two trees, with 3 and 5 nodes. */
function writeForest(writer: ProtobufWriter, field: number): void {
  writer.message(field, () => {
    writer.string(NODE.op, "TreeEnsembleRegressor");
    writer.message(NODE.attribute, () => {
      writer.string(ATTRIBUTE.name, "nodes_treeids");
      writer.packedInts(ATTRIBUTE.ints, [0, 0, 0, 1, 1, 1, 1, 1]);
    });
  });
}

/** Builds an If node with the forest in a branch. */
function writeBranch(writer: ProtobufWriter): void {
  writer.message(GRAPH.node, () => {
    writer.string(NODE.op, "If");
    writer.message(NODE.attribute, () => {
      writer.string(ATTRIBUTE.name, "then_branch");
      writer.message(6, () => writeForest(writer, GRAPH.node));
    });
  });
}

test("trees in branches and in functions count like any other", () => {
  const writer = new ProtobufWriter();
  writer.message(MODEL.graph, () => {
    writeForest(writer, GRAPH.node);
    writeBranch(writer);
  });
  writer.message(MODEL.functions, () => writeForest(writer, 7));
  expect(sizeOf(writer.finish())).toMatchObject({ trees: 6, nodes: 24, squaredNodes: 102 });
});

test("damaged bytes give a size or a problem and never throw", () => {
  const whole = readFileSync(`${folder}/xgboost.onnx`).subarray(0, 20_000);
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, end) => {
      const bytes = Uint8Array.from(whole.subarray(0, end));
      bytes[at] = byte;
      expect(readTreeNodes(bytes)).toHaveProperty("ok");
    }),
    { numRuns: 200 },
  );
});
