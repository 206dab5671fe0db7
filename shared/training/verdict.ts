/** What came of a judgement, in the words that a person reads first. */
import type { Forecast } from "../forecasts/forecast.ts";
import { errorBy } from "../judging/score.ts";
import type { Contender } from "../registry/card.ts";
import { baselineName, decide, isNaive, type Situation, type Verdict } from "../registry/gate.ts";
import type { Judgement } from "./judge.ts";
import { recipeIdsOf, recipeOf } from "./recipe.ts";

export interface Outcome {
  readonly verdict: Verdict;
  /** Name of the contender that serves after this: the chosen one, naive, or who served before. */
  readonly champion: string;
  readonly reason: string;
}

/** Asks the gate about the chosen recipe. */
export function outcomeOf(forecast: Forecast, judgement: Judgement, situation: Situation): Outcome {
  const recipe = { ...recipeOf(forecast, judgement.chosen), ids: recipeIdsOf(forecast, judgement.chosen) };
  const evidence = judgement.evidenceFor(judgement.chosen);
  if (evidence === null) throw new RangeError("the chosen recipe did not stand in the contest");
  const { incumbent, naive, contenders } = judgement;
  const challenger = { version: "asked", recipe, judged: { naive: naive.candidate, incumbent, evidence, contenders } };
  const verdict = decide(challenger, situation, forecast.promotion);
  const chosen = contenderOf(judgement, recipe.id);
  const champion =
    verdict.kind === "promote"
      ? (chosen?.name ?? recipe.candidate)
      : (situation.incumbent?.version ?? judgement.naive.candidate);
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
  const { contenders, validation, test } = judgement;
  const naiveLine = contenders.find(({ candidate }) => candidate === judgement.naive.candidate);
  const naive = baselineName(judgement.naive.candidate);
  const error = (contender: Contender | undefined) =>
    contender === undefined ? "–" : `${metricNames[forecast.metric]} ${round(errorBy(forecast.metric, contender))}`;
  if (chosen === null || isNaive(chosen.candidate)) {
    const stands = `No candidate was better than ${naive} on validation (${spanText(validation)}), so it stands for itself: nobody is known to do better than ${naiveDeeds[forecast.task]}.`;
    return [stands, nextBest(judgement, (one) => `${error(one)} against ${error(naiveLine)}`), verdict.reason]
      .filter(Boolean)
      .join(" ");
  }
  // Where the gate has tested it says so itself.
  const p = verdict.pNaive === null ? `, p = ${round(chosen.pValue ?? 1)}` : "";
  const scores = `Validation picked ${chosen.name}; on the test window (${spanText(test)}) it has ${error(chosen)} against ${error(naiveLine)} of ${naive}${p}.`;
  const consequence =
    verdict.kind === "promote"
      ? ""
      : isNaive(champion)
        ? ` So ${naive} serves: nothing is known to beat ${naiveDeeds[forecast.task]}.`
        : ` So ${champion}'s recipe goes on serving.`;
  return `${scores} ${verdict.reason}${consequence}`;
}

/** What the runner-up among those who learn has to show; empty where nobody learned. */
function nextBest({ contenders, test }: Judgement, told: (contender: Contender) => string): string {
  const [best] = contenders
    .filter(({ candidate, validationRmse }) => !isNaive(candidate) && validationRmse !== null)
    .sort((a, b) => (a.validationRmse ?? 0) - (b.validationRmse ?? 0));
  if (best === undefined) return "";
  return `The best of the others there, ${best.name}, has ${told(best)} on the test window (${spanText(test)}), p = ${round(best.pValue ?? 1)}.`;
}

const metricNames = { rmse: "RMSE", mae: "MAE", brier: "Brier score" } as const;
const naiveDeeds = { regression: "repeating the last value", classification: "counting how often it happens" } as const;

function spanText({ from, to, periods }: { from: string; to: string; periods: number }): string {
  return `${from} to ${to}, ${periods} periods`;
}

function round(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(4);
}
