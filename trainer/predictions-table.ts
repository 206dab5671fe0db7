/** Formats predictions for people. */
import type { BatchAnswer, PathStep, Prediction, SingleAnswer } from "../shared/api/predict.ts";
import type { Forecast, Labels } from "../shared/forecasts/forecast.ts";
import { roundTo } from "../shared/predict/decimal.ts";
import { table } from "./terminal.ts";

/** Formats a batch as a table: for each series the last value, the prediction and its interval or label. */
export function allTable(forecast: Forecast, answer: BatchAnswer): string {
  const { dimensions, output, labels } = forecast;
  const predictions = answer.predictions.filter((one): one is Prediction => "series" in one);
  const rows = predictions.map((one) => [
    ...dimensions.map((name) => one.series[name] ?? ""),
    one.last === null ? "–" : valueOrLabel(forecast, one.last.value),
    labels ? chance(one[output]) : number(one[output]),
    labels ? (one.label ?? "–") : interval(forecast, one.interval80),
  ]);
  const right = labels ? [dimensions.length + 1] : [dimensions.length, dimensions.length + 1];
  return table([...dimensions, "last", output, labels ? "label" : "80 %"], rows, { right });
}

/** Formats the steps of a path as a table: the prediction with its interval, or the probability, and what serves the step. */
export function pathTable(forecast: Forecast, path: readonly PathStep[]): string {
  const { output, labels } = forecast;
  const rows = path.map((one) => [
    one.step,
    one.target_period,
    labels ? chance(one[output]) : number(one[output]),
    ...(labels ? [] : [interval(forecast, one.interval80)]),
    one.served_by,
  ]);
  const header = ["step", "period", output, ...(labels ? [] : ["80 %"]), "served by"];
  return table(header, rows, { right: [0, 2] });
}

/** Returns one answer as pairs of name and text. */
export function answerRows(forecast: Forecast, answer: SingleAnswer): (readonly [string, string])[] {
  const { last } = answer;
  const lastText = last === null ? null : `${valueOrLabel(forecast, last.value)} on ${last.period}`;
  const series = Object.entries(answer.series);
  if (forecast.labels) return [...series, ...classRows(forecast, answer, forecast.labels), ["last", lastText ?? "–"]];
  const group: [string, string][] =
    answer.series_count === undefined ? [] : [["mean of", `${answer.series_count} series`]];
  return [...series, ...group, ...valueRows(forecast, answer), ["last", lastText ?? number(answer.naive)]];
}

function classRows({ output }: Forecast, answer: Prediction, { event }: Labels): (readonly [string, string])[] {
  return [
    ["label", answer.label ?? "–"],
    [output, `${chance(answer[output])} of ${event}`],
    ["threshold", number(answer.threshold)],
    ["baseline", chance(answer.naive)],
  ];
}

function valueRows(forecast: Forecast, answer: Prediction): (readonly [string, string])[] {
  const { differenceOutput, output } = forecast;
  const { expected, probabilities, above } = answer;
  const rows: [string, string][] = [[output, `${number(answer[output])} ${answer.unit}`]];
  if (expected !== undefined) rows.push(["expected", rounded(forecast, expected)]);
  if (differenceOutput !== undefined) rows.push([differenceOutput, number(answer[differenceOutput])]);
  return [
    ...rows,
    ["80 % interval", interval(forecast, answer.interval80)],
    ["95 % interval", interval(forecast, answer.interval95)],
    ...(probabilities ? [["down, same, up", directions(probabilities)] as const] : []),
    ...(above ? [[`above ${above.value}`, chance(above.probability)] as const] : []),
  ];
}

function directions({ down, same, up }: NonNullable<Prediction["probabilities"]>): string {
  return [down, same, up].map(chance).join(", ");
}

/** Formats a prediction in one line: the value with its 80 % interval, or the label with its probability. */
export function predictionText(forecast: Forecast, answer: Prediction): string {
  const { output, labels, target } = forecast;
  const value = answer[output];
  if (typeof value !== "number") return "–";
  if (labels) return `${answer.label ?? "–"}, probability of ${labels.event} ${value.toFixed(2)}`;
  return `${roundTo(value, target.decimals + 1)} ${answer.unit}, 80 %: ${interval(forecast, answer.interval80)}`;
}

/** Formats a state of a classification as its label. */
function valueOrLabel({ labels }: Forecast, value: number): string {
  if (!labels) return String(value);
  return value > 0.5 ? labels.event : labels.otherwise;
}

/** Formats a probability with the digits that distinguish the smallest one of a distribution, 0.0001. */
function chance(value: unknown): string {
  return typeof value === "number" ? value.toFixed(4) : "–";
}

/** Formats a value with one decimal more than published values have. */
function rounded({ target }: Forecast, value: number | null): string {
  return value === null ? "–" : String(roundTo(value, target.decimals + 1));
}

function number(value: unknown): string {
  return typeof value === "number" ? String(value) : "–";
}

/** Formats an interval with one decimal more than published values have. */
function interval({ target }: Forecast, ends: readonly [number, number] | null | undefined): string {
  const texts = ends?.map((end) => String(roundTo(end, target.decimals + 1)));
  return texts?.join(" to ") ?? "not available";
}
