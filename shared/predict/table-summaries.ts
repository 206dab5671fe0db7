/** The distributions of a table of raw features. */
import { lastFeatureOf, toleranceOf } from "../forecasts/forecast.ts";
import type { InputColumn } from "../registry/golden.ts";
import type { ServedModel } from "./load-model.ts";
import type { RowSummary } from "./row-summary.ts";
import { type BatchOutputs, outputsOfRow, summarizerOf } from "./summarizer.ts";

export interface EvaluatedInputs {
  readonly inputs: Readonly<Record<string, InputColumn>>;
  /** By output name, [rows, columns]; NaN for a refused row. */
  readonly outputs: BatchOutputs;
  /** Number of rows, with the refused ones. */
  readonly count: number;
}

/**
 * Returns the published numbers of a row: null for a row without a distribution, such as a refused row or one without the feature
 * that scales errors.
 */
export type TableSummaries = (row: number) => RowSummary | null;

/** Returns the summaries of a table, each computed on first use; null for a model without distributions. */
export function tableSummaries(model: ServedModel, { inputs, outputs, count }: EvaluatedInputs): TableSummaries | null {
  const summarize = summarizerOf(model);
  const form = model.card.distribution;
  if (summarize === null || !form) return null;
  const last = inputs[lastFeatureOf(model.forecast)];
  const scaledBy = form.kind === "changes" ? null : form.scaledBy;
  const tolerance = toleranceOf(model.forecast);
  const made: (RowSummary | null)[] = [];
  return (row) => {
    const known = made[row];
    if (known !== undefined) return known;
    const scale = scaledBy === null ? 1 : Math.max(Number(inputs[scaledBy]?.[row] ?? Number.NaN), tolerance);
    const summary = summarize({
      ...outputsOfRow(outputs, row, count),
      last: Number(last?.[row] ?? Number.NaN),
      scale,
      periodsAhead: 1,
    });
    made[row] = summary.ok ? summary.value : null;
    return made[row] ?? null;
  };
}
