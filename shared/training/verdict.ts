/** What came of a judgement, in the words that a person reads first. */
import { naive } from "../candidates/naive.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import type { Contender } from "../registry/card.ts";
import { decide, type Situation, type Verdict } from "../registry/gate.ts";
import type { Judgement } from "./judge.ts";
import { recipeOf } from "./recipe.ts";

export interface Outcome {
  readonly verdict: Verdict;
  /** Name of the contender that serves after this: the chosen one, naive, or who served before. */
  readonly champion: string;
  readonly reason: string;
}

/** Asks the gate about the chosen recipe. */
export function outcomeOf(forecast: Forecast, judgement: Judgement, situation: Situation): Outcome {
  const recipe = recipeOf(forecast, judgement.chosen);
  const evidence = judgement.evidenceFor(judgement.chosen);
  if (evidence === null) throw new RangeError("the chosen recipe did not stand in the contest");
  const challenger = { version: "asked", recipe, judged: { incumbent: judgement.incumbent, evidence } };
  const verdict = decide(challenger, situation, forecast.promotion);
  const chosen = contenderOf(judgement, recipe.id);
  const champion =
    verdict.kind === "promote" ? (chosen?.name ?? recipe.candidate) : (situation.incumbent?.version ?? naive.id);
  return { verdict, champion, reason: reasonOf(forecast, judgement, { verdict, champion, chosen }) };
}

export function contenderOf(judgement: Judgement, recipe: string): Contender | null {
  return judgement.contenders.find((contender) => contender.recipe === recipe) ?? null;
}

interface Told {
  readonly verdict: Verdict;
  readonly champion: string;
  readonly chosen: Contender | null;
}

function reasonOf(forecast: Forecast, judgement: Judgement, { verdict, champion, chosen }: Told): string {
  const naiveLine = judgement.contenders.find(({ candidate }) => candidate === naive.id);
  if (chosen === null || chosen.candidate === naive.id) {
    return `No candidate was better than the naive forecast on validation (${spanText(judgement.validation)}), so naive stands for itself: nobody is known to do better than repeating the last value. ${verdict.reason}`;
  }
  const error = (contender: Contender | undefined) =>
    contender === undefined ? "–" : `${forecast.metric.toUpperCase()} ${round(contender[forecast.metric])}`;
  // Where the gate has tested it says so itself.
  const p = verdict.pNaive === null ? `, p = ${round(chosen.pValue ?? 1)}` : "";
  const scores = `Validation picked ${chosen.name}; on the test window (${spanText(judgement.test)}) it has ${error(chosen)} against ${error(naiveLine)} of the naive forecast${p}.`;
  const consequence =
    verdict.kind === "promote"
      ? ""
      : champion === naive.id
        ? " So the naive forecast serves: nothing is known to beat repeating the last value."
        : ` So ${champion} goes on serving.`;
  return `${scores} ${verdict.reason}${consequence}`;
}

function spanText({ from, to, periods }: { from: string; to: string; periods: number }): string {
  return `${from} to ${to}, ${periods} periods`;
}

function round(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(4);
}
