/**
 * Builds the history of the customers of a shop, as an ingest does, in a process of its own whose heap is limited. Prints the number
 * of customers and the size of the history in MB.
 */
import { buildHistory, historyText } from "../../shared/api/history.ts";
import { factsOfForecast } from "../../shared/db/history.ts";
import { granularityOfFeed } from "../../shared/feeds/index.ts";
import { customers } from "../../shared/forecasts/customers.ts";
import { historyNeeds } from "../../shared/sources/history-needs.ts";
import { eventDatabase } from "./event-database.ts";

const db = await eventDatabase();
const needs = historyNeeds(customers, []);
const history = buildHistory(needs, await factsOfForecast(db, needs, granularityOfFeed));
const text = historyText(history, 1);
console.log(JSON.stringify({ series: history.series.length, mb: text.length / 1e6 }));
