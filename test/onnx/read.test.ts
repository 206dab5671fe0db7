import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compile } from "../../shared/onnx/compile.ts";
import type { Program, Value } from "../../shared/onnx/evaluate.ts";
import type { Attribute, Graph, Tensor, TensorData } from "../../shared/onnx/graph.ts";
import { createData, elementsOf } from "../../shared/onnx/operators/data.ts";
import { ProtobufWriter } from "../../shared/onnx/protobuf.ts";
import { readModel } from "../../shared/onnx/read.ts";
import { ATTRIBUTE, GRAPH, MODEL, NODE, TENSOR } from "../../shared/onnx/schema.ts";
import { writeModel } from "../../shared/onnx/write.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const float32 = fc.float();
const safeInt = fc.oneof(fc.integer({ min: -3, max: 300 }), fc.maxSafeInteger());
const ofSize = (length: number) => ({ minLength: length, maxLength: length });

function dataArbitrary(length: number): fc.Arbitrary<TensorData> {
  const size = ofSize(length);
  return fc.oneof(
    fc.float32Array(size).map((data) => ({ type: "float", data }) as const),
    fc.float64Array(size).map((data) => ({ type: "double", data }) as const),
    fc.array(safeInt, size).map((values) => ({ type: "int64", data: Float64Array.from(values) }) as const),
    fc.int32Array(size).map((data) => ({ type: "int32", data }) as const),
    fc.uint8Array(size).map((data) => ({ type: "uint8", data }) as const),
    fc.uint8Array({ ...size, max: 1 }).map((data) => ({ type: "bool", data }) as const),
    fc.array(text, size).map((data) => ({ type: "string", data }) as const),
  );
}

const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(text, fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 }))
  .chain(([name, dims]) => dataArbitrary(dims.reduce((a, b) => a * b, 1)).map((data) => ({ name, dims, ...data })));

const attribute: fc.Arbitrary<Attribute> = fc.oneof(
  float32.map((value) => ({ kind: "float", value }) as const),
  safeInt.map((value) => ({ kind: "int", value }) as const),
  text.map((value) => ({ kind: "string", value }) as const),
  tensor.map((value) => ({ kind: "tensor", value }) as const),
  fc.array(float32).map((values) => ({ kind: "floats", values }) as const),
  fc.array(safeInt).map((values) => ({ kind: "ints", values }) as const),
  fc.array(text).map((values) => ({ kind: "strings", values }) as const),
);

const value = fc.record({
  name: text,
  type: fc.constantFrom("float", "double", "int64", "int32", "uint8", "bool", "string"),
  shape: fc.option(fc.array(fc.option(fc.nat(9)), { maxLength: 4 })),
});

const node = fc.record({
  op: text,
  domain: fc.constantFrom("", "ai.onnx.ml", "other"),
  name: text,
  inputs: fc.array(text, { maxLength: 4 }),
  outputs: fc.array(text, { maxLength: 4 }),
  attributes: fc.dictionary(text, attribute, { maxKeys: 4 }),
});

const anyGraph: fc.Arbitrary<Graph> = fc.record({
  name: text,
  inputs: fc.array(value, { maxLength: 4 }),
  outputs: fc.array(value, { maxLength: 4 }),
  nodes: fc.array(node, { maxLength: 4 }),
  initializers: fc.array(tensor, { maxLength: 3 }),
  opsets: fc.dictionary(fc.constantFrom("", "ai.onnx.ml"), fc.nat(20)),
  irVersion: fc.nat(12),
  producer: text,
  metadata: fc.dictionary(text, text, { maxKeys: 3 }),
});

/** Converts lists to arrays and dictionaries to pairs, so that only the content is compared. */
function plain(graph: Graph): unknown {
  const attributeOf = (one: Attribute): unknown =>
    "values" in one ? { ...one, values: Array.from<unknown>(one.values) } : one;
  return {
    ...graph,
    opsets: Object.entries(graph.opsets).sort(),
    metadata: Object.entries(graph.metadata).sort(),
    nodes: graph.nodes.map(({ attributes, ...rest }) => ({
      ...rest,
      attributes: Object.entries(attributes)
        .map(([name, one]) => [name, attributeOf(one)])
        .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    })),
  };
}

