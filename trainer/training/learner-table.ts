/** Formats the contest of further steps for people: a row per contender and a column per step. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { type LearnerLine, learnerLines } from "../../shared/training/learner-scores.ts";
import type { StepGate } from "../../shared/training/step-gate.ts";
import type { StepContest } from "../../shared/training/step-learners.ts";
import { prose, table } from "../terminal.ts";

export function learnerTable({ task, unit }: Forecast, contest: StepContest): string {
  const lines = learnerLines(contest);
  const steps = contest.steps.map(({ step }) => step);
  const rows = [...new Set(lines.map(({ contender }) => contender))].map((contender) => [
    contenderName(task, contest, contender),
    ...contest.steps.map(({ step, pick }) => {
      const line = lines.find((one) => one.step === step && one.contender === contender);
      return line === undefined ? "–" : `${pick === contender ? "▸ " : ""}${cell(line)}`;
    }),
  ]);
  const header = ["contender", ...steps.map((step) => `step ${step}`)];
  const error = task === "classification" ? "Brier score" : `CRPS (${unit})`;
  const text = `Learners of several steps, over rolling origins in the last 60 % of the periods. The ${error}, then the skill against the baseline of the step with p of block means. ▸ marks the best on all of them.`;
  return `${prose(text)}\n\n${table(header, rows, { right: steps.map((_, at) => at + 1) })}`;
}

/** Returns what a contender is called. */
function contenderName(task: Forecast["task"], { recipe }: Pick<StepContest, "recipe">, contender: string): string {
  switch (contender) {
    case "reference":
      return task === "classification" ? "base rate" : "last value";
    case "pooled":
      return `${recipe.candidate}, one model for all steps`;
    case "own":
      return `${recipe.candidate}, one model per step`;
    default:
      return contender;
  }
}

function cell({ error, skill, pValue }: LearnerLine): string {
  const number = error.toFixed(4);
  if (pValue === null || skill === null) return number;
  return `${number} ${(skill * 100).toFixed(1)} % (p ${pText(pValue)})`;
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Describes the test of the learners over the further headline steps. */
export function gateText({ steps, skill, blocks, origins, pBaseline, pReference }: StepGate): string {
  const of = steps.length === 1 ? `step ${steps[0]}` : `the steps ${steps.join(", ")}`;
  if (pBaseline === null || pReference === null)
    return `Learners at ${of}: no test, because ${origins} origins are ${blocks} blocks and 6 are needed. The baselines serve.`;
  const gain = `${(Math.abs(skill) * 100).toFixed(1)} % ${skill < 0 ? "above" : "below"}`;
  return `Learners at ${of}: what was chosen before each stretch has an error ${gain} the baselines', p ${pText(pBaseline)} against them and ${pText(pReference)} against the reference, from ${blocks} blocks of ${origins} origins.`;
}
