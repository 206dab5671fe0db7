/** Loads the champion for a training. */
import type { ModelDetail } from "../../shared/api/models.ts";
import { problemType } from "../../shared/api/problem.ts";
import type { RowRange } from "../../shared/features/dataset.ts";
import { fingerprintsOf } from "../../shared/forecasts/fingerprint.ts";
import { predictedOfOutputs } from "../../shared/judging/predicted.ts";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import type { Card } from "../../shared/registry/card.ts";
import { servedLearnerOf } from "../../shared/registry/further-steps.ts";
import type { Situation } from "../../shared/registry/gate.ts";
import type { ServedModelFile } from "../../shared/registry/served.ts";
import { inputsOf } from "../../shared/training/inputs.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { producer } from "../../shared/training/publish-task.ts";
import type { ServingLearner } from "../../shared/training/serving-learner.ts";
import { Failure } from "../failure.ts";
import { ApiRefusal, type Hub, orNull } from "../hub.ts";
import { ownForecast, refitOnOwnFeatures } from "./own-features.ts";
import { runReference } from "./reference-runtime.ts";
import type { Prepared } from "./run-contest.ts";
import { readTrainedTo } from "./trained-to.ts";

export interface Serving {
  readonly model: ServingModel | null;
  readonly situation: Situation;
  /** Hash of the champion's training data; null without a champion. */
  readonly dataHash: string | null;
  /** Why the champion is not an opponent in this training; null if it is, or if there is none. */
  readonly note: string | null;
  /** The champion's version if its card is lost or damaged; else null. */
  readonly unreadable: string | null;
  /** The steps that the champion's learner serves. */
  readonly learnedSteps: readonly number[];
  /** The champion's learner of further steps; null if there is none, or if its file is lost or reads other features. */
  readonly learner: ServingLearner | null;
}

export interface ServingOptions {
  readonly seed: number;
  readonly threads: number | null;
}

/**
 * Returns the champion, so that it can be judged on the same rows: by its recipe, or by its file if it was imported. A champion
 * that was trained on other features is refitted on those; one that cannot run here, or whose file is lost, is not an opponent.
 */
export async function servingModel(hub: Hub, prepared: Prepared, options: ServingOptions): Promise<Serving> {
  const { forecast, data } = prepared;
  const { champion, looks, dataChanged } = await hub.api.getChampion({ forecast: forecast.id });
  const noIncumbent = { incumbent: null, looks, dataChanged };
  if (champion === null) return { ...noOpponent, situation: noIncumbent };
  const registered = await readableModel(hub, { forecast: forecast.id, version: champion.version });
  if (registered === null) {
    const note = withoutOpponentText(champion.version, "cannot be judged (its card.json is lost or damaged)");
    return { ...noOpponent, situation: noIncumbent, note, unreadable: champion.version };
  }
  const { card, declaration } = registered;
  const incumbent = {
    version: card.version,
    recipe: card.recipe.id,
    candidate: card.recipe.candidate,
    publishedTo: card.published.to,
  };
  const recipe = recipeChoice(card);
  const { dataHash } = card.lineage;
  const learnedSteps = servedLearnerOf(card.further)?.steps ?? [];
  const withoutOpponent = (why: string): Serving => {
    return { ...noOpponent, situation: noIncumbent, note: withoutOpponentText(card.version, why) };
  };
  const file = { forecast: card.forecast, version: card.version, artefact: "model.onnx" } as const;
  const bytes = await registeredFile(hub, { ...file, sha256: card.model.sha256 });
  if (typeof bytes === "string") return withoutOpponent(`cannot run (${bytes})`);
  if (!fingerprintsOf(forecast).includes(card.fingerprint)) {
    const model = await withOwnFeatures(hub, { prepared, card, recipe, declaration, ...options });
    if (typeof model !== "string")
      return {
        model,
        situation: { incumbent, looks, dataChanged },
        dataHash,
        note: null,
        unreadable: null,
        learnedSteps,
        learner: null,
      };
    return withoutOpponent(`cannot run with this code (${model})`);
  }
  const predicting = modelFile(card, { forecast, data }, bytes);
  return {
    model: { version: card.version, recipe, file: predicting, isExternal: card.producer !== producer },
    situation: { incumbent, looks, dataChanged },
    dataHash,
    note: null,
    unreadable: null,
    learnedSteps,
    learner: await servingLearner(hub, card),
  };
}

const noOpponent = {
  model: null,
  dataHash: null,
  note: null,
  unreadable: null,
  learnedSteps: [],
  learner: null,
} as const;

function withoutOpponentText(version: string, why: string): string {
  return `The champion ${version} ${why}, so the candidates were judged against the baseline alone.`;
}

