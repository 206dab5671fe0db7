/** `almanac start`: runs the whole platform on this machine, with data from a simulated publisher. */
import { writeSync } from "node:fs";
import type { FeedAnswer } from "../../shared/api/feeds.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { withDiskReason } from "../disk.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { examplesOf } from "../local/examples.ts";
import { fetchDay, type Publication, publicationDaysUntil } from "../local/fetch-day.ts";
import { type Platform, startPlatform } from "../local/platform.ts";
import { withReport } from "../local/publish-report.ts";
import { claimState, defaultState, openState, releaseState } from "../local/state.ts";
import { servedForecast, summaryText } from "../local/summary.ts";
import { hasSimulatedUploads, uploadSimulated } from "../local/upload-simulated.ts";
import { type Task, taskList } from "../task-list.ts";
import { print, printError, printJson, prose, reasons, table, thousands } from "../terminal.ts";
import { type ReadTrainingOptions, readTrainingOptions } from "../training/options.ts";
import type { Trained } from "../training/train.ts";
import { firstTrainingTask } from "./first-training.ts";
import { printTrained, summaryOf } from "./train.ts";

export interface StartOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly port: string;
  readonly state?: string;
  readonly date?: string;
  readonly only?: string;
  /** True without a port, which lets the system choose one. */
  readonly inspect?: string | true;
  /** Trials of each candidate in the first training; few, so that a start takes about a minute. */
  readonly trials: string;
}

/** The forecasts to start and their feeds. */
interface Scope {
  readonly forecasts: readonly Forecast[];
  readonly feeds: readonly Feed[];
}

/** Returns all forecasts and feeds, or the named forecasts and the feeds that they read. */
export function scopeOf(only: string | undefined): Scope {
  if (only === undefined) return { forecasts, feeds };
  const ids = [...new Set(only.split(",").map((id) => id.trim()))];
  const chosen = ids.map(knownForecast);
  return {
    forecasts: chosen,
    feeds: feeds.filter(({ id }) => chosen.some((forecast) => feedIdsOf(forecast).includes(id))),
  };
}

interface Progress {
  platform?: Platform;
  /** Forecasts that could not be trained, or whose declaration does not fit the data, with the reason. */
  readonly failed: { readonly forecast: string; readonly reason: string }[];
  /** Forecasts that predict cannot answer, with the reason. */
  readonly unanswered: { readonly forecast: string; readonly reason: string }[];
  readonly trained: { readonly forecast: Forecast; readonly trained: Trained }[];
  readonly publications: Publication[];
}

/** Returns whether every forecast was started. */
const isComplete = ({ failed, unanswered }: Progress) => failed.length + unanswered.length === 0;

/** Returns the platform of a start. @throws Failure before it runs. */
function running({ platform }: Progress): Platform {
  if (!platform) throw new Failure("The platform did not start.");
  return platform;
}

export async function start(options: StartOptions): Promise<void> {
  const date = options.date ?? new Date().toISOString().slice(0, 10);
  if (!isIsoDay(date)) throw new Failure(`--date ${date} is not a day. Expected YYYY-MM-DD.`);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure(`--port ${options.port} is not a port. Expected 0 to 65535.`);
  const scope = scopeOf(options.only);
  const first = readTrainingOptions({ trials: options.trials });
  const inspectorPort = readInspectorPort(options.inspect);
  // Other users of this machine must not read the state: it contains the token.
  process.umask(0o077);
  const state = openState(options.state ?? defaultState);
  claimState(state);

  const progress: Progress = { publications: [], trained: [], failed: [], unanswered: [] };
  const stop = async () => {
    await progress.platform?.stop();
    releaseState(state);
  };
  const interrupted = onInterrupt(stop);
  try {
    await bringUp(progress, { state, port, date, scope, first, inspectorPort, json: options.json === true });
    const platform = running(progress);
    await report(platform, progress, { ...options, state, date, scope });
    if (options.once) {
      if (!isComplete(progress)) process.exitCode = 1;
      return;
    }
    if (!options.json) print("Ctrl-C stops everything.");
    await platform.ended;
    throw new Failure(`The Workers ended unexpectedly. See ${state}/workers.log, then start again.`);
  } catch (error) {
    // An interruption makes running steps fail; this is not an error.
    if (!interrupted.aborted) throw withDiskReason(state, error);
  } finally {
    await stop();
  }
}

/** Returns the port of the debugger: null without `--inspect`, 0 for `--inspect` without a port. */
function readInspectorPort(inspect: StartOptions["inspect"]): number | null {
  if (inspect === undefined) return null;
  const port = inspect === true ? 0 : Number(inspect);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Failure(`--inspect ${inspect} is not a port. Expected 0 to 65535.`);
}

interface BringUp {
  readonly state: string;
  readonly port: number;
  readonly inspectorPort: number | null;
  readonly date: string;
  readonly scope: Scope;
  /** Options of the first training. */
  readonly first: ReadTrainingOptions;
  readonly json: boolean;
}

