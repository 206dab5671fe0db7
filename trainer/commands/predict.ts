/** `almanac predict FORECAST [name=value …]`: requests predictions for one instance or for all series. */
import { type BatchAnswer, batchAnswerShape, type FeatureValues, type SingleAnswer } from "../../shared/api/predict.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { personalNames } from "../../shared/forecasts/personal.ts";
import { predictionsCsv } from "../../shared/reports/predictions-csv.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { ApiRefusal, type Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { allTable, answerRows, pathTable } from "../predictions-table.ts";
import { print, printCsv, printJson, prose, table } from "../terminal.ts";

export interface PredictOptions {
  readonly url?: string;
  readonly state?: string;
  readonly all?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly features?: boolean;
  readonly quantiles?: boolean;
}

export async function predict(forecastId: string, fields: readonly string[], options: PredictOptions): Promise<void> {
  const forecast = knownForecast(forecastId);
  if (options.csv && options.json) throw new Failure("Choose one of --csv and --json.");
  if (options.explain && (options.csv || (options.all && !options.json)))
    throw new Failure("Tables cannot show explanations. Add --json, or remove --explain.");
  if (options.features && options.all && !options.json)
    throw new Failure("The table of all series cannot show features. Add --json, or remove --features.");
  const path = fields.find((field) => /^(steps|until)=/.test(field));
  if (options.csv && path !== undefined)
    throw new Failure(
      `The CSV of a forecast has the next period only. Replace --csv with --json, or remove ${path}. The forecast.csv of a report has every step.`,
    );
  if (options.all && fields.length > 0) throw new Failure(`--all predicts every series. Remove ${fields.join(" ")}.`);
  if (options.quantiles && !options.csv)
    throw new Failure(
      "--quantiles adds columns to CSV; --json has the quantiles always. Add --csv, or remove --quantiles.",
    );
  const hub = connect(options);
  const csvOptions = { withDistribution: options.quantiles === true };
  if (options.all) {
    const answer = await askAll(hub, forecast, options);
    if (options.json) return printJson(answer);
    if (options.csv) return printCsv(predictionsCsv(forecast, answer, csvOptions));
    return printAll(forecast, answer);
  }
  const answer = await askOne(hub, forecast, { fields, options });
  if (options.json) return printJson(answer);
  if (options.csv) return printCsv(predictionsCsv(forecast, { ...answer, predictions: [answer] }, csvOptions));
  printOne(forecast, answer, options);
}

interface Question {
  readonly fields: readonly string[];
  readonly options: PredictOptions;
}

async function askOne(hub: Hub, forecast: Forecast, { fields, options }: Question): Promise<SingleAnswer> {
  const query: Record<string, string> = {};
  for (const field of fields) {
    const at = field.indexOf("=");
    if (at < 1) throw new Failure(`${field} is not a field. Expected name=value, such as Date=2023-10-01.`);
    const name = field.slice(0, at);
    if (Object.hasOwn(query, name)) throw new Failure(`The field ${name} is given twice. Remove one of them.`);
    query[name] = field.slice(at + 1);
  }
  if (options.explain) query.explain = "true";
  if (needsFeatures(forecast, options)) query.features = "true";
  return withTokenAdvice(hub, forecast.id, hub.api.askPrediction({ forecast: forecast.id, query }));
}

/** Whether the request must include features: on request, or for columns of the CSV. */
function needsFeatures({ csv = [] }: Forecast, options: PredictOptions): boolean {
  return options.features === true || (options.csv === true && csv.some(({ is }) => is.kind === "feature"));
}

/** Explains a 401: the command reads the token from PREDICT_TOKEN, that of a personal forecast from PERSONAL_TOKEN. */
async function withTokenAdvice<Value>({ url }: Hub, forecast: string, call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    const isTokenNeeded =
      error instanceof ApiRefusal && error.failure.kind === "refused" && error.failure.status === 401;
    if (!isTokenNeeded) throw error;
    if (personalNames.has(forecast)) {
      throw new Failure(
        `${forecast} is about persons, so ${url} requires the PERSONAL_TOKEN of that service. Set PERSONAL_TOKEN to it.`,
      );
    }
    throw new Failure(
      process.env.PREDICT_TOKEN
        ? `${url} rejected the token in PREDICT_TOKEN. Ask the operator of the service for a valid token.`
        : `${url} requires a token. Set PREDICT_TOKEN to the token of the service.`,
    );
  }
}

/** All pieces must come from one model and one snapshot. If either changes between two pieces, the command starts again. */
const attemptsMax = 3;

/** Requests predictions of every series. All come from one model and one snapshot. @throws Failure if these change all the time. */
export async function askAll(hub: Hub, forecast: Forecast, options: PredictOptions): Promise<BatchAnswer> {
  const { id } = forecast;
  const query = {
    ...(options.explain && { explain: "true" as const }),
    ...(needsFeatures(forecast, options) && { features: "true" as const }),
  };
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const pieces: BatchAnswer[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const body = { all: true as const, from };
      const answer = await withTokenAdvice(hub, id, hub.api.predict({ forecast: id, query, body }));
      const piece: BatchAnswer = batchAnswerShape.parse(answer);
      pieces.push(piece);
      from = piece.next_from ?? null;
    }
    const [first] = pieces;
    const isConsistent = pieces.every(({ model, data_as_of }) => {
      return model.version === first?.model.version && data_as_of === first.data_as_of;
    });
    if (first && isConsistent)
      return { ...first, predictions: pieces.flatMap(({ predictions }) => predictions), next_from: null };
  }
  throw new Failure(`The model or the data of ${id} changed during each of ${attemptsMax} attempts. Try again.`);
}

function printAll(forecast: Forecast, answer: BatchAnswer): void {
  print(`${headline(forecast, { ...answer, served_by: undefined })}\n\n${allTable(forecast, answer)}`);
}

function printOne(forecast: Forecast, answer: SingleAnswer, options: PredictOptions): void {
  print(`${headline(forecast, answer)}\n\n${table(["", ""], answerRows(forecast, answer))}`);
  const { interval_note, explanation, features, hypothetical, path } = answer;
  if (path) print(`\n${pathTable(forecast, path)}`);
  if (interval_note) print(`\n${prose(interval_note)}`);
  if (hypothetical) print(`\n${prose("Hypothetical: computed from the given values, not from the stored history.")}`);
  if (options.features && features) print(`\n${table(["feature", "value"], featureRows(features), { right: [1] })}`);
  if (!explanation) return;
  const parts = Object.entries(explanation.contributions)
    .filter(([, value]) => value !== 0)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  print(
    `\n${table(
      ["contribution", ""],
      [["base", explanation.base] as const, ...parts].map(([name, value]) => [name, value.toFixed(4)]),
      { right: [1] },
    )}`,
  );
}

function featureRows(features: FeatureValues): [string, string | number][] {
  return Object.entries(features).map(([name, value]) => [name, value ?? "–"]);
}

/** Names what serves the answer: for a group a baseline instead of the model. */
function headline(
  { title }: Forecast,
  {
    target_period,
    model,
    stale,
    stale_reason,
    served_by,
  }: Pick<SingleAnswer, "target_period" | "model" | "stale" | "stale_reason" | "served_by">,
): string {
  const line = prose(`${title}, ${target_period}, by ${served_by ?? model.name} (${model.version})`);
  if (!stale) return line;
  return `${line}\n${prose(`Stale. ${stale_reason ?? "Newer data or a newer model may exist."}`)}`;
}
