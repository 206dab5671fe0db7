/**
 * Reads requests of the Open Inference Protocol, version 2, over HTTP: as JSON, and with binary tensors.
 * @see https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
import { withSuggestion } from "../lib/did-you-mean.ts";
import { failure, type Result, success } from "../lib/result.ts";
import {
  boolean,
  integerFrom,
  list,
  listOf,
  objectOf,
  optional,
  type Shape,
  text,
  validateJson,
} from "../lib/validate-json.ts";
import type { InputColumn } from "../registry/golden.ts";
import { readElements } from "./binary-tensors.ts";
import { describeNumber, describeValue } from "./describe-value.ts";
import { readColumn } from "./feature-table.ts";
import { outputsOf } from "./infer-outputs.ts";
import type { ServedModel } from "./load-model.ts";
import type { ModelInput } from "./read-served.ts";
import { type RefusedRows, refuseRow } from "./refused-rows.ts";
import { refuseRows } from "./table-limits.ts";

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  /** Missing if the data follow the JSON as bytes. */
  readonly data?: readonly unknown[] | undefined;
  readonly parameters?: { readonly binary_data_size?: number | undefined } | undefined;
}

interface WireRequest {
  readonly id?: string | undefined;
  readonly inputs: readonly Tensor[];
  readonly outputs?: readonly WireOutput[] | undefined;
  readonly parameters?: { readonly binary_data_output?: boolean | undefined } | undefined;
}

interface WireOutput {
  readonly name: string;
  readonly parameters?: { readonly binary_data?: boolean | undefined } | undefined;
}