async function bringUp(
  progress: Progress,
  { state, port, date, scope, first, inspectorPort, json }: BringUp,
): Promise<void> {
  const tasks = taskList(
    [
      {
        title: "Start the Workers, the database and the simulated publisher",
        run: async (task) => {
          progress.platform = await startPlatform(
            { state, port, date, feeds: scope.feeds, inspectorPort, now: () => new Date() },
            (text) => {
              task.output = text;
            },
          );
          task.title = `Workers, database and simulated publisher run at ${progress.platform.hub.url}`;
        },
      },
      {
        title: "Resume unfinished flows",
        run: async (task) => {
          const { ended, running } = (await progress.platform?.recover()) ?? { ended: 0, running: 0 };
          const finished = `Finished ${ended} ${ended === 1 ? "flow" : "flows"} of an earlier start`;
          task.title = ended + running === 0 ? "No unfinished flows" : finished;
          if (running > 0) task.title += `; ${running} still running, see ${progress.platform?.hub.url}/flows`;
        },
      },
      {
        title: "Fetch publications",
        run: async (task) => {
          const { platform } = progress;
          if (!platform) return;
          const days = publicationDaysUntil(platform, date);
          for (const day of days) {
            const publications = await fetchDay(platform, day, (step) => {
              task.output = `${day}: ${step}`;
            });
            progress.publications.push(...publications);
          }
          const failed = progress.publications.find(({ flow }) => flow?.state !== "done");
          if (failed)
            throw new Failure(`${failed.name}: ${failed.flow?.reason ?? failed.reason ?? "the ingest failed"}`);
          const { length } = progress.publications;
          const fetched = platform.feeds.length;
          if (fetched === 0) {
            const missing = scope.feeds.filter((feed) => !hasSimulatedUploads(feed)).map(({ id }) => id);
            const reason = missing.length === 0 ? "" : `: there is no simulated publisher for ${missing.join(", ")}`;
            task.title = `Fetched nothing${reason}`;
            return;
          }
          const from = fetched === 1 ? "" : ` of ${fetched} feeds`;
          task.title = `Fetched ${length} publications${from}, ${days[0]} to ${days.at(-1)}`;
        },
      },
      ...(scope.feeds.some(hasSimulatedUploads) ? [uploadTask(progress, { scope, date })] : []),
      ...scope.forecasts.map((forecast) => {
        const hub = () => running(progress).hub;
        const training = firstTrainingTask({
          forecast,
          first,
          day: date,
          hub,
          onTrained: (trained) => progress.trained.push({ forecast, trained }),
          onFailed: (reason) => progress.failed.push({ forecast: forecast.id, reason }),
          onUnanswered: (reason) => progress.unanswered.push({ forecast: forecast.id, reason }),
        });
        return withReport(training, { forecast: forecast.id, hub });
      }),
    ],
    { isJson: json },
  );
  await tasks.run();
}

/** Uploads the synthetic files of the feeds that are not fetched. */
function uploadTask(progress: Progress, { scope, date }: Pick<BringUp, "scope" | "date">): Task {
  return {
    title: "Upload synthetic files",
    run: async (task) => {
      const { hub, settings } = running(progress);
      const { seed, firstDays = {} } = settings;
      const uploaded = await uploadSimulated(hub, { feeds: scope.feeds, seed, date, firstDays }, (name) => {
        task.output = name;
      });
      const failed = uploaded.find(({ flow }) => flow?.state !== "done");
      if (failed) throw new Failure(`${failed.name}: ${failed.flow?.reason ?? "the ingest failed"}`);
      task.title = `Uploaded ${uploaded.length} synthetic files`;
    },
  };
}

const showCursor = "\u001b[?25h";

/**
 * Ends this process at Ctrl-C or SIGTERM after everything has stopped; at the second signal immediately. The returned
 * signal is aborted before anything stops.
 */
function onInterrupt(stop: () => Promise<unknown>): AbortSignal {
  const interruption = new AbortController();
  const end = (code: number) => async () => {
    if (interruption.signal.aborted) process.exit(code);
    interruption.abort();
    await stop();
    // The task list hides the cursor while it draws and captures writes to `process.stdout`.
    if (process.stdout.isTTY) writeSync(process.stdout.fd, `${showCursor}\n`);
    process.exit(code);
  };
  // Not `once`: without a listener, the task list's signal-exit kills the process before anything has stopped.
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  return interruption.signal;
}

interface Report {
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly state: string;
  readonly date: string;
  readonly scope: Scope;
}

async function report(platform: Platform, progress: Progress, options: Report): Promise<void> {
  if (options.json) return printJson(await jsonReport(platform, progress, options));
  if (options.verbose) await printDetails(platform, progress, options);
  const { hub } = platform;
  const served = await Promise.all(options.scope.forecasts.map((forecast) => servedForecast(hub, forecast)));
  print(`\n${summaryText(served, hub.url)}`);
  // The task list does not print why an optional task failed.
  for (const { reason } of progress.failed) printError(prose(reason));
}

async function jsonReport(platform: Platform, progress: Progress, { state, date, scope }: Report): Promise<object> {
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
  { state, scope }: Report,
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
async function printExamples({ hub }: Platform, { state, scope }: Pick<Report, "state" | "scope">): Promise<void> {
  const examples = await Promise.all(scope.forecasts.map(({ id }) => examplesOf(hub, { forecast: id, state })));
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
