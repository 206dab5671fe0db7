/** Formats the baselines of the steps for people: a column for each headline step, and one for the last step. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { StepPoint } from "../../shared/judging/step-points.ts";
import type { HeadlineResult, StepLine, StepResult } from "../../shared/training/step-contest.ts";
import { prose, table } from "../terminal.ts";

/** Formats one row per contender, with the baselines of each step marked. */
export function stepTable(forecast: Forecast, results: readonly StepResult[]): string {
  const last = forecast.steps.at(-1) ?? 1;
  const steps = forecast.headline.includes(last) ? forecast.headline : [...forecast.headline, last];
  const rows = [...new Set(results.map(({ of }) => of))].flatMap((of) => {
    const ofSteps = steps.map((step) => results.find((result) => result.of === of && result.step === step));
    const kinds = new Set(ofSteps.flatMap((result) => result?.contenders.map(({ point }) => point.kind) ?? []));
    const lines = [...kinds]
      .sort(byReference)
      .map((kind) => [of, names[kind], ...ofSteps.map((result) => cell(result, kind))]);
    const rolling = ofSteps.map((result) => rollingText(result));
    return rolling.every((text) => text === "–") ? lines : [...lines, [of, "best, rolling", ...rolling]];
  });
  const header = ["of", "contender", ...steps.map((step) => `step ${step}`)];
  return `${prose(explanation(forecast))}\n\n${table(header, rows, { right: steps.map((_, at) => at + 2) })}`;
}

const names: { readonly [Kind in StepPoint["kind"]]: string } = {
  persistence: "last value",
  drift: "drift",
  seasonal: "season ago",
  "seasonal-growth": "seasonal growth",
  "base-rate": "base rate",
  "state-frequency": "state frequency",
  "recent-share": "last 14",
};

/** The reference of the skills is first. */
function byReference(a: StepPoint["kind"], b: StepPoint["kind"]): number {
  const kinds = Object.keys(names);
  return kinds.indexOf(a) - kinds.indexOf(b);
}

function explanation({ task, unit }: Forecast): string {
  const error = task === "classification" ? "the Brier score" : `the RMSE (${unit})`;
  const rolling =
    task === "classification"
      ? ""
      : " The best other than the last value, chosen again before each of six stretches, is tested over the last 60 % of the periods.";
  return `Steps ahead. The first row is ${error} on the test window, the others the skill against it with p of block means. ▸ marks the baseline, which is the best on validation.${rolling}`;
}

function cell(result: StepResult | undefined, kind: StepPoint["kind"]): string {
  const line = result?.contenders.find(({ point }) => point.kind === kind);
  if (result === undefined || line === undefined) return "–";
  return `${result.baseline.point.kind === kind ? "▸ " : ""}${lineText(line)}`;
}

function lineText({ pValue, rmse, brier, skill }: StepLine): string {
  if (pValue === null) return (brier ?? rmse).toFixed(4);
  return `${percent(skill)} (p ${pText(pValue)})`;
}

function rollingText(result: StepResult | undefined): string {
  const rolling = result?.rolling ?? null;
  if (rolling === null) return "–";
  return rolling.pValue === null ? percent(rolling.skill) : `${percent(rolling.skill)} (p ${pText(rolling.pValue)})`;
}

function percent(share: number | null): string {
  return share === null ? "–" : `${(share * 100).toFixed(1)} %`;
}

function pText(p: number): string {
  return p < 0.001 ? "< 0.001" : p.toFixed(3);
}

/** Describes the test of the best other baseline over all headline steps. */
export function headlineText({ of, steps, skill, pValue, blocks, periods }: HeadlineResult): string {
  const test = pValue === null ? `no test with ${blocks} blocks` : `p ${pText(pValue)} from ${blocks} blocks`;
  return `Best other baseline of ${of} over steps ${steps.join(", ")}: ${percent(skill)} below the last value, ${test} of ${periods} periods.`;
}
