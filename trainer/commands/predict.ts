/** `almanac predict FORECAST [name=value …]`: asks the running service, about one instance or all series. */
import { type BatchAnswer, batchAnswerShape, type SingleAnswer } from "../../shared/api/predict.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { predictionsCsv } from "../../shared/reports/predictions-csv.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import { ApiRefusal, type Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { allTable, answerRows } from "../predictions-table.ts";
import { prose, table } from "../terminal.ts";

export interface PredictOptions {
  readonly url?: string;
  readonly state?: string;
  readonly all?: boolean;
  readonly csv?: boolean;
  readonly json?: boolean;
  readonly explain?: boolean;
}

export async function predict(forecastId: string, fields: readonly string[], options: PredictOptions): Promise<void> {
  const forecast = knownForecast(forecastId);
  if (options.csv && options.json) throw new Failure("Choose one of --csv and --json.");
  if (options.explain && (options.csv || (options.all && !options.json)))
    throw new Failure("Tables have no place for what each feature contributes: add --json, or leave out --explain.");
  if (options.all && fields.length > 0)
    throw new Failure(`--all asks for every series: leave out ${fields.join(" ")}.`);
  const hub = connect(options);
  if (options.all) {
    const answer = await askAll(hub, forecast, options);
    if (options.json) return console.log(JSON.stringify(answer));
    if (options.csv) return void process.stdout.write(predictionsCsv(forecast, answer));
    return printAll(forecast, answer);
  }
  const answer = await askOne(hub, forecast, { fields, options });
  if (options.json) return console.log(JSON.stringify(answer));
  if (options.csv) return void process.stdout.write(predictionsCsv(forecast, { ...answer, predictions: [answer] }));
  printOne(forecast, answer);
}

interface Question {
  readonly fields: readonly string[];
  readonly options: PredictOptions;
}

async function askOne(hub: Hub, { id }: Forecast, { fields, options }: Question): Promise<SingleAnswer> {
  const query: Record<string, string> = {};
  for (const field of fields) {
    const at = field.indexOf("=");
    if (at < 1) throw new Failure(`${field} is no field: expected name=value, as in Date=2023-10-01.`);
    const name = field.slice(0, at);
    if (Object.hasOwn(query, name)) throw new Failure(`${name} is given twice: leave out one of them.`);
    query[name] = field.slice(at + 1);
  }
  if (options.explain) query.explain = "true";
  return withTokenAdvice(hub, hub.api.askPrediction({ forecast: id, query }));
}

/** @throws Failure that says where the command takes the token from, where the service wants one. */
async function withTokenAdvice<Value>({ url }: Hub, call: Promise<Value>): Promise<Value> {
  try {
    return await call;
  } catch (error) {
    const isTokenNeeded =
      error instanceof ApiRefusal && error.failure.kind === "refused" && error.failure.status === 401;
    if (!isTokenNeeded) throw error;
    throw new Failure(
      process.env.PREDICT_TOKEN
        ? `${url} needs a token, and that of PREDICT_TOKEN is not the one. Ask the person who runs it.`
        : `${url} needs a token. Set PREDICT_TOKEN to the token of the service.`,
    );
  }
}

/** A model may be replaced between two pieces: then the command starts again, because one answer comes from one model. */
const attemptsMax = 3;

async function askAll(hub: Hub, { id }: Forecast, options: PredictOptions): Promise<BatchAnswer> {
  const query = options.explain ? { explain: "true" as const } : {};
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const pieces: BatchAnswer[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const body = { all: true as const, from };
      const answer = await withTokenAdvice(hub, hub.api.predict({ forecast: id, query, body }));
      const piece: BatchAnswer = batchAnswerShape.parse(answer);
      pieces.push(piece);
      from = piece.next_from ?? null;
    }
    const [first] = pieces;
    const isOne = pieces.every(({ model, data_as_of }) => {
      return model.version === first?.model.version && data_as_of === first.data_as_of;
    });
    if (first && isOne)
      return { ...first, predictions: pieces.flatMap(({ predictions }) => predictions), next_from: null };
  }
  throw new Failure(`${id} changed its model or its data every time while it was asked; try again.`);
}

function printAll(forecast: Forecast, answer: BatchAnswer): void {
  console.log(`${headline(forecast, answer)}\n\n${allTable(forecast, answer)}`);
}

function printOne(forecast: Forecast, answer: SingleAnswer): void {
  console.log(`${headline(forecast, answer)}\n\n${table(["", ""], answerRows(forecast, answer))}`);
  const { interval_note, explanation, hypothetical } = answer;
  if (interval_note) console.log(`\n${prose(interval_note)}`);
  if (hypothetical)
    console.log(`\n${prose("A hypothesis: it is computed from what was given, not from the history as it stands.")}`);
  if (!explanation) return;
  const parts = Object.entries(explanation.contributions)
    .filter(([, value]) => value !== 0)
    .sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  console.log(`\n${table(["why", ""], [["base", explanation.base], ...parts], { right: [1] })}`);
}

function headline(
  { title }: Forecast,
  { target_period, model, stale }: Pick<BatchAnswer, "target_period" | "model" | "stale">,
): string {
  return prose(
    `${title}, ${target_period}, by ${model.name} (${model.version})${stale ? "; there may be something newer" : ""}`,
  );
}
