/**
 * Predicts and reports 2,000 customers from their history, as the step `predict` of the flow `report` does, in a process of its own
 * whose heap is limited. Prints the number of predictions, and the bytes of both files.
 */
import { buildHistory } from "../../shared/api/history.ts";
import { factsOfForecast } from "../../shared/db/history.ts";
import { granularityOfFeed } from "../../shared/feeds/index.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { jsonPieces } from "../../shared/lib/json-pieces.ts";
import { encodePieces } from "../../shared/lib/utf8.ts";
import { explainerOf } from "../../shared/predict/load-model.ts";
import { computeReport } from "../../shared/reports/compute-report.ts";
import { predictOrigin } from "../../shared/reports/predict-origin.ts";
import { forecastPanel } from "../../shared/sources/facts.ts";
import { historyNeeds } from "../../shared/sources/history-needs.ts";
import { predictionParts } from "../../shared/track-record/publish-snapshot.ts";
import { writePredictionParts } from "../../shared/track-record/published-prediction.ts";
import { eventDatabase } from "./event-database.ts";
import { eventModel } from "./served-events.ts";
import { loadSnapshot } from "./snapshot.ts";

const db = await eventDatabase();
const needs = historyNeeds(customers, []);
const history = buildHistory(needs, await factsOfForecast(db, needs, granularityOfFeed));
const { model: bytes, card } = eventModel();
const snapshot = loadSnapshot({ forecast: customers, model: bytes, card, history });
const explainer = explainerOf(bytes, snapshot.model.card);
const answered = await predictOrigin(snapshot, explainer.ok ? explainer.value.explain : null);
if (!answered.ok) throw new Error(answered.error);
const { answer, evaluated, sets } = answered.value;
const madeAt = "2026-12-01T08:00:00.000Z";
const parts = await predictionParts({ snapshot, evaluated, baseline: snapshot, publishedAt: madeAt });
if (!parts.ok) throw new Error(parts.error.reason);
const parquetBytes = writePredictionParts(customers, parts.value).length;
const panel = forecastPanel(customers, await factsOfForecast(db, customers, granularityOfFeed));
const model = computeReport({ forecast: customers, panel, answer, sets, card: null, feeds: [], revision: 1, madeAt });
const jsonBytes = encodePieces(jsonPieces(model, "\n")).length;
console.log(JSON.stringify({ predictions: answer.predictions.length, parquetBytes, jsonBytes }));
