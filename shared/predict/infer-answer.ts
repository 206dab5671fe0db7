/**
 * Builds answers of the Open Inference Protocol, version 2, over HTTP: as JSON, and with binary tensors.
 * @see https://github.com/open-inference/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
 */
import type { InferAnswer } from "../api/open-inference.ts";
import { quantileLevels } from "../distributions/summary.ts";
import { predictionOutput } from "../onnx/outputs.ts";
import { floatBytes, textBytes } from "./binary-tensors.ts";
import { classify } from "./classify.ts";
import { shortestDecimal } from "./decimal.ts";
import { classOutputs, datatypeOf, medianOutput, outputsOf, quantilesOutput } from "./infer-outputs.ts";
import type { InferRequest } from "./infer-request.ts";
import type { ServedModel } from "./load-model.ts";
import type { RefusedRows } from "./refused-rows.ts";
import type { TableSummaries } from "./table-summaries.ts";

/** An answer of `infer`: its JSON, and the bytes that follow the JSON, one piece for each binary output. */
export interface BuiltInferAnswer {
  readonly answer: InferAnswer;
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
}

export interface InferResult {
  /** By output name, [rows, columns]; NaN for a refused row. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  readonly refused: RefusedRows | null;
  /** Not set or null for a model without distributions. */
  readonly summaries?: TableSummaries | null;
}

/** Builds the answer of `infer`. Numbers that are not finite are null, in binary data NaN. O(rows × outputs). */
export function inferAnswer(
  model: ServedModel,
  { id, outputs, rows }: InferRequest,
  { values, refused, summaries }: InferResult,
): BuiltInferAnswer {
  const { card } = model;
  const columnsOf = new Map(outputsOf(model).map(({ name, columns }) => [name, columns]));

  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const tensors = outputs.map(({ name, isBinary }): InferAnswer["outputs"][number] => {
    const datatype = datatypeOf(model, name);
    const columns = columnsOf.get(name) ?? 1;
    const tensor = { name, shape: [rows, columns], datatype };
    const data = dataOf(model, { name, columns, rows, values, summaries: summaries ?? null });
    if (!isBinary) return { ...tensor, data };
    const piece = bytesOf(data, datatype);
    pieces.push(piece);
    return { ...tensor, parameters: { binary_data_size: piece.length } };
  });
  const answer = {
    model_name: card.forecast,
    model_version: card.version,
    ...(id !== undefined && { id }),
    ...refusedParameters(refused),
    outputs: tensors,
  };
  return { answer, pieces };
}

/** Parameters of an answer are texts or numbers: the protocol allows no lists. */
function refusedParameters(refused: RefusedRows | null): Pick<InferAnswer, "parameters"> {
  const rows = [...(refused ?? [])].sort(([a], [b]) => a - b);
  const [first] = rows;
  if (first === undefined) return {};
  return { parameters: { refused_rows: rows.map(([row]) => row).join(","), refused_reason: first[1] } };
}

function bytesOf(data: readonly (number | string | null)[], datatype: "FP32" | "BYTES"): Uint8Array<ArrayBuffer> {
  if (datatype === "BYTES") return textBytes(data.map((value) => (value === null ? null : String(value))));
  return floatBytes(data.map((value) => (typeof value === "number" ? value : null)));
}

interface OutputData extends Pick<InferResult, "values"> {
  readonly summaries: TableSummaries | null;
  readonly name: string;
  readonly columns: number;
  readonly rows: number;
}

/** Returns the elements of an output, row after row. */
function dataOf({ card }: Pick<ServedModel, "card">, output: OutputData): (number | string | null)[] {
  const { name, columns, rows, values, summaries } = output;
  const classOutput = card.decision ? classOutputs.find((one) => one === name) : undefined;
  if (classOutput !== undefined) {
    const column = values[predictionOutput];
    return Array.from({ length: rows }, (_, row) => classify(card, column?.[row] ?? Number.NaN)?.[classOutput] ?? null);
  }
  const positions = Array.from({ length: rows }, (_, row) => row);
  if (summaries && name === medianOutput) return positions.map((row) => summaries(row)?.median ?? null);
  if (summaries && name === quantilesOutput) {
    const none: readonly (number | null)[] = quantileLevels.map(() => null);
    return positions.flatMap((row) => summaries(row)?.quantiles ?? none);
  }
  const elements = values[name];
  return Array.from({ length: rows * columns }, (_, at) => shortestDecimal(elements?.[at] ?? Number.NaN));
}
