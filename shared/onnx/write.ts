/** Writes a graph as an ONNX file. The same graph gives the same bytes. */
import type { Attribute, Graph, GraphValue, Node, Tensor } from "./graph.ts";
import { ProtobufWriter } from "./protobuf.ts";
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPES,
  DIMENSION,
  ELEMENT_TYPES,
  ENTRY,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from "./schema.ts";

/** The name of the unknown size in the file. */
const ROWS = "N";

/** Writes a graph. Throws on an integer beyond ±2⁵³, and on an attribute or type that can only be read. */
export function writeModel(graph: Graph): Uint8Array<ArrayBuffer> {
  const writer = new ProtobufWriter();
  writer.int(MODEL.irVersion, graph.irVersion);
  writer.string(MODEL.producerName, graph.producer);
  writer.message(MODEL.graph, () => writeGraph(writer, graph));
  for (const domain of Object.keys(graph.opsets).sort()) {
    writer.message(MODEL.opsetImport, () => {
      writer.string(OPSET.domain, domain);
      writer.int(OPSET.version, graph.opsets[domain] ?? 0);
    });
  }
  for (const key of Object.keys(graph.metadata).sort()) {
    writer.message(MODEL.metadata, () => {
      writer.string(ENTRY.key, key);
      writer.string(ENTRY.value, graph.metadata[key] ?? "");
    });
  }
  return writer.finish();
}

function writeGraph(writer: ProtobufWriter, graph: Graph): void {
  for (const node of graph.nodes) writer.message(GRAPH.node, () => writeNode(writer, node));
  writer.string(GRAPH.name, graph.name);
  for (const tensor of graph.initializers) writer.message(GRAPH.initializer, () => writeTensor(writer, tensor));
  for (const value of graph.inputs) writer.message(GRAPH.input, () => writeValue(writer, value));
  for (const value of graph.outputs) writer.message(GRAPH.output, () => writeValue(writer, value));
}

function writeNode(writer: ProtobufWriter, node: Node): void {
  writer.strings(NODE.input, node.inputs);
  writer.strings(NODE.output, node.outputs);
  writer.string(NODE.name, node.name);
  writer.string(NODE.op, node.op);
  for (const name of Object.keys(node.attributes).sort()) {
    const attribute = node.attributes[name];
    if (attribute !== undefined) {
      writer.message(NODE.attribute, () => writeAttribute(writer, name, attribute));
    }
  }
  if (node.domain !== "") writer.string(NODE.domain, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.string(ATTRIBUTE.name, name);
  switch (attribute.kind) {
    case "float":
      writer.float(ATTRIBUTE.float, attribute.value);
      break;
    case "int":
      writer.int(ATTRIBUTE.int, attribute.value);
      break;
    case "string":
      writer.string(ATTRIBUTE.string, attribute.value);
      break;
    case "tensor":
      writer.message(ATTRIBUTE.tensor, () => writeTensor(writer, attribute.value));
      break;
    case "floats":
      writer.packedFloats(ATTRIBUTE.floats, Float32Array.from(attribute.values));
      break;
    case "ints":
      writer.packedInts(ATTRIBUTE.ints, attribute.values);
      break;
    case "strings":
      writer.strings(ATTRIBUTE.strings, attribute.values);
      break;
    case "unsupported":
      throw new TypeError(`attribute ${name} is ${attribute.found}, which cannot be written`);
  }
  writer.int(ATTRIBUTE.type, ATTRIBUTE_TYPES.indexOf(attribute.kind));
}

function writeTensor(writer: ProtobufWriter, tensor: Tensor): void {
  writer.packedInts(TENSOR.dims, tensor.dims);
  writer.int(TENSOR.dataType, ELEMENT_TYPES[tensor.type]);
  switch (tensor.type) {
    case "float":
      writer.packedFloats(TENSOR.floatData, tensor.data);
      break;
    case "int32":
    case "uint8":
    case "bool":
      writer.packedInts(TENSOR.int32Data, tensor.data);
      break;
    case "string":
      writer.strings(TENSOR.stringData, tensor.data);
      break;
    case "int64":
      writer.packedInts(TENSOR.int64Data, tensor.data);
      break;
    case "double":
      break;
  }
  writer.string(TENSOR.name, tensor.name);
  if (tensor.type === "double") {
    const { buffer, byteOffset, byteLength } = tensor.data;
    writer.bytes(TENSOR.rawData, new Uint8Array(buffer, byteOffset, byteLength));
  }
}

function writeValue(writer: ProtobufWriter, value: GraphValue): void {
  const { type, shape } = value;
  if (type === "other") throw new TypeError(`${value.name} has a type that cannot be written`);
  writer.string(VALUE_INFO.name, value.name);
  writer.message(VALUE_INFO.type, () =>
    writer.message(TYPE.tensor, () => {
      writer.int(TENSOR_TYPE.element, ELEMENT_TYPES[type]);
      if (shape !== null) writer.message(TENSOR_TYPE.shape, () => writeShape(writer, shape));
    }),
  );
}

function writeShape(writer: ProtobufWriter, shape: readonly (number | null)[]): void {
  for (const size of shape) {
    writer.message(SHAPE.dimension, () => {
      if (size === null) writer.string(DIMENSION.parameter, ROWS);
      else writer.int(DIMENSION.value, size);
    });
  }
}
