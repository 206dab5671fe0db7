/**
 * Reads requests and builds answers of the Open Inference Protocol, version 2, over HTTP and JSON.
 * @see https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */

import type { InferAnswer, ModelMetadata } from "../api/open-inference.ts";
import { withSuggestion } from "../lib/did-you-mean.ts";
import { failure, type Result, success } from "../lib/result.ts";
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
import { classify } from "./classify.ts";
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

/** Least and greatest value. The limits of 64 bits are rounded to doubles, as in JSON. */
const integerRanges: ReadonlyMap<string, readonly [number, number]> = new Map(
  [8, 16, 32, 64].flatMap((bits) => [
    [`INT${bits}`, [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1]],
    [`UINT${bits}`, [0, 2 ** bits - 1]],
  ]),
);
/** Magnitudes from which a number is infinite in its type or in the model's float32. Infinite numbers are rejected, as in JSON. */
const infiniteFrom: ReadonlyMap<string, number> = new Map([
  ["FP16", 65_520],
  ["FP32", 2 ** 128 - 2 ** 103],
  ["FP64", 2 ** 128 - 2 ** 103],
]);
const numbers = [...infiniteFrom.keys(), "BOOL", ...integerRanges.keys()];

export interface InferRequest {
  readonly id: string | undefined;
  readonly inputs: Readonly<Record<string, Column>>;
  readonly rows: number;
  /** Names of the requested outputs. */
  readonly outputs: readonly string[];
}

/** Reads every input of the model, of shape [N] or [N, 1], with flat or nested data. Never throws. O(body). */
export function readInfer(json: unknown, model: ServedModel): Result<InferRequest> {
  const parsed = validateJson(requestShape, json);
  if (!parsed.ok) return failure(`the request does not follow the protocol: ${parsed.error}`);
  const { id, inputs: tensors } = parsed.value;
  const names = model.inputs.map(({ name }) => name);
  const unknown = tensors.find(({ name }) => !names.includes(name));
  if (unknown) {
    const problem = `the model has no input ${describeValue(unknown.name)}`;
    return failure(withSuggestion(problem, unknown.name, names));
  }
  const inputs: Record<string, Column> = Object.create(null);
  // `readTensor` refuses a tensor without a shape.
  const count = tensors.find(({ shape }) => shape.length > 0)?.shape[0] ?? 1;
  for (const input of model.inputs) {
    const [tensor, second] = tensors.filter(({ name }) => name === input.name);
    if (tensor === undefined) return failure(`input ${input.name} is missing`);
    if (second !== undefined) return failure(`input ${input.name} occurs twice`);
    const read = readTensor(tensor, { input, count });
    if (!read.ok) return read;
    inputs[input.name] = read.value;
  }
  const outputs = parsed.value.outputs?.map(({ name }) => name) ?? [];
  const available = outputsOf(model);
  const unknownOutput = outputs.find((name) => !available.includes(name));
  if (unknownOutput !== undefined) {
    const problem = `the model has no output ${describeValue(unknownOutput)}`;
    return failure(withSuggestion(problem, unknownOutput, available));
  }
  return success({ id, inputs, rows: count, outputs: outputs.length > 0 ? outputs : available });
}

interface ExpectedTensor {
  readonly input: ModelInput;
  readonly count: number;
}

function readTensor({ name, shape, datatype, data }: Tensor, { input, count }: ExpectedTensor): Result<Column> {
  const allowed = input.categories === null ? numbers : ["BYTES"];
  if (!allowed.includes(datatype))
    return failure(`input ${name}: found datatype ${describeValue(datatype)}, expected ${allowed.join(", ")}`);
  if (shape.length > 2 || shape[0] !== count || (shape[1] ?? 1) !== 1) {
    return failure(`input ${name}: found shape ${describeValue(shape)}, expected [${count}, 1], as in every input`);
  }
  const flat = data.flat();
  if (flat.length !== count)
    return failure(`input ${name}: found ${flat.length} elements, expected ${count} by its shape`);
  const range = integerRanges.get(datatype);
  const bad = flat.findIndex((value) => !fits(value, { datatype, range }));
  if (bad >= 0) {
    const expected = datatype === "FP64" ? "FP64 within the range of FP32" : datatype;
    return failure(`input ${name}: element ${bad} is ${describeNumber(flat[bad])}, expected ${expected}`);
  }
  return readColumn(input, { count, cell: (row) => flat[row] });
}

/** Returns whether a value has the datatype. Null and "NaN" are missing values of a floating point input; JSON has no NaN. */
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

/** Returns the names of a model's outputs: those of its file, or those of a classification. */
export function outputsOf({ card, hasChange }: Pick<ServedModel, "card" | "hasChange">): readonly string[] {
  if (card.decision) return classOutputs;
  return hasChange ? [predictionOutput, changeOutput] : [predictionOutput];
}

/** Returns BYTES for labels, which are text, and FP32 for all other outputs. */
const datatypeOf = ({ card }: Pick<ServedModel, "card">, output: string) =>
  card.decision && output === "label" ? "BYTES" : "FP32";

export const platform = "onnx_onnxv1";

/** Builds the answer of `GET /v2/models/:model`. */
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

/** Builds the answer of `infer`. Numbers that are not finite are null. */
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
  const output = classOutputs.find((output) => output === name);
  if (!card.decision || output === undefined) return Array.from(values[name] ?? [], shortestDecimal);
  return Array.from(values[predictionOutput] ?? [], (value) => classify(card, value)?.[output] ?? null);
}
