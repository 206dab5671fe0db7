/** Computes the published numbers of rows from a model's outputs. */
import { toUnits } from "../distributions/units.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { type Result, success } from "../lib/result.ts";
import { changesOutput, massesOutput, predictionOutput } from "../onnx/outputs.ts";
import { distributionsOfRows, type RowNumbers } from "./distribution-of-row.ts";
import type { ServedModel } from "./load-model.ts";
import { rowOf } from "./model-outputs.ts";
import { type RowSummary, summaryOf } from "./row-summary.ts";

/** Returns the published numbers of a row, or why it has no distribution. */
export type Summarizer = (row: RowNumbers) => Result<RowSummary>;

/** Returns the summarizer of a model; null for a model without distributions. */
export const summarizerOf = memoizeByObject(({ card, forecast }: ServedModel): Summarizer | null => {
  if (!card.distribution) return null;
  const { decimals } = forecast.target;
  const form = card.distribution;
  const distributionOf = distributionsOfRows(form, decimals);
  return (row) => {
    const made = distributionOf(row);
    if (!made.ok) return made;
    const point = form.kind === "symmetric" ? row.prediction : null;
    return success(summaryOf(made.value, { last: toUnits(row.last, decimals), decimals, point }));
  };
});

/** Outputs of a batch by name: float32 [rows, columns], row after row. */
export type BatchOutputs = Readonly<Record<string, ArrayLike<number>>>;

/** Returns the outputs of one row of a batch that its distribution depends on. */
export function outputsOfRow(
  outputs: BatchOutputs,
  row: number,
  rows: number,
): Pick<RowNumbers, "prediction" | "changes" | "masses"> {
  return {
    prediction: outputs[predictionOutput]?.[row] ?? Number.NaN,
    changes: rowOf(outputs[changesOutput], row, rows),
    masses: rowOf(outputs[massesOutput], row, rows),
  };
}
