/**
 * Reads the sizes of the tree ensembles of any ONNX file, including files that `read.ts` refuses, subgraphs and functions.
 * Skips everything else.
 */
import type { Result } from "../lib/result.ts";
import type { Attribute, Node } from "./graph.ts";
import { countInts, decodeInts, PackedBytes } from "./packed.ts";
import { attempt, type OnnxProblem } from "./problem.ts";
import { VARINT } from "./protobuf.ts";
import { Cursor } from "./protobuf-reader.ts";
import { ATTRIBUTE, GRAPH, MODEL, NODE } from "./schema.ts";

/** Attributes whose lengths give the size of the trees. */
const counted = ["nodes_treeids", "nodes_featureids", "tree_roots"];
/** Fields of onnx.proto that contain more nodes. */
const FUNCTION_NODE = 7;
const SUBGRAPHS = [6, 11];
/** Maximum nesting. No tool nests as deeply. */
const DEPTH_MAX = 20;
/** Maximum number of nodes to count. It is above the limit for loading and needs little memory. */
const NODES_MAX = 1_500_000;

/** Reads the nodes with tree attributes from any bytes without throwing. O(bytes). */
export function readTreeNodes(bytes: Uint8Array): Result<readonly Node[], OnnxProblem> {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return attempt(() => {
    const nodes: Node[] = [];
    const model = new Cursor(plain, "model");
    while (model.next()) {
      if (model.field === MODEL.graph) walk(model.message("graph"), { field: GRAPH.node, depth: 0, nodes });
      else if (model.field === MODEL.functions) {
        walk(model.message("function"), { field: FUNCTION_NODE, depth: 0, nodes });
      } else model.skip();
    }
    return nodes;
  });
}

interface Walk {
  /** Number of the field with the nodes. */
  readonly field: number;
  readonly depth: number;
  /** The nodes found so far. */
  readonly nodes: Node[];
}

function walk(cursor: Cursor, { field, depth, nodes }: Walk): void {
  if (depth > DEPTH_MAX) cursor.fail(`graphs nested more than ${DEPTH_MAX} deep`, "fewer", "too-large");
  while (cursor.next()) {
    if (cursor.field !== field) {
      cursor.skip();
      continue;
    }
    const node = cursor.message("node");
    const attributes: Record<string, Attribute> = Object.create(null);
    while (node.next()) {
      if (node.field === NODE.attribute) takeAttribute(node.message("attribute"), { attributes, depth, nodes });
      else node.skip();
    }
    if (Object.keys(attributes).length > 0) {
      nodes.push({ op: "", domain: "ai.onnx.ml", name: "", inputs: [], outputs: [], attributes });
    }
  }
}

interface Found extends Pick<Walk, "depth" | "nodes"> {
  readonly attributes: Record<string, Attribute>;
}

function takeAttribute(cursor: Cursor, { attributes, depth, nodes }: Found): void {
  let name = "";
  const ints = new PackedBytes();
  while (cursor.next()) {
    if (cursor.field === ATTRIBUTE.name) name = cursor.string();
    else if (cursor.field === ATTRIBUTE.ints) ints.take(cursor, VARINT);
    else if (SUBGRAPHS.includes(cursor.field)) {
      walk(cursor.message("subgraph"), { field: GRAPH.node, depth: depth + 1, nodes });
    } else cursor.skip();
  }
  if (!counted.includes(name)) return;
  const bytes = ints.bytes();
  const count = countInts(bytes, name);
  if (count > NODES_MAX) cursor.fail(`${count} tree nodes`, `at most ${NODES_MAX}`, "too-large");
  attributes[name] = { kind: "ints", values: decodeInts(bytes, count) };
}
