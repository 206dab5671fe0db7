/** Formats the scores of distributions for people. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { StepScores } from "../../shared/training/step-scores.ts";
import { prose, table } from "../terminal.ts";

/** What each source of a distribution is called. */
const sources: { readonly [From in StepScores["from"]]: string } = {
  changes: "the model",
  "location-scale": "scaled errors",
  symmetric: "intervals",
  "past-changes": "past changes",
};

/** Formats one row per contender and step, lowest CRPS first within a step. */
export function distributionTable({ unit }: Forecast, steps: ReadonlyMap<string, readonly StepScores[]>): string {
  const all = [...steps].flatMap(([name, scores]) => scores.map((score) => ({ name, ...score })));
  const rows = all
    .sort((a, b) => a.step - b.step || a.crps - b.crps)
    .map(({ name, step, from, crps, wis, mae, coverage, width }) => [
      String(step),
      name,
      sources[from],
      crps.toFixed(4),
      wis.toFixed(4),
      mae.toFixed(4),
      ...["50", "80", "95"].map((level) => percent(coverage[level])),
      (width["95"] ?? Number.NaN).toFixed(3),
    ]);
  const header = [
    "step",
    "contender",
    "from",
    `CRPS ${unit}`,
    "WIS",
    "MAE",
    "in 50 %",
    "in 80 %",
    "in 95 %",
    "width 95 %",
  ];
  const title = "Distributions on the test window. CRPS and WIS score the whole distribution; lower is better.";
  return `${prose(title)}\n\n${table(header, rows, { right: [0, 3, 4, 5, 6, 7, 8, 9], optional: [6, 7, 2, 5] })}`;
}

function percent(share = Number.NaN): string {
  return `${(share * 100).toFixed(1)} %`;
}