const requestShape: Shape<WireRequest> = objectOf<WireRequest>({
  id: optional(text),
  parameters: optional(
    objectOf<{ binary_data_output?: boolean | undefined }>({ binary_data_output: optional(boolean) }),
  ),
  inputs: listOf(
    objectOf<Tensor>({
      name: text,
      shape: listOf(integerFrom(0)),
      datatype: text,
      data: optional(list),
      parameters: optional(
        objectOf<{ binary_data_size?: number | undefined }>({ binary_data_size: optional(integerFrom(0)) }),
      ),
    }),
  ),
  outputs: optional(
    listOf(
      objectOf<WireOutput>({
        name: text,
        parameters: optional(objectOf<{ binary_data?: boolean | undefined }>({ binary_data: optional(boolean) })),
      }),
    ),
  ),
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
  readonly inputs: Readonly<Record<string, InputColumn>>;
  readonly rows: number;
  /** The requested outputs. */
  readonly outputs: readonly RequestedOutput[];
}

export interface RequestedOutput {
  readonly name: string;
  /** True if its data are sent as bytes after the JSON. */
  readonly isBinary: boolean;
}

export interface InferBody {
  readonly json: unknown;
  /** The bytes after the JSON; empty if there are none. */
  readonly binary: Uint8Array;
}

/**
 * Reads every input of the model, of shape [N] or [N, 1]: flat or nested data, or the bytes after the JSON. Rows with an invalid
 * value are added to `refused`, or the first of them fails the request if `refused` is null. Never throws. O(body).
 */
export function readInfer(
  { json, binary }: InferBody,
  model: ServedModel,
  refused: RefusedRows | null = null,
): Result<InferRequest> {
  const parsed = validateJson(requestShape, json);
  if (!parsed.ok) return failure(`the request does not follow the protocol: ${parsed.error}`);
  const { id, inputs: tensors } = parsed.value;
  const names = model.inputs.map(({ name }) => name);
  // A baseline reads few of the declared features; clients may send them all.
  const declared = new Set([...names, ...model.forecast.features.map(({ name }) => name)]);
  const unknown = tensors.find(({ name }) => !declared.has(name));
  if (unknown) {
    const problem = `the model has no input ${describeValue(unknown.name)}`;
    return failure(withSuggestion(problem, unknown.name, names));
  }
  const pieces = binaryPieces(tensors, binary);
  if (!pieces.ok) return pieces;
  const inputs: Record<string, InputColumn> = Object.create(null);
  // `readTensor` refuses a tensor without a shape.
  const count = tensors.find(({ shape }) => shape.length > 0)?.shape[0] ?? 1;
  const tooMany = refuseRows(count, model.inputs.length);
  if (tooMany !== null) return failure(tooMany);
  const leftOut = model.inputs.filter((input) => !tensors.some(({ name }) => name === input.name));
  const isNoneGiven = leftOut.length === model.inputs.length;
  const missing = leftOut.find(({ mayBeLeftOut }) => isNoneGiven || !mayBeLeftOut);
  if (missing !== undefined) return failure(`input ${missing.name} is missing`);
  for (const input of model.inputs) {
    const [tensor, second] = tensors.filter(({ name }) => name === input.name);
    if (tensor === undefined) continue;
    if (second !== undefined) return failure(`input ${input.name} occurs twice`);
    const read = readTensor(tensor, { input, count, piece: pieces.value.get(tensor), refused });
    if (!read.ok) return read;
    inputs[input.name] = read.value;
  }
  // After the tensors, because a shape can state any number of rows, and `readTensor` compares it with the data.
  for (const input of leftOut) {
    const read = readColumn(input, { count, cell: () => null, refused });
    if (!read.ok) return read;
    inputs[input.name] = read.value;
  }
  const outputs = requestedOutputs(
    parsed.value,
    outputsOf(model).map(({ name }) => name),
  );
  return outputs.ok ? success({ id, inputs, rows: count, outputs: outputs.value }) : outputs;
}

/** Cuts the bytes after the JSON into one piece for each tensor with a `binary_data_size`, in their order. */
function binaryPieces(tensors: readonly Tensor[], binary: Uint8Array): Result<ReadonlyMap<Tensor, Uint8Array>> {
  const pieces = new Map<Tensor, Uint8Array>();
  let at = 0;
  for (const tensor of tensors) {
    const size = tensor.parameters?.binary_data_size;
    if (size === undefined) continue;
    if (tensor.data !== undefined) {
      return failure(`input ${tensor.name}: found data and binary_data_size, expected only one of them`);
    }
    pieces.set(tensor, binary.subarray(at, at + size));
    at += size;
  }
  if (at === binary.length) return success(pieces);
  const found = `found ${binary.length} bytes after the JSON`;
  return failure(`${found}, expected ${at}, the sum of binary_data_size of all inputs`);
}

/** Returns the requested outputs, by default all. A setting of an output overrides the setting of the request. */
function requestedOutputs(
  { outputs = [], parameters }: WireRequest,
  available: readonly string[],
): Result<readonly RequestedOutput[]> {
  const isBinary = parameters?.binary_data_output ?? false;
  const unknown = outputs.find(({ name }) => !available.includes(name))?.name;
  if (unknown !== undefined) {
    return failure(withSuggestion(`the model has no output ${describeValue(unknown)}`, unknown, available));
  }
  const twice = outputs.find(({ name }, at) => outputs.findIndex((other) => other.name === name) !== at)?.name;
  if (twice !== undefined) return failure(`output ${twice} occurs twice`);
  if (outputs.length === 0) return success(available.map((name) => ({ name, isBinary })));
  return success(outputs.map(({ name, parameters }) => ({ name, isBinary: parameters?.binary_data ?? isBinary })));
}

interface ExpectedTensor {
  readonly input: ModelInput;
  readonly count: number;
  /** The tensor's bytes; undefined if its data are in the JSON. */
  readonly piece: Uint8Array | undefined;
  readonly refused: RefusedRows | null;
}

function readTensor(tensor: Tensor, { input, count, piece, refused }: ExpectedTensor): Result<InputColumn> {
  const { name, shape, datatype } = tensor;
  const allowed = input.categories === null ? numbers : ["BYTES"];
  if (!allowed.includes(datatype))
    return failure(`input ${name}: found datatype ${describeValue(datatype)}, expected ${allowed.join(", ")}`);
  if (shape.length > 2 || shape[0] !== count || (shape[1] ?? 1) !== 1) {
    return failure(`input ${name}: found shape ${describeValue(shape)}, expected [${count}, 1], as in every input`);
  }
  const elements = elementsOf(tensor, { count, piece });
  if (!elements.ok) return failure(`input ${name}: ${elements.error}`);
  const flat = elements.value;
  const range = integerRanges.get(datatype);
  for (let row = 0; row < count; row++) {
    if (fits(flat[row], { datatype, range })) continue;
    const expected = datatype === "FP64" ? "FP64 within the range of FP32" : datatype;
    const reason = `input ${name}: element ${row} is ${describeNumber(flat[row])}, expected ${expected}`;
    if (refused === null) return failure(reason);
    refuseRow(refused, row, reason);
  }
  return readColumn(input, { count, cell: (row) => (refused?.has(row) ? null : flat[row]), refused });
}

/** Returns the `count` elements of a tensor. Binary NaN is null, a missing value. */
function elementsOf(
  { data, datatype }: Tensor,
  { count, piece }: Pick<ExpectedTensor, "count" | "piece">,
): Result<readonly unknown[]> {
  if (piece !== undefined) {
    const read = readElements(piece, datatype, count);
    return read.ok ? success(read.value.map((value) => (Number.isNaN(value) ? null : value))) : read;
  }
  if (data === undefined) return failure("found no data, expected data or binary_data_size");
  const flat = data.flat();
  return flat.length === count
    ? success(flat)
    : failure(`found ${flat.length} elements, expected ${count} by its shape`);
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
