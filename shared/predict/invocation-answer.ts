/** Builds the answer of `/invocations`: one prediction per row and, as columns beside them, the distributions. */
import type { InvocationAnswer, InvocationDistributions } from "../api/mlflow.ts";
import { quantileLevels } from "../distributions/summary.ts";
import { predictionOutput } from "../onnx/outputs.ts";
import { classify } from "./classify.ts";
import { shortestDecimal } from "./decimal.ts";
import type { ServedModel } from "./load-model.ts";
import type { RefusedRows } from "./refused-rows.ts";
import type { RowSummary } from "./row-summary.ts";
import type { BatchOutputs } from "./summarizer.ts";
import type { TableSummaries } from "./table-summaries.ts";

interface Invoked {
  readonly outputs: BatchOutputs;
  readonly count: number;
  readonly refused: RefusedRows | null;
  /** Null for a model without distributions. */
  readonly summaries: TableSummaries | null;
}

/** Returns the predictions in the order of the rows; null for refused rows. MLflow's clients ignore the other members. */
export function invocationAnswer(
  { card }: Pick<ServedModel, "card">,
  { outputs, count, refused, summaries }: Invoked,
): InvocationAnswer {
  const rows = Array.from({ length: count }, (_, row) => row);
  const found = summaries === null ? null : rows.map((row) => (refused?.has(row) ? null : summaries(row)));
  const predictions = rows.map((row) => {
    if (refused?.has(row)) return null;
    const value = outputs[predictionOutput]?.[row] ?? Number.NaN;
    return found?.[row]?.median ?? classify(card, value) ?? shortestDecimal(value);
  });
  return { predictions, ...(found && { distributions: columnsOf(found) }), ...errorsOf(refused) };
}

function columnsOf(summaries: readonly (RowSummary | null)[]): InvocationDistributions {
  const column = (of: (summary: RowSummary) => number | undefined) =>
    summaries.map((summary) => (summary === null ? null : (of(summary) ?? null)));
  return {
    expected: column(({ mean }) => mean),
    down_probability: column(({ probabilities }) => probabilities?.down),
    same_probability: column(({ probabilities }) => probabilities?.same),
    up_probability: column(({ probabilities }) => probabilities?.up),
    quantiles: Object.fromEntries(quantileLevels.map((level, at) => [level, column(({ quantiles }) => quantiles[at])])),
  };
}

function errorsOf(refused: RefusedRows | null): Pick<InvocationAnswer, "errors"> {
  if (refused === null || refused.size === 0) return {};
  const rows = [...refused].sort(([a], [b]) => a - b);
  return { errors: rows.map(([row, message]) => ({ row, message })) };
}