test("any graph is read back as it was written", () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const read = readModel(writeModel(graph));
      expect(read.ok && plain(read.value)).toEqual(plain(graph));
    }),
    { numRuns: 300 },
  );
});

test("reading and writing a file gives the same bytes", () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const bytes = writeModel(graph);
      const read = readModel(bytes);
      expect(read.ok && writeModel(read.value)).toEqual(bytes);
    }),
  );
});

const FOLDER = "test/fixtures/onnx";
const files = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".onnx"))
  .map((file) => readFileSync(`${FOLDER}/${file}`));

test("a file that is cut off anywhere gives a graph or a problem", () => {
  for (const file of files) {
    for (let length = 0; length < file.length; length += 1 + Math.floor(length / 40)) {
      const read = readModel(file.subarray(0, length));
      if (!read.ok) expect(read.error.found).not.toBe("");
    }
  }
  expect(readModel(new Uint8Array(0))).toMatchObject({ ok: false, error: { kind: "malformed", found: "no graph" } });
});

/** Returns ordinary values for the inputs of a program. */
function feedsFor(program: Program, rows: number): Record<string, Value> {
  const feeds = program.inputs.map(({ name, type, shape }) => {
    const length = elementsOf(shape, rows);
    const dims = shape.map((size) => size ?? rows);
    return [name, { type, data: createData(type, length), dims } as Value] as const;
  });
  return Object.fromEntries(feeds);
}

test("randomly changed bytes never throw, in reading, compiling or running", () => {
  let refused = 0;
  const property = fc.property(
    fc.nat(files.length - 1),
    fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    (at, changes) => {
      const bytes = Uint8Array.from(files[at] ?? []);
      for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
      const read = readModel(bytes);
      const compiled = read.ok ? compile(read.value) : read;
      if (!compiled.ok) refused++;
      else if (compiled.value.inputs.every(({ shape }) => elementsOf(shape, 3) < 1e6)) {
        expect(compiled.value.run(feedsFor(compiled.value, 3))).toHaveProperty("ok");
      }
    },
  );
  fc.assert(property, { numRuns: 3000 });
  expect(refused).toBeGreaterThan(300);
});

test("random bytes never throw", () => {
  const property = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    expect(readModel(bytes)).toHaveProperty("ok");
  });
  fc.assert(property, { numRuns: 2000 });
});

/** Returns a model whose graph is written by `write`. */
function modelWith(write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  writer.message(MODEL.graph, () => write(writer));
  return writer.finish();
}

const withTensor = (write: (writer: ProtobufWriter) => void) =>
  modelWith((writer) => writer.message(GRAPH.initializer, () => write(writer)));
const withAttribute = (write: (writer: ProtobufWriter) => void) =>
  modelWith((writer) => writer.message(GRAPH.node, () => writer.message(NODE.attribute, () => write(writer))));

