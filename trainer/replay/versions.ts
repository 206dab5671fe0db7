/** The versions of a replay: the champion, the baseline and the looks, as the hub stores them, in memory. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { loadModel, type ServedModel } from "../../shared/predict/load-model.ts";
import { readServed } from "../../shared/predict/read-served.ts";
import { buildServed } from "../../shared/registry/build-served.ts";
import type { Card } from "../../shared/registry/card.ts";
import { decide, type Situation, type Verdict } from "../../shared/registry/gate.ts";
import { type Look, lookRuleOf } from "../../shared/registry/look.ts";
import { recipeIdsOf } from "../../shared/training/recipe.ts";
import { Failure } from "../failure.ts";

/** A published version. */
export interface Version {
  readonly card: Card;
  readonly bytes: Uint8Array;
  /** As predict loads it. */
  readonly served: ServedModel;
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
  setBaseline(card: Card, bytes: Uint8Array): void {
    this.#baseline = this.#load(card, bytes);
  }

  /** Submits a version to the gate, by the rules of the flow `promote`. It becomes the champion if the gate decides so. */
  submit(card: Card, bytes: Uint8Array, training: string): Verdict {
    const ids = recipeIdsOf(this.#forecast, card.recipe);
    const recipe = ids.includes(card.recipe.id) ? { ...card.recipe, ids } : card.recipe;
    const challenger = { version: card.version, lookKey: training, recipe, judged: card.judged };
    const verdict = decide(challenger, this.situation, lookRuleOf(this.#forecast));
    const { look } = verdict;
    if (look !== null && !this.#looks.some(({ key }) => key === look.key)) this.#looks.push(look);
    if (verdict.kind === "promote") this.#champion = this.#load(card, bytes);
    return verdict;
  }

  #load(card: Card, bytes: Uint8Array): Version {
    const text = buildServed(this.#forecast, card);
    const description = text.ok ? readServed(text.value) : text;
    if (!description.ok) throw new Failure(`Version ${card.version} cannot be served: ${description.error}.`);
    const served = loadModel({ description: description.value, bytes, number: 1, servedNumber: 1 });
    if (!served.ok) throw new Failure(`Version ${card.version} cannot be served: ${served.error.reason}.`);
    return { card, bytes, served: served.value };
  }
}
