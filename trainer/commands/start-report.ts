/** What `almanac start` prints when the platform runs. */
import type { FeedAnswer } from "../../shared/api/feeds.ts";
import type { Hub } from "../hub.ts";
import { exampleRequests } from "../local/examples.ts";
import type { Platform } from "../local/platform.ts";
import { servedForecast, summaryText } from "../local/summary.ts";
import { print, printError, printJson, prose, reasons, table, thousands } from "../terminal.ts";
import { isComplete, type Progress } from "./start-progress.ts";
import type { Scope } from "./start-scope.ts";
import { printTrained, summaryOf } from "./train.ts";

export interface StartReport {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly once?: boolean;
  readonly state: string;
  readonly date: string;
  readonly scope: Scope;
}

/** Prints the summary, with `--verbose` also the data and examples, with `--json` one object instead. */
export async function printStart(platform: Platform, progress: Progress, options: StartReport): Promise<void> {
  if (options.json) return printJson(await jsonReport(platform, progress, options));
  if (options.verbose) await printDetails(platform, progress, options);
  const { hub } = platform;
  const served = await Promise.all(options.scope.forecasts.map((forecast) => servedForecast(hub, forecast)));
  print(`\n${summaryText(served, { url: hub.url, state: options.state, isStopping: options.once === true })}`);
  // The task list does not print why an optional task failed.
  for (const { reason } of progress.failed) printError(prose(reason));
}

async function jsonReport(
  platform: Platform,
  progress: Progress,
  { state, date, scope }: StartReport,
): Promise<object> {
  const { publications, trained, failed, unanswered } = progress;
  const feedAnswers = await feedsIn(scope, platform.hub);
  const problems = Object.fromEntries(
    await Promise.all(feedAnswers.map(async ({ id }) => [id, await problemsOf(platform.hub, id)])),
  );
  return {
    ok: isComplete(progress),
    failed,
    unanswered,
    url: platform.hub.url,
    date,
    state,
    publications: publications.map(({ feed, name, day, flow }) => ({
      feed,
      name,
      day,
      flow: flow?.id,
      state: flow?.state,
      stats: flow?.stats,
    })),
    feeds: feedAnswers,
    problems,
    trained: trained.map(({ forecast, trained: result }) => summaryOf(forecast, result)),
  };
}

/** Prints the ingested publications, where the data is stored, the leaderboards and example requests. */
async function printDetails(
  platform: Platform,
  { publications, trained }: Progress,
  { state, scope }: StartReport,
): Promise<void> {
  const rows = publications.map(({ name, flow }) => [
    name,
    thousands(flow?.stats?.observations),
    thousands(flow?.stats?.observationsWritten),
    thousands(flow?.stats?.filesWritten),
    reasons(flow?.stats?.problemsByReason),
  ]);
  const header = ["publication", "observations", "new", "files", "rejected"];
  if (rows.length > 0) print(`\n${table(header, rows, { right: [1, 2, 3] })}\n`);
  for (const feed of await feedsIn(scope, platform.hub)) print(feedPlaces(feed, platform.hub.url));
  print(`\n${platformPlaces(platform.hub.url, state)}`);
  for (const { forecast, trained: result } of trained) printTrained(forecast, result);
  await printExamples(platform, { state, scope });
}

async function feedsIn(scope: Scope, { api }: Hub): Promise<FeedAnswer[]> {
  const answer = await api.listFeeds();
  return answer.feeds.filter(({ id }) => scope.feeds.some((feed) => feed.id === id));
}

/** Returns the number of rejected values by reason. */
async function problemsOf({ api }: Hub, feed: string): Promise<Readonly<Record<string, number>>> {
  return (await api.listFeedProblems({ feed, query: { limit: 1 } })).byReason;
}

/** Prints commands that work while the platform runs, with their answers. */
async function printExamples({ hub }: Platform, { state, scope }: Pick<StartReport, "state" | "scope">): Promise<void> {
  const examples = await Promise.all(scope.forecasts.map(({ id }) => exampleRequests(hub, { forecast: id, state })));
  if (examples.flat().length === 0) return;
  print("\nExample requests: by field names, MLflow, and Open Inference Protocol v2");
  for (const { command, answer } of examples.flat()) print(`\n$ ${command}\n${answer}`);
}

/** Formats where the data of a feed is stored. */
function feedPlaces(feed: FeedAnswer, url: string): string {
  const rows = [
    ["raw files", `R2 raw/${feed.id}/`, "unchanged"],
    [
      "lake",
      `R2 clean/${feed.id}/`,
      `${thousands(feed.partitions)} Parquet files; npm run almanac -- lake ${feed.id} --out lake`,
    ],
    [
      "observations",
      "D1 observations",
      `${thousands(feed.observations)}, ${feed.firstPeriod} to ${feed.lastPeriod}; ${url}/feeds/${feed.id}/observations`,
    ],
    ["problems", "D1 problems", `${url}/feeds/${feed.id}/problems`],
  ];
  return `${feed.title} (${feed.id})\n${table(["", "", ""], rows)}`;
}

function platformPlaces(url: string, state: string): string {
  const rows = [
    ["flows", "D1 flow_runs", `${url}/flows`],
    ["history", "KV history:<forecast>", "the input of predictions"],
    ["state folder", state, "delete it to start from the beginning"],
  ];
  return table(["", "", ""], rows);
}