/** Returns a registered version; null if its card is lost or damaged. */
export async function readableModel(
  { api }: Hub,
  address: { readonly forecast: string; readonly version: string },
): Promise<ModelDetail | null> {
  try {
    return await api.getModel(address);
  } catch (error) {
    const failed = error instanceof ApiRefusal ? error.failure : null;
    if (failed?.kind === "refused" && failed.problem.type === problemType("damaged-file")) return null;
    throw error;
  }
}

export interface RegisteredFile extends Pick<Card, "forecast" | "version"> {
  readonly artefact: "model.onnx" | "steps.onnx";
  readonly sha256: string;
}

/** Returns the bytes of a registered file, or what is wrong with it. */
export async function registeredFile(
  { api }: Hub,
  { sha256, ...address }: RegisteredFile,
): Promise<Uint8Array<ArrayBuffer> | string> {
  const file = await orNull(api.downloadArtefact(address));
  if (file === null) return `its ${address.artefact} is not in R2`;
  return sha256Hex(file.bytes) === sha256 ? file.bytes : `its ${address.artefact} is not the registered file`;
}

/** Returns the learner of further steps of a version; null if it has none or if the file is lost. */
async function servingLearner(hub: Hub, card: Card): Promise<ServingLearner | null> {
  const { forecast, version, further } = card;
  const learner = further?.learner ?? null;
  if (learner === null) return null;
  const file = { forecast, version, artefact: "steps.onnx", sha256: learner.model.sha256 } as const;
  const bytes = await registeredFile(hub, file);
  return typeof bytes === "string" ? null : learnerOfCard(card, bytes);
}

/** Returns the learner of further steps of a card with its file; null if the card has none. */
export function learnerOfCard(
  { further, published }: Pick<Card, "further" | "published">,
  bytes: Uint8Array<ArrayBuffer>,
): ServingLearner | null {
  const learner = further?.learner ?? null;
  if (further === null || learner === null) return null;
  const { trainedTo = published.to } = learner;
  return { learner, recipe: recipeChoice(learner), steps: further.steps, bytes, trainedTo };
}

/** Returns the recipe of a card, as a search lists it. */
export function recipeChoice({ recipe }: Pick<Card, "recipe">): RecipeChoice {
  const parameters = Object.fromEntries(
    Object.entries(recipe.parameters).flatMap(([name, value]) => (Array.isArray(value) ? [] : [[name, value]])),
  );
  return { candidate: recipe.candidate, parameters };
}

interface Edited extends ServingOptions {
  readonly prepared: Prepared;
  readonly card: Card;
  readonly recipe: RecipeChoice;
  readonly declaration: unknown;
}

/** Returns the champion of another declaration, scored on the whole test window, or why it cannot run. */
async function withOwnFeatures(
  hub: Hub,
  { prepared, card, recipe, declaration, ...options }: Edited,
): Promise<ServingModel | string> {
  if (declaration === null || declaration === undefined) return "it has no served.json";
  if (card.producer !== producer) return "it was imported, with features that the forecast no longer declares";
  // The hub validated the file when it wrote it.
  const own = ownForecast(prepared.forecast, declaration as ServedModelFile["declaration"]);
  if (!own.ok) return own.error;
  const task = { prepared, own: own.value, recipe, ...options };
  const window = rowsOf(windowsOf(prepared.data, prepared.forecast.validation).test);
  const refit = await refitOnOwnFeatures(hub, task, window);
  if (!refit.ok) return refit.error;
  const predict = async (rows: RowRange) => {
    if (rows.from === window.from && rows.to === window.to) return refit.value;
    const longer = await refitOnOwnFeatures(hub, task, rows);
    if (!longer.ok)
      throw new Failure(`The champion ${card.version} cannot be scored on the earlier periods: ${longer.error}.`);
    return longer.value;
  };
  const note = "the champion, refitted on the features that it was trained on";
  // Refitted at every origin, so that no period of the window is in its training data.
  return { version: card.version, recipe, file: { predict, trainedTo: "" }, isExternal: true, note };
}

/** Returns the file of a version, which predicts rows of a dataset. */
export function modelFile(
  card: Card,
  { forecast, data }: Pick<Prepared, "forecast" | "data">,
  bytes: Uint8Array,
): ServingModel["file"] {
  const inputs = new Set(card.features.map(({ name }) => name));
  return {
    // Imports of earlier versions have a day here also if the forecast has hours or quarters.
    trainedTo: readTrainedTo(card.published.to, forecast),
    async predict(rows) {
      const read = Object.entries(inputsOf(data, rows)).filter(([name]) => inputs.has(name));
      const outputs = await runReference(bytes, Object.fromEntries(read));
      return predictedOfOutputs(outputs, rows.to - rows.from);
    },
  };
}
