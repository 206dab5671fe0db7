/** Nodes of boosted trees, of the columns that they read, and of calibrated probabilities. */
import type { Ensemble } from "../models/tree.ts";
import { ensembleAttributes } from "../onnx/ensemble-attributes.ts";
import { float, floats, int, strings } from "../onnx/graph.ts";
import type { PlattCalibrator } from "../stats/platt.ts";
import type { EncodedColumn, Encoding } from "./encoding.ts";
import type { Builder } from "./graph-builder.ts";
import type { Chance } from "./odds.ts";

/** Adds the probability of an event. */
export function chanceNodes(build: Builder, { encoding, ensemble, ...calibrator }: Chance): string {
  return probabilityNodes(build, treeNodes(build, encoding, ensemble), calibrator);
}

/** Adds the probabilities of an event and of its complement, like `predictBoth`. `output`: the output with the event's, if any. */
export function bothNodes(
  build: Builder,
  { encoding, ensemble, ...calibrator }: Chance,
  output: string | null = null,
): { readonly event: string; readonly complement: string } {
  const against = logOddsNodes(build, treeNodes(build, encoding, ensemble), calibrator);
  const inFavour = build.add("Mul", "log_odds", [against, build.constant("minus_one", [-1])]);
  return { event: logisticNodes(build, against, output), complement: logisticNodes(build, inFavour) };
}

/** Adds 1 ÷ (1 + e^−(slope × score + intercept)). */
export function probabilityNodes(build: Builder, score: string, calibrator: PlattCalibrator): string {
  return logisticNodes(build, logOddsNodes(build, score, calibrator));
}

function logOddsNodes(build: Builder, score: string, { slope, intercept }: PlattCalibrator): string {
  const scaled = build.add("Mul", "scaled_odds", [score, build.constant("minus_slope", [-slope])]);
  return build.add("Add", "log_odds_against", [scaled, build.constant("minus_intercept", [-intercept])]);
}

/**
 * Adds 1 ÷ (1 + e^against) as single operators. onnxruntime's Sigmoid is an approximation with a relative error of 1e-5 for
 * small probabilities; its Exp is precise.
 */
function logisticNodes(build: Builder, against: string, output: string | null = null): string {
  const one = build.constant("one", [1]);
  const parts = build.add("Add", "parts", [build.add("Exp", "odds_against", [against]), one]);
  return output === null ? build.add("Div", "chance", [one, parts]) : build.output("Div", output, [one, parts]);
}

export function treeNodes(build: Builder, encoding: Encoding, ensemble: Ensemble): string {
  const inputs = [numberNodes(build, encoding, encoding.columns)];
  return build.addMl("TreeEnsembleRegressor", "trees", inputs, ensembleAttributes(ensemble));
}

/** Adds numbers and ranks as one tensor [N, columns]. Imputes missing values if the encoding has replacements. */
export function numberNodes(build: Builder, encoding: Encoding, columns: readonly EncodedColumn[]): string {
  const parts = columns.map((column) => (column.how === "rank" ? rankNode(build, column) : column.name));
  const joined = build.add("Concat", "numbers", parts, { axis: int(1) });
  if (encoding.imputed === null) return joined;
  return build.addMl("Imputer", "imputed", [joined], {
    imputed_value_floats: floats(encoding.imputed),
    replaced_value_float: float(Number.NaN),
  });
}

function rankNode(build: Builder, column: Extract<EncodedColumn, { how: "rank" }>): string {
  const known = column.categories.map((category, code) => ({ category, rank: column.ranks[code] ?? Number.NaN }));
  const ranked = known.filter(({ rank }) => !Number.isNaN(rank));
  return build.addMl("LabelEncoder", "rank", [column.name], {
    keys_strings: strings(ranked.map(({ category }) => category)),
    values_floats: floats(ranked.map(({ rank }) => rank)),
    default_float: float(Number.NaN),
  });
}
