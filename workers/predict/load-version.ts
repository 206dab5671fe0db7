/** Loads one version of a forecast: reads its files and prepares its model in an engine. */
import type { ServableVersion } from "../../shared/api/champion.ts";
import { failure, type Result } from "../../shared/lib/result.ts";
import { loadModel, type ModelParts, type ServedModel } from "../../shared/predict/load-model.ts";
import { loadOnOnnxWorker } from "../../shared/predict/load-on-onnx-worker.ts";
import { readServed, type ServedDescription } from "../../shared/predict/read-served.ts";
import type { StoreEffects } from "./store-effects.ts";

export interface VersionAddress extends ServableVersion {
  readonly forecast: string;
  /** Number of the champion change. */
  readonly number: number;
}

interface LoadEffects<History> extends Pick<StoreEffects, "readArtefact" | "onnx" | "onnxOnlyReason"> {
  /** Prepares what the version reads while its model is read. */
  historyFor(description: ServedDescription): Promise<History>;
}

/** Throws if a file is missing or damaged, or if this build cannot run the version. */
export async function loadVersion<History>(
  { forecast, version, model, served, number }: VersionAddress,
  effects: LoadEffects<History>,
): Promise<{ readonly model: ServedModel; readonly history: History }> {
  const reading = effects.readArtefact({ forecast, version, name: "served.json", sha256: served.sha256 });
  const describing = reading.then((bytes) => {
    const description = readServed(new TextDecoder().decode(bytes));
    if (!description.ok) throw new Error(`version ${version} cannot serve: ${description.error}`);
    return description.value;
  });
  const [bytes, description, history] = await Promise.all([
    effects.readArtefact({ forecast, version, name: "model.onnx", sha256: model.sha256 }),
    describing,
    describing.then((description) => effects.historyFor(description)),
  ]);
  const loaded = await load({ description, bytes, number, servedNumber: served.number }, effects);
  if (!loaded.ok) throw new Error(`version ${version} cannot serve: ${loaded.error}`);
  return { model: loaded.value, history };
}

/** Loads a model in our engine if that can run it, else on the onnx Worker. */
async function load(
  parts: ModelParts,
  { onnx: runner = null, onnxOnlyReason = null }: Pick<StoreEffects, "onnx" | "onnxOnlyReason">,
): Promise<Result<ServedModel>> {
  if (onnxOnlyReason !== null) return loadOnOnnxWorker(parts, { runner, why: onnxOnlyReason });
  const loaded = loadModel(parts);
  if (loaded.ok) return loaded;
  const { reason, isOutside } = loaded.error;
  return isOutside ? loadOnOnnxWorker(parts, { runner, why: reason }) : failure(reason);
}
