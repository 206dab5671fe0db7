/** Answers of the running service as people read them. */
import type { BatchAnswer, Prediction } from "../shared/api/predict.ts";
import type { Forecast, Labels } from "../shared/forecasts/forecast.ts";
import { roundTo } from "../shared/predict/decimal.ts";
import { table } from "./terminal.ts";

/** Every series in a line: what was last, what comes, and how sure that is. */
export function allTable(forecast: Forecast, answer: BatchAnswer): string {
  const { dimensions, output, labels } = forecast;
  const predictions = answer.predictions.filter((one): one is Prediction => "series" in one);
  const rows = predictions.map((one) => [
    ...dimensions.map((name) => one.series[name] ?? ""),
    one.last === null ? "–" : stateOf(forecast, one.last.value),
    number(one[output]),
    labels ? (one.label ?? "–") : interval(forecast, one.interval80),
  ]);
  const right = labels ? [dimensions.length + 1] : [dimensions.length, dimensions.length + 1];
  return table([...dimensions, "last", output, labels ? "label" : "80 %"], rows, { right });
}

/** One answer, a line for each thing that it says. */
export function answerRows(forecast: Forecast, answer: Prediction): (readonly [string, string])[] {
  const { last } = answer;
  const known = last === null ? null : `${stateOf(forecast, last.value)} on ${last.period}`;
  const series = Object.entries(answer.series);
  if (forecast.labels) return [...series, ...classRows(forecast, answer, forecast.labels), ["last", known ?? "–"]];
  return [...series, ...valueRows(forecast, answer), ["last", known ?? number(answer.naive)]];
}

function classRows({ output }: Forecast, answer: Prediction, { event }: Labels): (readonly [string, string])[] {
  return [
    ["label", answer.label ?? "–"],
    [output, `${number(answer[output])} of ${event}`],
    ["threshold", number(answer.threshold)],
    ["naive", number(answer.naive)],
  ];
}

function valueRows(forecast: Forecast, answer: Prediction): (readonly [string, string])[] {
  const { differenceOutput, output } = forecast;
  const rows: [string, string][] = [[output, `${number(answer[output])} ${answer.unit}`]];
  if (differenceOutput !== undefined) rows.push([differenceOutput, number(answer[differenceOutput])]);
  return [
    ...rows,
    ["in 80 % of cases", interval(forecast, answer.interval80)],
    ["in 95 % of cases", interval(forecast, answer.interval95)],
  ];
}

/** A state by its name. */
function stateOf({ labels }: Forecast, value: number): string {
  if (!labels) return String(value);
  return value > 0.5 ? labels.event : labels.otherwise;
}

function number(value: unknown): string {
  return typeof value === "number" ? String(value) : "–";
}

/** Ends as finely as values are published, and one digit more. */
function interval({ target }: Forecast, ends: readonly [number, number] | null | undefined): string {
  const told = ends?.map((end) => String(roundTo(end, target.decimals + 1)));
  return told?.join(" to ") ?? "not known";
}
