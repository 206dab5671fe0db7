/** Reasons not to train. They are found before the first fit. */
import type { Dataset } from "../features/dataset.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { windowsOf } from "../judging/windows.ts";

export type TrainingRefusal =
  | { readonly kind: "too-few-periods"; readonly found: number; readonly required: number }
  | { readonly kind: "no-rows"; readonly periods: number }
  | { readonly kind: "empty-window"; readonly window: "validation" | "test" }
  | { readonly kind: "constant-target"; readonly value: number }
  | { readonly kind: "all-missing-feature"; readonly features: readonly string[] }
  | { readonly kind: "logarithm"; readonly found: number }
  | { readonly kind: "no-contender"; readonly problems: readonly string[] };

/** Returns the first reason not to train on a dataset, or null. O(rows × columns). */
export function refusalOf(forecast: Pick<Forecast, "validation" | "target">, data: Dataset): TrainingRefusal | null {
  const required = forecast.validation.periodsMin;
  if (data.periods.length < required) return { kind: "too-few-periods", found: data.periods.length, required };
  if (data.rows === 0) return { kind: "no-rows", periods: data.periods.length };
  const { validation, test } = windowsOf(data, forecast.validation);
  if (validation.length === 0) return { kind: "empty-window", window: "validation" };
  if (test.length === 0) return { kind: "empty-window", window: "test" };
  const first = data.target[0] ?? 0;
  if (data.target.every((value) => value === first)) return { kind: "constant-target", value: first };
  if (forecast.target.transform === "log-difference") {
    const found = data.target.find((value) => value <= 0) ?? data.last.find((value) => value <= 0);
    if (found !== undefined) return { kind: "logarithm", found };
  }
  const empty = data.columns.filter((column) => column.dtype === "float" && column.values.every(Number.isNaN));
  return empty.length === 0 ? null : { kind: "all-missing-feature", features: empty.map(({ name }) => name) };
}

/** Returns the message of a refusal: what was found, what was expected and what to do. */
export function describeRefusal(refusal: TrainingRefusal): string {
  switch (refusal.kind) {
    case "too-few-periods":
      return `Found ${refusal.found} periods, but training needs at least ${refusal.required}. Ingest more history.`;
    case "no-rows":
      return `Found ${refusal.periods} periods, but no series with two values in a row. Check that publications continue the same series.`;
    case "empty-window":
      return `The ${refusal.window} window has no series with two values in a row. Check that publications continue the same series.`;
    case "constant-target":
      return `The target is always ${refusal.value}, so there is nothing to learn. Check the feed's parser and the variable of the forecast.`;
    case "all-missing-feature":
      return `These features have no value: ${refusal.features.join(", ")}. Let them look back on fewer periods, or remove them from the forecast.`;
    case "logarithm":
      return `The target contains ${refusal.found}, which has no logarithm. Declare the target as a difference, or reject such values in the parser.`;
    case "no-contender":
      return `No candidate could be fitted: ${refusal.problems.join("; ")}.`;
  }
}
