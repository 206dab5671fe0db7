/**
 * Reads and writes the Open Inference Protocol, version 2, over HTTP and JSON.
 * @see https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */

import type { InferAnswer, ModelMetadata } from "../api/open-inference.ts";
import { nearest } from "../lib/text-distance.ts";
import {
  integerFrom,
  list,
  listOf,
  object,
  objectOf,
  optional,
  type Shape,
  text,
  validateJson,
} from "../lib/validate-json.ts";
import { changeOutput, predictionOutput } from "../onnx/outputs.ts";
import type { Column } from "../registry/golden.ts";
import { classified } from "./classify.ts";
import { shortestDecimal } from "./decimal.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import { readColumn } from "./feature-table.ts";
import type { ServedModel } from "./load-model.ts";
import type { ModelInput } from "./read-served.ts";

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly unknown[];
}

interface WireRequest {
  readonly id?: string | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs?: readonly { readonly name: string }[] | undefined;
}

const parameters = optional(object);
const requestShape: Shape<WireRequest> = objectOf<WireRequest & { readonly parameters?: unknown }>({
  id: optional(text),
  parameters,
  inputs: listOf(
    objectOf<Tensor & { readonly parameters?: unknown }>({
      name: text,
      shape: listOf(integerFrom(0)),
      datatype: text,
      data: list,
      parameters,
    }),
  ),
  outputs: optional(listOf(objectOf<{ name: string; parameters?: unknown }>({ name: text, parameters }))),
});

/** Ranges of integer types. The ends of 64 bits are rounded to doubles, as in JSON. */
const integers: ReadonlyMap<string, readonly [number, number]> = new Map(
  [8, 16, 32, 64].flatMap((bits) => [
    [`INT${bits}`, [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]],
    [`UINT${bits}`, [0, 2 ** bits - 1]],
  ]),
);
/** Magnitudes from which a number is infinite in the type or in the model's float32. JSON cannot express infinite numbers. */
const infiniteFrom: ReadonlyMap<string, number> = new Map([
  ["FP16", 65_520],
  ["FP32", 2 ** 128 - 2 ** 103],
  ["FP64", 2 ** 128 - 2 ** 103],
]);
const numbers = [...infiniteFrom.keys(), "BOOL", ...integers.keys()];

export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, Column>>;
  readonly rows: number;
  /** Names of the requested outputs. */
  readonly outputs: readonly string[];
}

export type ReadInfer =
  | { readonly ok: true; readonly request: InferRequest }
  | { readonly ok: false; readonly problem: string };

/** Reads all inputs of the model, with shape [N] or [N, 1] and flat or nested data. Never throws. O(body). */
export function readInfer(json: unknown, model: ServedModel): ReadInfer {
  const parsed = validateJson(requestShape, json);
  if (!parsed.ok) return failed(`the request does not match the protocol: ${parsed.error}`);
  const { id, inputs: tensors } = parsed.value;
  const names = model.inputs.map(({ name }) => name);
  const unknown = tensors.find(({ name }) => !names.includes(name));
  if (unknown)
    return failed(`unexpected input ${describeValue(unknown.name)}; ${suggestion(unknown.name, "reads", names)}`);
  const inputs: Record<string, Column> = Object.create(null);
  // A tensor without a shape is refused below, with the expected shape.
  const count = tensors.find(({ shape }) => shape.length > 0)?.shape[0] ?? 1;
  for (const input of model.inputs) {
    const [tensor, second] = tensors.filter(({ name }) => name === input.name);
    if (tensor === undefined) return failed(`input ${input.name} is missing`);
    if (second !== undefined) return failed(`input ${input.name} occurs twice`);
    const read = readTensor(tensor, { input, count });
    if (!read.ok) return read;
    inputs[input.name] = read.column;
  }
  const outputs = parsed.value.outputs?.map(({ name }) => name) ?? [];
  const known = outputsOf(model);
  const unexpected = outputs.find((name) => !known.includes(name));
  if (unexpected !== undefined)
    return failed(`unexpected output ${describeValue(unexpected)}; ${suggestion(unexpected, "returns", known)}`);
  return { ok: true, request: { id, inputs, rows: count, outputs: outputs.length > 0 ? outputs : known } };
}

/** Returns the most similar name as a question, or all names. */
function suggestion(name: string, verb: string, names: readonly string[]): string {
  const similar = nearest(name, names);
  return similar === undefined ? `the model ${verb} ${names.join(", ")}` : `did you mean ${similar}?`;
}

