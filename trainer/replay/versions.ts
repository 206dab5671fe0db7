/** The versions of a replay: the champion, the baseline and the looks, as the hub stores them, in memory. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { loadStepProgram } from "../../shared/predict/learned-steps.ts";
import { loadModel, type ServedModel } from "../../shared/predict/load-model.ts";
import { readServed } from "../../shared/predict/read-served.ts";
import { buildServed } from "../../shared/registry/build-served.ts";
import type { Card } from "../../shared/registry/card.ts";
import { servedLearnerOf } from "../../shared/registry/further-steps.ts";
import { decide, type Situation, type Verdict } from "../../shared/registry/gate.ts";
import { type Look, lookRuleOf } from "../../shared/registry/look.ts";
import { recipeIdsOf } from "../../shared/training/recipe.ts";
import type { ServingLearner } from "../../shared/training/serving-learner.ts";
import { Failure } from "../failure.ts";
import { learnerOfCard } from "../training/serving-model.ts";

/** A published version. */
export interface Version {
  readonly card: Card;
  readonly bytes: Uint8Array;
  /** The learner of further steps; null if the baselines serve them. */
  readonly learner: ServingLearner | null;
  /** As predict loads it, with its learner. */
  readonly served: ServedModel;
}

/** The files that a training publishes. */
export interface VersionFiles {
  readonly card: Card;
  /** Of `model.onnx`. */
  readonly bytes: Uint8Array;
  /** Of `steps.onnx`; null if the baselines serve all further steps. */
  readonly steps: Uint8Array<ArrayBuffer> | null;
}

export class Versions {
  readonly #forecast: Forecast;
  readonly #looks: Look[] = [];
  #champion: Version | null = null;
  #baseline: Version | null = null;

  constructor(forecast: Forecast) {
    this.#forecast = forecast;
  }

  get champion(): Version | null {
    return this.#champion;
  }

  /** The baseline of the newest training, with which predictions are compared. */
  get baseline(): Version | null {
    return this.#baseline;
  }

  /** The input of the gate: the champion and the earlier looks. Publications of a replay are never corrected. */
  get situation(): Situation {
    const { card } = this.#champion ?? {};
    const incumbent = card && {
      version: card.version,
      recipe: card.recipe.id,
      candidate: card.recipe.candidate,
      publishedTo: card.published.to,
    };
    return { incumbent: incumbent ?? null, looks: this.#looks, dataChanged: false };
  }

  /** Stores the baseline of a training. */
  setBaseline(files: VersionFiles): void {
    this.#baseline = this.#load(files);
  }

  /** Submits a version to the gate, by the rules of the flow `promote`. It becomes the champion if the gate decides so. */
  submit(files: VersionFiles, training: string): Verdict {
    const { card } = files;
    const ids = recipeIdsOf(this.#forecast, card.recipe);
    const recipe = ids.includes(card.recipe.id) ? { ...card.recipe, ids } : card.recipe;
    const challenger = { version: card.version, lookKey: training, recipe, judged: card.judged };
    const verdict = decide(challenger, this.situation, lookRuleOf(this.#forecast));
    const { look } = verdict;
    if (look !== null && !this.#looks.some(({ key }) => key === look.key)) this.#looks.push(look);
    if (verdict.kind === "promote") this.#champion = this.#load(files);
    return verdict;
  }

  #load({ card, bytes, steps }: VersionFiles): Version {
    const text = buildServed(this.#forecast, card);
    const description = text.ok ? readServed(text.value) : text;
    if (!description.ok) throw new Failure(`Version ${card.version} cannot be served: ${description.error}.`);
    const model = loadModel({ description: description.value, bytes, number: 1, servedNumber: 1 });
    if (!model.ok) throw new Failure(`Version ${card.version} cannot be served: ${model.error.reason}.`);
    const learned = steps && servedLearnerOf(card.further);
    if (steps === null || learned === null) return { card, bytes, learner: null, served: model.value };
    const program = loadStepProgram(steps, learned);
    if (!program.ok) throw new Failure(`The steps.onnx of version ${card.version} cannot be served: ${program.error}.`);
    const served = { ...model.value, learner: { program: program.value } };
    return { card, bytes, learner: learnerOfCard(card, steps), served };
  }
}
