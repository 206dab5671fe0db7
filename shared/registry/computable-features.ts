/** The features of a `served.json` that a build of the code computes. */
import { type Feature, isLastValue, readFeature } from "../features/feature.ts";
import { failure, type Result, success } from "../lib/result.ts";
import type { ServedModelFile } from "./served.ts";

type Read = {
  readonly card: Pick<ServedModelFile["card"], "features" | "distribution">;
  readonly declaration: Pick<ServedModelFile["declaration"], "features" | "intervals">;
};

/**
 * Returns the declared features that this build computes. A feature that it does not compute is left out if the model does not
 * read it, so that a baseline serves in every build. Fails for the first feature that the model needs. O(features).
 */
export function computableFeatures({ card, declaration }: Read): Result<Feature[]> {
  const form = card.distribution;
  const scale = form && form.kind !== "changes" ? form.scaledBy : null;
  const needed = new Set([...card.features.map(({ name }) => name), declaration.intervals.scaledBy, scale]);
  const features: Feature[] = [];
  for (const declared of declaration.features) {
    const feature = readFeature(declared);
    if (feature.ok) features.push(feature.value);
    else if (needed.has(declared.name)) return feature;
  }
  const absent = card.features.find(({ name }) => !features.some((feature) => feature.name === name));
  if (absent) return failure(`served.json declares no feature ${absent.name}, which the model reads`);
  if (!features.some(isLastValue)) return failure("served.json declares no last value that this build computes");
  return success(features);
}