const broken: readonly (readonly [string, Uint8Array, string, string])[] = [
  ["a length beyond the file", Uint8Array.of(MODEL.graph * 8 + 2, 100, 1), "malformed", "field 7 of 100 bytes"],
  [
    "a length of 2⁶²",
    Uint8Array.of(MODEL.graph * 8 + 2, ...Array(8).fill(255), 63),
    "unsupported",
    "an integer beyond ±2⁵³ in field 7",
  ],
  ["an endless varint", new Uint8Array(20).fill(255), "malformed", "a varint of more than ten bytes"],
  ["field 0", Uint8Array.of(0, 0), "malformed", "field number 0"],
  ["a group", Uint8Array.of(9 * 8 + 3), "malformed", "field 9 as a group"],
  ["the graph as a number", Uint8Array.of(MODEL.graph * 8, 1), "malformed", "field 7 as a varint"],
  [
    "text that is not UTF-8",
    modelWith((writer) => writer.bytes(GRAPH.name, Uint8Array.of(0xc3, 0x28))),
    "malformed",
    "text in field 2 that is not UTF-8",
  ],
  ["two graphs", Uint8Array.of(MODEL.graph * 8 + 2, 0, MODEL.graph * 8 + 2, 0), "malformed", "a second graph"],
  ["functions", Uint8Array.of(0xca, 1, 0), "unsupported", "functions"],
  [
    "a tensor of 10¹² elements without data",
    withTensor((writer) => {
      writer.packedInts(TENSOR.dims, [1e6, 1e6]);
      writer.int(TENSOR.dataType, 1);
    }),
    "malformed",
    "tensor  with 0 elements",
  ],
  [
    "a tensor in another file",
    withTensor((writer) => writer.int(TENSOR.dataLocation, 1)),
    "unsupported",
    "a tensor with external data",
  ],
  [
    "a float16 tensor",
    withTensor((writer) => writer.int(TENSOR.dataType, 10)),
    "unsupported",
    "tensor  of element type 10",
  ],
  [
    "raw data of half a float",
    withTensor((writer) => {
      writer.int(TENSOR.dataType, 1);
      writer.bytes(TENSOR.rawData, Uint8Array.of(1, 2));
    }),
    "malformed",
    "2 raw bytes of float",
  ],
  [
    "a bool of 2",
    withTensor((writer) => {
      writer.packedInts(TENSOR.dims, [1]);
      writer.int(TENSOR.dataType, 9);
      writer.packedInts(TENSOR.int32Data, [2]);
    }),
    "malformed",
    "a tensor's 2",
  ],
  [
    "packed floats of 5 bytes",
    withAttribute((writer) => {
      writer.bytes(ATTRIBUTE.floats, new Uint8Array(5));
      writer.int(ATTRIBUTE.type, 6);
    }),
    "malformed",
    "5 bytes of float32",
  ],
  [
    "packed ints that break off",
    withAttribute((writer) => {
      writer.bytes(ATTRIBUTE.ints, Uint8Array.of(1, 128));
      writer.int(ATTRIBUTE.type, 7);
    }),
    "malformed",
    "the end inside a varint",
  ],
  [
    "an attribute without type",
    withAttribute((writer) => writer.string(ATTRIBUTE.name, "a")),
    "malformed",
    "attribute a of type 0",
  ],
];

test.each(broken)("%s is refused with what was found", (_, bytes, kind, found) => {
  expect(readModel(bytes)).toMatchObject({ ok: false, error: { kind, found } });
});

test("a file with a million empty nodes is refused before it fills the memory", () => {
  const nodes = new Uint8Array(2_000_000).map((_, i) => (i % 2 === 0 ? GRAPH.node * 8 + 2 : 0));
  const writer = new ProtobufWriter();
  writer.bytes(MODEL.graph, nodes);
  expect(readModel(writer.finish())).toMatchObject({ ok: false, error: { kind: "too-large" } });
});

test("lists that are not packed are read, as Python writes them", () => {
  const write = (writer: ProtobufWriter) => {
    writer.string(ATTRIBUTE.name, "a");
    for (const one of [1, -1, 300]) writer.int(ATTRIBUTE.ints, one);
    writer.packedInts(ATTRIBUTE.ints, [7, 2 ** 40]);
    writer.int(ATTRIBUTE.type, 7);
  };
  const read = readModel(withAttribute(write));
  const values = read.ok ? read.value.nodes[0]?.attributes["a"] : null;
  expect(values?.kind === "ints" && Array.from(values.values)).toEqual([1, -1, 300, 7, 2 ** 40]);
});

test("an attribute named __proto__ is an ordinary attribute", () => {
  const read = readModel(
    withAttribute((writer) => {
      writer.string(ATTRIBUTE.name, "__proto__");
      writer.int(ATTRIBUTE.type, 2);
    }),
  );
  expect(read.ok && Object.keys(read.value.nodes[0]?.attributes ?? {})).toEqual(["__proto__"]);
});
