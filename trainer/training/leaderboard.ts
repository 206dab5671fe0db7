/** Formats the leaderboard for people and for programs. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import type { Card, Contender } from "../../shared/registry/card.ts";
import { prose, table } from "../terminal.ts";

/** Formats the contenders in the given order. Marks the champion and prints the notes of contenders below the table. */
export function leaderboard(forecast: Forecast, contenders: readonly Contender[], champion: string): string {
  const mark = ({ name }: Contender) => ([champion, `incumbent ${champion}`].includes(name) ? "▸" : "");
  const rows =
    forecast.task === "classification" ? probabilities(contenders, mark) : values(forecast, contenders, mark);
  const notes = contenders.flatMap(({ name, note }) => (note === null ? [] : [prose(`${name}: ${note}`, "  ")]));
  return [rows, ...notes].join("\n");
}

type Mark = (contender: Contender) => string;

function values({ unit }: Forecast, contenders: readonly Contender[], mark: Mark): string {
  const medians = showsMedians(contenders);
  const rows = contenders.map((contender) => [
    mark(contender),
    contender.name,
    number(contender.validationRmse),
    number(contender.rmse),
    number(contender.mae),
    ...againstBaseline(contender),
    percent(contender.coverage80),
    percent(contender.coverage95),
    duration(contender),
    ...(medians ? [number(contender.validationMedian)] : []),
  ]);
  const header = [
    "",
    "contender",
    "validation",
    `RMSE ${unit}`,
    "MAE",
    "skill",
    "p",
    "gate p",
    "in 80 %",
    "in 95 %",
    "time",
  ];
  const right = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  if (medians) header.push(medianHeader);
  return table(header, rows, { right, optional: [10, 4, 8, 6, 2] });
}

function probabilities(contenders: readonly Contender[], mark: Mark): string {
  const medians = showsMedians(contenders);
  const rows = contenders.map((contender) => {
    const scores = contender.classification;
    return [
      mark(contender),
      contender.name,
      number(scores?.validationBrier ?? null),
      number(scores?.brier ?? null),
      ...againstBaseline(contender),
      short(scores?.auc ?? null),
      percent(scores?.balancedAccuracy ?? null),
      short(scores?.threshold ?? null),
      short(scores?.logLoss ?? null),
      short(scores?.calibrationError ?? null),
      duration(contender),
      ...(medians ? [number(contender.validationMedian)] : []),
    ];
  });
  const header = [
    "",
    "contender",
    "validation",
    "Brier",
    "skill",
    "p",
    "gate p",
    "AUC",
    "bal. acc.",
    "threshold",
    "log loss",
    "cal.",
    "time",
  ];
  if (medians) header.push(medianHeader);
  return table(header, rows, { right: [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13], optional: [12, 11, 10, 5, 9, 2] });
}

const medianHeader = "median period";

/**
 * Returns true if validation ranks another contender first by the median period than by the error of all periods, which a
 * few outliers can dominate. Then the table shows both.
 */
function showsMedians(contenders: readonly Contender[]): boolean {
  const firstBy = (error: "validationRmse" | "validationMedian") =>
    contenders.reduce<Contender | null>((best, one) => {
      const [own, lowest] = [one[error], best?.[error] ?? null];
      return own !== null && (lowest === null || own < lowest) ? one : best;
    }, null);
  const median = firstBy("validationMedian");
  return median !== null && median !== firstBy("validationRmse");
}

type ChangeScores = NonNullable<Card["judged"]["change"]>;

/** Formats the scores of the predicted probability that the value changes at all. */
export function changeText({ auc, brier, brierBase, brierFrequency }: ChangeScores): string {
  const scores = `AUC ${auc === null ? "–" : auc.toFixed(2)}, Brier score ${brier.toFixed(4)}`;
  const baselines = `base rate ${brierBase.toFixed(4)}, frequency of each series ${brierFrequency.toFixed(4)}`;
  return `Probability of a change: ${scores}; baselines: ${baselines}.`;
}

/** Returns a contender for `--json`. A classification has scores instead of errors and intervals. */
export function contenderJson(contender: Contender): Record<string, unknown> {
  const { name, classification, skill, pValue, gateP, seconds } = contender;
  if (classification !== null) return { name, ...classification, skill, pValue, gateP, seconds };
  const { candidate: _, recipe: __, note: ___, classification: ____, distribution: _____, ...errors } = contender;
  return errors;
}

/** `p` compares the contender alone; `gate p` is the one that decides: against all opponents, corrected for all contenders. */
function againstBaseline({ skill, pValue, gateP }: Contender): string[] {
  const text = (p: number | null) => (p === null ? "–" : pText(p));
  return [skill === null ? "–" : `${(skill * 100).toFixed(1)} %`, text(pValue), text(gateP)];
}

function duration({ seconds }: Contender): string {
  return `${seconds.toFixed(1)} s`;
}

function number(value: number | null): string {
  return value === null ? "–" : value.toFixed(4);
}

function short(value: number | null): string {
  return value === null ? "–" : value.toFixed(2);
}

function percent(value: number | null): string {
  return value === null ? "–" : `${(value * 100).toFixed(1)} %`;
}

function pText(value: number): string {
  return value < 0.001 ? "< 0.001" : value < 0.1 ? value.toPrecision(3) : value.toFixed(3);
}
