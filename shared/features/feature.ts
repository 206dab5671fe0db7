/** A feature as a forecast declares it: the name of a model input, a kind with its version, and the kind's options. */
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { nearest } from "../lib/text-distance.ts";
import { isObject } from "../lib/validate-json.ts";
import { findKind, type KindDeclaration, kindNames } from "./kinds/index.ts";
import type { BoundFeature } from "./kinds/kind.ts";

export type Feature = {
  readonly name: string;
  /** False: an input that the model file may use in a calculation (the last value, a scale), but not for learning. */
  readonly learned?: false;
} & KindDeclaration;

/** Returns a feature's kind, bound to its options. Throws a RangeError for a wrong declaration. Memoized. */
export const boundFeature = memoizeByObject((feature: Feature): BoundFeature => {
  const bound = bind(feature);
  if (bound.ok) return bound.value;
  throw new RangeError(bound.error);
});

/** Validates a declaration from JSON. Rejects an unknown kind or version, and options that the kind does not have. */
export function readFeature(value: unknown): Result<Feature> {
  if (!isObject(value)) return failure("a feature: expected an object with name, kind and the kind's options");
  const bound = bind(value);
  return bound.ok ? success(value as Feature) : bound;
}

interface Declared {
  readonly name?: unknown;
  readonly kind?: unknown;
  readonly learned?: unknown;
}

function bind(declared: Declared): Result<BoundFeature> {
  const { name, kind: text, learned, ...options } = declared;
  if (typeof name !== "string" || name === "")
    return failure(`a feature: found name ${JSON.stringify(name)}, expected text`);
  if (learned !== undefined && learned !== false)
    return failure(`feature ${name}: found learned ${JSON.stringify(learned)}, expected false or no such member`);
  const kind = typeof text === "string" ? findKind(text) : undefined;
  if (kind === undefined) {
    const likely = nearest(String(text).replace(/@.*/, ""), kindNames);
    const advice = likely === undefined ? "see shared/features/kinds" : `did you mean ${likely}?`;
    return failure(`feature ${name}: this build has no kind ${JSON.stringify(text)}; ${advice}`);
  }
  const bound = kind.bind(options);
  return bound.ok ? bound : failure(`feature ${name} of kind ${text}: ${bound.error}`);
}

/** Returns the kind with its version: `lag@1`. */
export function kindOf(feature: Feature): string {
  return boundFeature(feature).kind;
}

/** Returns the type of the model's input: text, or float32 with NaN for missing. */
export function dtypeOf(feature: Feature): "float" | "string" {
  return boundFeature(feature).dtype;
}

/** Returns the value of a feature without a value: NaN, or the text that training used; `""` for a name of a series. */
export function missingValueOf(feature: Feature): number | string {
  const bound = boundFeature(feature);
  if (bound.dtype === "float") return Number.NaN;
  return bound.source === "history" ? bound.missing : "";
}

/** Returns the variable that a feature reads; undefined for the target variable. */
export function variableOf(feature: Feature): string | undefined {
  return boundFeature(feature).variable;
}

/** Returns the dimension of a categorical feature; null for a numeric feature. */
export function dimensionOf(feature: Feature): string | null {
  const bound = boundFeature(feature);
  return bound.source === "names" ? bound.dimension : null;
}

/** Returns whether a feature is the last observed value of the target variable. */
export function isLastValue(feature: Feature): boolean {
  const { pastValue, variable } = boundFeature(feature);
  return pastValue?.counts === "observations" && pastValue.back === 1 && variable === undefined;
}

/** Returns how many past periods the features read. A history of this length gives the same numbers as training. */
export function reachOf(features: readonly Feature[]): number {
  return features.reduce((reach, feature) => Math.max(reach, boundFeature(feature).reach), 1);
}
