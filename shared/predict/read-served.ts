/**
 * Reads `served.json`. The caller checked its digest and the hub validated its content, so only what depends on this build
 * of `predict` is checked: the format, and the kinds of the features that the model reads.
 */
import type { Feature } from "../features/feature.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { isObject } from "../lib/validate-json.ts";
import { computableFeatures } from "../registry/computable-features.ts";
import { servedFormat } from "../registry/keys.ts";
import type { ServedCard, ServedModelFile, ServingDeclaration } from "../registry/served.ts";
import { mayBeLeftOut } from "./may-be-left-out.ts";

/** One input of the model, and the feature that it reads. */
export interface ModelInput {
  readonly name: string;
  readonly declared: Feature;
  /** The texts in the training data; null for a numeric input. */
  readonly categories: ReadonlySet<string> | null;
  /** True if a request for a new series may leave the input out. It is then missing. */
  readonly mayBeLeftOut?: boolean;
}

/** The content of `served.json`: a model and the serving part of its forecast's declaration. */
export interface ServedDescription {
  readonly card: ServedCard;
  readonly forecast: ServingDeclaration;
  readonly inputs: readonly ModelInput[];
}

/** Reads the text of a `served.json`. Fails if it has another format, or a feature that this build does not compute. O(text). */
export function readServed(text: string): Result<ServedDescription> {
  const json: unknown = JSON.parse(text);
  const format = isObject(json) ? json.format : undefined;
  if (format !== servedFormat) {
    return failure(
      `served.json has format ${JSON.stringify(format)}; this build of predict reads format ${servedFormat}: deploy a build that reads it`,
    );
  }
  const { card, declaration } = json as unknown as ServedModelFile;
  const computable = computableFeatures({ card, declaration });
  if (!computable.ok) return failure(`${computable.error}: deploy a build of predict that computes it`);
  const features = computable.value;
  const forecast = { ...declaration, features };
  const inputs: ModelInput[] = [];
  for (const input of card.features) {
    const declared = features.find(({ name }) => name === input.name);
    if (declared === undefined) continue;
    inputs.push({
      name: input.name,
      declared,
      categories: input.dtype === "string" ? new Set(input.categories) : null,
      mayBeLeftOut: mayBeLeftOut(forecast, declared),
    });
  }
  return success({ card, forecast, inputs });
}
