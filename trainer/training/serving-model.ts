/** Loads the champion for a training. */
import { predictionOutput } from "../../shared/onnx/outputs.ts";
import type { Card } from "../../shared/registry/card.ts";
import type { Situation } from "../../shared/registry/gate.ts";
import { inputsOf } from "../../shared/training/inputs.ts";
import type { ServingModel } from "../../shared/training/judge.ts";
import { producer } from "../../shared/training/publish.ts";
import type { Hub } from "../hub.ts";
import { runReference } from "./reference-runtime.ts";
import type { Prepared } from "./run-contest.ts";
import { readTrainedTo } from "./trained-to.ts";

export interface Serving {
  readonly model: ServingModel | null;
  readonly situation: Situation;
  /** Hash of the champion's training data; null without a champion. */
  readonly dataHash: string | null;
}

/** Returns the champion, so that it can be judged on the same rows: by its recipe, or by its file if it was imported. */
export async function servingModel({ api }: Hub, { forecast, data }: Prepared): Promise<Serving> {
  const { champion, looks, dataChanged } = await api.getChampion({ forecast: forecast.id });
  if (champion === null) return { model: null, situation: { incumbent: null, looks, dataChanged }, dataHash: null };
  const address = { forecast: forecast.id, version: champion.version };
  const { card } = await api.getModel(address);
  const incumbent = {
    version: card.version,
    recipe: card.recipe.id,
    candidate: card.recipe.candidate,
    publishedTo: card.published.to,
  };
  const { bytes } = await api.downloadArtefact({ ...address, artefact: "model.onnx" });
  const file = modelFile(card, { forecast, data }, bytes);
  const parameters = Object.fromEntries(
    Object.entries(card.recipe.parameters).flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, value]])),
  );
  const recipe = { candidate: card.recipe.candidate, parameters };
  return {
    model: { version: card.version, recipe, file, isExternal: card.producer !== producer },
    situation: { incumbent, looks, dataChanged },
    dataHash: card.lineage.dataHash,
  };
}

function modelFile(
  card: Card,
  { forecast, data }: Pick<Prepared, "forecast" | "data">,
  bytes: Uint8Array,
): ServingModel["file"] {
  return {
    // Imports of earlier versions have a day here also if the forecast has hours or quarters.
    trainedTo: readTrainedTo(card.published.to, forecast),
    async predict(rows) {
      const outputs = await runReference(bytes, inputsOf(data, rows));
      return Float64Array.from(outputs[predictionOutput] ?? []);
    },
  };
}
