/** Why there is nothing to train: found before the first fit, told in a sentence with what to do. */
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

/** The first reason not to train on a dataset, or null. O(rows × columns). */
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

/** The refusal in words: what was found, what was expected, what to do. */
export function describeRefusal(refusal: TrainingRefusal): string {
  switch (refusal.kind) {
    case "too-few-periods":
      return `There are ${refusal.found} periods; at least ${refusal.required} are needed to train and to judge. Ingest more history.`;
    case "no-rows":
      return `In ${refusal.periods} periods no series has a value that follows another. Check that publications continue the same series.`;
    case "empty-window":
      return `The periods of the ${refusal.window} window hold no value that follows another of its series. Check that publications continue the same series.`;
    case "constant-target":
      return `The target is ${refusal.value} everywhere: there is nothing to learn. Check the feed's parser and the variable of the forecast.`;
    case "all-missing-feature":
      return `Without a single value: ${refusal.features.join(", ")}. Shorten what the feature looks back on, or remove it from the forecast.`;
    case "logarithm":
      return `The target holds ${refusal.found}, which has no logarithm. Declare the target as a difference, or have the parser refuse such values.`;
    case "no-contender":
      return `No candidate could be fitted: ${refusal.problems.join("; ")}.`;
  }
}
