/**
 * Reads an ONNX file into a graph, strictly. For any bytes the result is a graph or a problem.
 *
 * Long lists of floats are views of `bytes` if they are aligned. Long lists of ints are decoded each time `values` is read.
 */
import type { Result } from "../lib/result.ts";
import type { Graph, GraphValue, TensorShape } from "./graph.ts";
import { attempt, type OnnxProblem } from "./problem.ts";
import { Cursor } from "./protobuf-reader.ts";
import { readNode } from "./read-node.ts";
import { readTensor } from "./read-tensor.ts";
import {
  DIMENSION,
  ENTRY,
  elementTypeOf,
  GRAPH,
  MODEL,
  OPSET,
  SHAPE,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./schema.ts";

/** Largest number of parts of one kind: a graph with tens of thousands of operators is not a tabular model. */
const PARTS_MAX = 20_000;
/** More axes than any tabular operator has. */
const RANK_MAX = 8;

/** Reads any bytes without throwing. O(bytes). */
export function readModel(bytes: Uint8Array): Result<Graph, OnnxProblem> {
  // A Node Buffer is a Uint8Array whose `slice` does not copy.
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return attempt(() => readModelProto(new Cursor(plain, "model")));
}

interface Header {
  irVersion: number;
  producer: string;
  readonly opsets: Record<string, number>;
  readonly metadata: Record<string, string>;
}

function readModelProto(cursor: Cursor): Graph {
  // Keys come from the file, so the objects have no prototype.
  const header: Header = { irVersion: 0, producer: "", opsets: Object.create(null), metadata: Object.create(null) };
  let graph: GraphParts | null = null;
  while (cursor.next()) {
    switch (cursor.field) {
      case MODEL.irVersion:
        header.irVersion = cursor.int();
        break;
      case MODEL.producerName:
        header.producer = cursor.string();
        break;
      case MODEL.graph:
        if (graph !== null) cursor.fail("a second graph", "one graph");
        graph = readGraph(cursor.message("graph"));
        break;
      case MODEL.opsetImport:
        readOpset(cursor.message("opset"), header.opsets);
        break;
      case MODEL.metadata:
        readEntry(cursor.message("metadata"), header.metadata);
        break;
      case MODEL.trainingInfo:
      case MODEL.functions:
        cursor.fail(cursor.field === MODEL.functions ? "functions" : "training information", "none", "unsupported");
        break;
      default:
        cursor.skip();
    }
  }
  if (graph === null) return cursor.fail("no graph", "one graph");
  return { ...graph, ...header };
}

function readOpset(cursor: Cursor, opsets: Record<string, number>): void {
  let domain = "";
  let version = 0;
  while (cursor.next()) {
    if (cursor.field === OPSET.domain) domain = cursor.string();
    else if (cursor.field === OPSET.version) version = cursor.int();
    else cursor.skip();
  }
  // "ai.onnx" and "" are the same domain.
  opsets[domain === "ai.onnx" ? "" : domain] = version;
}

function readEntry(cursor: Cursor, entries: Record<string, string>): void {
  let key = "";
  let value = "";
  while (cursor.next()) {
    if (cursor.field === ENTRY.key) key = cursor.string();
    else if (cursor.field === ENTRY.value) value = cursor.string();
    else cursor.skip();
  }
  entries[key] = value;
}

type GraphParts = Pick<Graph, "name" | "inputs" | "outputs" | "nodes" | "initializers">;

function readGraph(cursor: Cursor): GraphParts {
  let name = "";
  const inputs: GraphValue[] = [];
  const outputs: GraphValue[] = [];
  const nodes: Graph["nodes"][number][] = [];
  const initializers: Graph["initializers"][number][] = [];
  const add = <Part>(parts: Part[], part: Part): void => {
    if (parts.length === PARTS_MAX) cursor.fail(`more than ${PARTS_MAX} parts`, "fewer", "too-large");
    parts.push(part);
  };
  while (cursor.next()) {
    switch (cursor.field) {
      case GRAPH.node:
        add(nodes, readNode(cursor.message(`node ${nodes.length}`)));
        break;
      case GRAPH.name:
        name = cursor.string();
        break;
      case GRAPH.initializer:
        add(initializers, readTensor(cursor.message(`initializer ${initializers.length}`)));
        break;
      case GRAPH.input:
        add(inputs, readValue(cursor.message(`input ${inputs.length}`)));
        break;
      case GRAPH.output:
        add(outputs, readValue(cursor.message(`output ${outputs.length}`)));
        break;
      case GRAPH.sparseInitializer:
        cursor.fail("a sparse initializer", "dense ones", "unsupported");
        break;
      default:
        cursor.skip();
    }
  }
  return { name, inputs, outputs, nodes, initializers };
}

function readValue(cursor: Cursor): GraphValue {
  let value: GraphValue = { name: "", type: "other", shape: null };
  while (cursor.next()) {
    if (cursor.field === VALUE_INFO.name) value = { ...value, name: cursor.string() };
    else if (cursor.field === VALUE_INFO.type)
      value = { ...value, ...readType(cursor.message(`${cursor.what}'s type`)) };
    else cursor.skip();
  }
  return value;
}

function readType(cursor: Cursor): Pick<GraphValue, "type" | "shape"> {
  let type: GraphValue["type"] = "other";
  let shape: TensorShape | null = null;
  while (cursor.next()) {
    if (cursor.field !== TYPE.tensor) {
      cursor.skip();
      continue;
    }
    const tensor = cursor.message(cursor.what);
    while (tensor.next()) {
      if (tensor.field === TENSOR_TYPE.element) type = elementTypeOf(tensor.int()) ?? "other";
      else if (tensor.field === TENSOR_TYPE.shape) shape = readShape(tensor.message(`${cursor.what}'s shape`));
      else tensor.skip();
    }
  }
  return { type, shape };
}

function readShape(cursor: Cursor): TensorShape {
  const shape: (number | null)[] = [];
  while (cursor.next()) {
    if (cursor.field !== SHAPE.dimension) {
      cursor.skip();
      continue;
    }
    if (shape.length === RANK_MAX) cursor.fail(`more than ${RANK_MAX} axes`, "fewer", "too-large");
    shape.push(readDimension(cursor.message(cursor.what)));
  }
  return shape;
}

function readDimension(cursor: Cursor): number | null {
  let size: number | null = null;
  while (cursor.next()) {
    if (cursor.field === DIMENSION.value) size = cursor.int();
    else cursor.skip();
  }
  // Some converters write -1 for an unknown size.
  return size === null || size < 0 ? null : size;
}
