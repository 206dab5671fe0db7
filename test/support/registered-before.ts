/** Versions of milk-mx as release 0.1.0 registered them. */
import { fingerprintsOf } from "../../shared/forecasts/fingerprint.ts";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import type { Card } from "../../shared/registry/card.ts";
import type { Hub } from "../../trainer/hub.ts";
import { register } from "../../trainer/training/register.ts";

/** The fingerprint of its features by the rule of release 0.1.0. */
const [, firstFingerprint = ""] = fingerprintsOf(milkMx);

/**
 * Registers a version again with a card in the format of release 0.1.0: kinds without versions, fingerprint by the
 * first rule.
 */
export async function registerAsBefore(hub: Hub, version: string): Promise<string> {
  const { bytes: model } = await hub.api.downloadArtefact({ forecast: milkMx.id, version, artefact: "model.onnx" });
  const { card } = await hub.api.getModel({ forecast: milkMx.id, version });
  const fingerprint = firstFingerprint;
  const before: Card = {
    ...card,
    version: `${version}-before`,
    fingerprint,
    recipe: { ...card.recipe, features: fingerprint, id: recipeBefore(card) },
    features: card.features.map((feature) => ({
      ...feature,
      definition: { ...feature.definition, kind: String(feature.definition.kind).replace("@1", "") },
    })),
  };
  await register(hub, { card: before, model, run: null });
  return before.version;
}

/** Returns the id that release 0.1.0 gave a recipe. */
export function recipeBefore({ recipe }: Pick<Card, "recipe">): string {
  const parameters = Object.entries(recipe.parameters);
  const identity = [recipe.candidate, parameters, firstFingerprint, { transform: "difference", decimals: 2 }];
  return sha256Hex(JSON.stringify(identity)).slice(0, 16);
}
