/** The outcome of a judgement, with a reason for people. */
import type { Forecast } from "../forecasts/forecast.ts";
import { errorBy } from "../judging/score.ts";
import type { Contender } from "../registry/card.ts";
import { baselineName, decide, isNaive, type Situation, type Verdict } from "../registry/gate.ts";
import type { Judgement } from "./judge.ts";
import { recipeIdsOf, recipeOf } from "./recipe.ts";

export interface Outcome {
  readonly verdict: Verdict;
  /** Name of the contender that serves after the verdict: the chosen one, the previous champion or the baseline. */
  readonly champion: string;
  readonly reason: string;
}

/** Submits the chosen recipe to the gate. */
export function outcomeOf(forecast: Forecast, judgement: Judgement, situation: Situation): Outcome {
  const recipe = { ...recipeOf(forecast, judgement.chosen), ids: recipeIdsOf(forecast, judgement.chosen) };
  const evidence = judgement.evidenceFor(judgement.chosen);
  if (evidence === null) throw new RangeError("the chosen recipe is not a contender of the judgement");
  const { incumbent, naive, contenders } = judgement;
  const challenger = {
    version: "challenger",
    recipe,
    judged: { naive: naive.candidate, incumbent, evidence, contenders },
  };
  const verdict = decide(challenger, situation, forecast.promotion);
  const chosen = contenderOf(judgement, recipe.id);
  const champion =
    verdict.kind === "promote"
      ? (chosen?.name ?? recipe.candidate)
      : (situation.incumbent?.version ?? judgement.naive.candidate);
  return { verdict, champion, reason: reasonOf(forecast, judgement, { verdict, champion, chosen }) };
}

function contenderOf(judgement: Judgement, recipe: string): Contender | null {
  return judgement.contenders.find((contender) => contender.recipe === recipe) ?? null;
}

interface ReasonParts {
  readonly verdict: Verdict;
  readonly champion: string;
  readonly chosen: Contender | null;
}

function reasonOf(forecast: Forecast, judgement: Judgement, { verdict, champion, chosen }: ReasonParts): string {
  const { contenders, validation, test } = judgement;
  const naiveLine = contenders.find(({ candidate }) => candidate === judgement.naive.candidate);
  const naive = baselineName(judgement.naive.candidate);
  const error = (contender: Contender | undefined) =>
    contender === undefined ? "–" : `${metricNames[forecast.metric]} ${round(errorBy(forecast.metric, contender))}`;
  if (chosen === null || isNaive(chosen.candidate)) {
    const selected = `No candidate was better than ${naive} on validation (${spanText(validation)}): ${naiveMethods[forecast.task]} is the best known forecast.`;
    const runnerUp = nextBest(judgement, (contender) => `${error(contender)} against ${error(naiveLine)}`);
    return [selected, runnerUp, verdict.reason].filter(Boolean).join(" ");
  }
  // The gate's reason contains p if the gate has tested it.
  const p = verdict.pNaive === null ? `, p = ${round(chosen.pValue ?? 1)}` : "";
  const scores = `${chosen.name} was the best on validation. On the test window (${spanText(test)}) it has ${error(chosen)} against ${error(naiveLine)} of ${naive}${p}.`;
  const consequence =
    verdict.kind === "promote"
      ? ""
      : isNaive(champion)
        ? ` So ${naive} serves: ${naiveMethods[forecast.task]} is the best known forecast.`
        : ` So ${champion} remains the champion.`;
  return `${scores} ${verdict.reason}${consequence}`;
}

/** Returns a sentence about the best learned contender; empty if there is none. */
function nextBest({ contenders, test }: Judgement, scoreOf: (contender: Contender) => string): string {
  const [best] = contenders
    .filter(({ candidate, validationRmse }) => !isNaive(candidate) && validationRmse !== null)
    .sort((a, b) => (a.validationRmse ?? 0) - (b.validationRmse ?? 0));
  if (best === undefined) return "";
  return `The best learned candidate on validation, ${best.name}, has ${scoreOf(best)} on the test window (${spanText(test)}), p = ${round(best.pValue ?? 1)}.`;
}

const metricNames = { rmse: "RMSE", mae: "MAE", brier: "Brier score" } as const;
const naiveMethods = {
  regression: "repeating the last value",
  classification: "counting how often it happens",
} as const;

function spanText({ from, to, periods }: { from: string; to: string; periods: number }): string {
  return `${from} to ${to}, ${periods} periods`;
}

function round(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(4);
}