interface Wanted {
  readonly input: ModelInput;
  readonly count: number;
}

type ReadTensor = { readonly ok: true; readonly column: Column } | { readonly ok: false; readonly problem: string };

function readTensor({ name, shape, datatype, data }: Tensor, { input, count }: Wanted): ReadTensor {
  const allowed = input.categories === null ? numbers : ["BYTES"];
  if (!allowed.includes(datatype))
    return failed(`input ${name}: found datatype ${describeValue(datatype)}, expected ${allowed.join(", ")}`);
  if (shape.length > 2 || shape[0] !== count || (shape[1] ?? 1) !== 1) {
    return failed(
      `input ${name}: found shape ${describeValue(shape)}, expected [${count}, 1], the same rows in every input`,
    );
  }
  const flat = data.flat();
  if (flat.length !== count)
    return failed(`input ${name}: found ${flat.length} elements, expected ${count} by its shape`);
  const range = integers.get(datatype);
  const bad = flat.findIndex((value) => !fits(value, { datatype, range }));
  if (bad >= 0) {
    const expected = datatype === "FP64" ? "FP64 within the range of FP32" : datatype;
    return failed(`input ${name}: element ${bad} is ${describeNumber(flat[bad])}, expected ${expected}`);
  }
  return readColumn(input, { count, cell: (row) => flat[row] });
}

/** Returns true if a value fits a datatype. Null and "NaN" are missing floating point values, because JSON has no NaN. */
function fits(
  value: unknown,
  { datatype, range }: { readonly datatype: string; readonly range: readonly [number, number] | undefined },
): boolean {
  if (datatype === "BYTES") return typeof value === "string" || value === null;
  if (datatype === "BOOL") return typeof value === "boolean" || value === 0 || value === 1;
  if (range) return typeof value === "number" && Number.isInteger(value) && value >= range[0] && value <= range[1];
  const isBelow = typeof value === "number" && Math.abs(value) < (infiniteFrom.get(datatype) ?? 0);
  return isBelow || value === null || value === "NaN";
}

/** Outputs of a classification. */
const classOutputs = ["probability", "label", "threshold"] as const;

/** Returns the outputs of a model: those of its file, or for a classification the label with its probability and threshold. */
export function outputsOf({ card, hasChange }: Pick<ServedModel, "card" | "hasChange">): readonly string[] {
  if (card.decision) return classOutputs;
  return hasChange ? [predictionOutput, changeOutput] : [predictionOutput];
}

/** Labels are text; other outputs are numbers. */
const datatypeOf = ({ card }: Pick<ServedModel, "card">, output: string) =>
  card.decision && output === "label" ? "BYTES" : "FP32";

export const platform = "onnx_onnxv1";

/** Returns the answer of `GET /v2/models/:model`. */
export function modelMetadata(model: ServedModel): ModelMetadata {
  const { card, inputs } = model;
  const tensor = (name: string, datatype: "FP32" | "BYTES") => ({ name, datatype, shape: [-1, 1] });
  return {
    name: card.forecast,
    versions: [card.version],
    platform,
    inputs: inputs.map(({ name, categories }) => tensor(name, categories === null ? "FP32" : "BYTES")),
    outputs: outputsOf(model).map((name) => tensor(name, datatypeOf(model, name))),
  };
}

/** Returns the answer of `infer`. Numbers that are not finite are null. */
export function inferAnswer(
  model: ServedModel,
  { id, outputs, rows }: InferRequest,
  values: Readonly<Record<string, ArrayLike<number>>>,
): InferAnswer {
  const { card } = model;
  return {
    model_name: card.forecast,
    model_version: card.version,
    ...(id !== undefined && { id }),
    outputs: outputs.map((name) => ({
      name,
      shape: [rows, 1],
      datatype: datatypeOf(model, name),
      data: dataOf(model, name, values),
    })),
  };
}

function dataOf(
  { card }: Pick<ServedModel, "card">,
  name: string,
  values: Readonly<Record<string, ArrayLike<number>>>,
): (number | string | null)[] {
  const output = classOutputs.find((classOutput) => classOutput === name);
  if (!card.decision || output === undefined) return Array.from(values[name] ?? [], shortestDecimal);
  return Array.from(values[predictionOutput] ?? [], (value) => classified(card, value)?.[output] ?? null);
}

const failed = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });
