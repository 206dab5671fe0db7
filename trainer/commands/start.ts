/** `almanac start`: the whole platform on this machine, fed by a publisher that is simulated. */
import { writeSync } from "node:fs";
import { Listr } from "listr2";
import type { FeedAnswer } from "../../shared/api/feeds.ts";
import type { Feed } from "../../shared/feeds/feed.ts";
import { feeds } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { isIsoDay } from "../../shared/lib/calendar.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { examplesOf } from "../local/examples.ts";
import { fetchDay, type Publication, publicationDaysUntil } from "../local/fetch-day.ts";
import { type Platform, startPlatform } from "../local/platform.ts";
import { claimState, defaultState, openState, releaseState } from "../local/state.ts";
import { taskListOptions } from "../task-list.ts";
import { reasons, table, thousands } from "../terminal.ts";
import type { Trained } from "../training/train.ts";
import { printTrained, summaryOf, trainingTask } from "./train.ts";

export interface StartOptions {
  readonly once?: boolean;
  readonly json?: boolean;
  readonly port: string;
  readonly state?: string;
  readonly date?: string;
  readonly only?: string;
}

/** What is started: forecasts, and the feeds that are fetched for them. */
interface Scope {
  readonly forecasts: readonly Forecast[];
  readonly feeds: readonly Feed[];
}

/** Everything, or the forecasts that are named and the feeds they are made of. */
export function scopeOf(only: string | undefined): Scope {
  if (only === undefined) return { forecasts, feeds };
  const ids = [...new Set(only.split(",").map((id) => id.trim()))];
  const chosen = ids.map(knownForecast);
  return {
    forecasts: chosen,
    feeds: feeds.filter(({ id }) => chosen.some((forecast) => feedIdsOf(forecast).includes(id))),
  };
}

/** The first training is a short one, so that a start takes no longer than a coffee is poured; `almanac train` takes its time. */
const quick = { seed: 1, trialsMax: 2, budgetSeconds: null, threads: null };
/** … and refits everyone at fewer origins. */
const quickFolds = 2;

interface Progress {
  platform?: Platform;
  readonly trained: { readonly forecast: Forecast; readonly trained: Trained }[];
  readonly publications: Publication[];
}

export async function start(options: StartOptions): Promise<void> {
  const date = options.date ?? new Date().toISOString().slice(0, 10);
  if (!isIsoDay(date)) throw new Failure(`--date ${date} is not a day; write it as YYYY-MM-DD.`);
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Failure(`--port ${options.port} is not a port; expected 0 to 65535.`);
  const scope = scopeOf(options.only);
  const state = openState(options.state ?? defaultState);
  claimState(state);

  const progress: Progress = { publications: [], trained: [] };
  const stop = async () => {
    await progress.platform?.stop();
    releaseState(state);
  };
  const interrupted = onInterrupt(stop);
  try {
    await bringUp(progress, { state, port, date, scope, json: options.json === true });
    const { platform } = progress;
    if (!platform) throw new Failure("The platform did not start.");
    await report(platform, progress, { ...options, state, date, scope });
    if (options.once) return;
    if (!options.json) console.log("\nCtrl-C stops everything.");
    await platform.ended;
    throw new Failure(`The Workers have ended by themselves; ${state}/workers.log may say why. Start again to go on.`);
  } catch (error) {
    // What an interruption has cut off is no failure.
    if (!interrupted.aborted) throw error;
  } finally {
    await stop();
  }
}

interface BringUp {
  readonly state: string;
  readonly port: number;
  readonly date: string;
  readonly scope: Scope;
  readonly json: boolean;
}

async function bringUp(progress: Progress, { state, port, date, scope, json }: BringUp): Promise<void> {
  const tasks = new Listr<unknown, "default" | "silent", "simple">(
    [
      {
        title: "Start the Workers, the database and the simulated publisher",
        task: async (_, task) => {
          progress.platform = await startPlatform({ state, port, date, feeds: scope.feeds }, (text) => {
            task.output = text;
          });
          task.title = `Workers, database and simulated publisher are up at ${progress.platform.hub.url}`;
        },
      },
      {
        title: "Finish what an earlier run left unfinished",
        task: async (_, task) => {
          const revived = (await progress.platform?.recover()) ?? 0;
          task.title =
            revived === 0
              ? "Nothing was left unfinished"
              : `Finished ${revived} ${revived === 1 ? "flow" : "flows"} of an earlier run`;
        },
      },
      {
        title: "Fetch publications",
        task: async (_, task) => {
          const { platform } = progress;
          if (!platform) return;
          const days = publicationDaysUntil(platform, date);
          for (const day of days) {
            const publications = await fetchDay(platform, day, (step) => {
              task.output = `${day}: ${step}`;
            });
            progress.publications.push(...publications);
          }
          const wrong = progress.publications.find(({ flow }) => flow?.state !== "done");
          if (wrong) throw new Failure(`${wrong.name}: ${wrong.flow?.reason ?? wrong.reason ?? "it did not come in"}`);
          const { length } = progress.publications;
          const fetched = platform.feeds.length;
          if (fetched === 0) {
            task.title = `Nothing is fetched: no publisher is simulated for ${scope.feeds.map(({ id }) => id).join(", ")}`;
            return;
          }
          const from = fetched === 1 ? "" : ` of ${fetched} feeds`;
          task.title = `Fetched ${length} publications${from}, ${days[0]} to ${days.at(-1)}`;
        },
      },
      ...scope.forecasts.map((forecast) => ({
        title: `Train ${forecast.id}`,
        task: async (context: unknown, task: { title: string; output: string }) => {
          const { platform } = progress;
          if (!platform) return;
          const { hub } = platform;
          if ((await hub.api.getChampion({ forecast: forecast.id })).champion !== null) {
            task.title = `${forecast.id} has a champion; npm run almanac -- train ${forecast.id} trains again`;
            return;
          }
          const { feeds: known } = await hub.api.listFeeds();
          const empty = feedIdsOf(forecast).find(
            (id) => !known.some((feed) => feed.id === id && feed.observations > 0),
          );
          if (empty !== undefined) {
            task.title = `${forecast.id} has nothing to learn from yet; npm run almanac -- ingest ${empty} FILE, then train ${forecast.id}`;
            return;
          }
          const short = { ...forecast, validation: { ...forecast.validation, folds: quickFolds } };
          const training = { forecast: short, ...quick, why: "the first start", resume: null };
          await trainingTask(hub, training, (trained) => progress.trained.push({ forecast, trained })).task(
            context,
            task,
          );
        },
      })),
    ],
    { ...taskListOptions(json), concurrent: false },
  );
  await tasks.run();
}

const showCursor = "\u001b[?25h";

/**
 * Ends this process at Ctrl-C or SIGTERM, once everything has stopped; at the second one at once. The signal is aborted before
 * anything stops.
 */
function onInterrupt(stop: () => Promise<unknown>): AbortSignal {
  const interruption = new AbortController();
  const end = (code: number) => async () => {
    if (interruption.signal.aborted) process.exit(code);
    interruption.abort();
    await stop();
    // The task list hides the cursor while it draws, and keeps what is written to `process.stdout` to itself.
    if (process.stdout.isTTY) writeSync(process.stdout.fd, `${showCursor}\n`);
    process.exit(code);
  };
  // Not `once`: in a terminal the task list's signal-exit kills a process that listens no more, before anything has stopped.
  process.on("SIGINT", end(130));
  process.on("SIGTERM", end(143));
  return interruption.signal;
}

interface Report {
  readonly json?: boolean;
  readonly state: string;
  readonly date: string;
  readonly scope: Scope;
}

async function report(
  platform: Platform,
  { publications, trained }: Progress,
  { json, state, date, scope }: Report,
): Promise<void> {
  const feeds = (await platform.hub.api.listFeeds()).feeds.filter(({ id }) =>
    scope.feeds.some((feed) => feed.id === id),
  );
  const refused = Object.fromEntries(
    await Promise.all(feeds.map(async ({ id }) => [id, await problemsOf(platform.hub, id)])),
  );
  if (json) {
    const told = publications.map(({ feed, name, day, flow }) => ({
      feed,
      name,
      day,
      flow: flow?.id,
      state: flow?.state,
      stats: flow?.stats,
    }));
    console.log(
      JSON.stringify({
        ok: true,
        url: platform.hub.url,
        date,
        state,
        publications: told,
        feeds,
        problems: refused,
        trained: trained.map(({ forecast, trained: result }) => summaryOf(forecast, result)),
      }),
    );
    return;
  }
  const rows = publications.map(({ name, flow }) => [
    name,
    thousands(flow?.stats?.observations),
    thousands(flow?.stats?.observationsWritten),
    thousands(flow?.stats?.filesWritten),
    reasons(flow?.stats?.problemsByReason),
  ]);
  if (rows.length > 0)
    console.log(`\n${table(["publication", "observations", "new", "files", "refused"], rows, { right: [1, 2, 3] })}\n`);
  for (const feed of feeds) console.log(whereItLies(feed, platform.hub.url));
  console.log(`\n${wherePlatformLies(platform.hub.url, state)}`);
  for (const { forecast, trained: result } of trained) printTrained(forecast, result);
  await printExamples(platform, { state, scope });
}

/** Counts of what the parser refused, by reason. */
async function problemsOf({ api }: Hub, feed: string): Promise<Readonly<Record<string, number>>> {
  return (await api.listFeedProblems({ feed, query: { limit: 1 } })).byReason;
}

/** Commands that work while the platform runs, with what they answer. */
async function printExamples({ hub }: Platform, { state, scope }: Pick<Report, "state" | "scope">): Promise<void> {
  const examples = await Promise.all(scope.forecasts.map(({ id }) => examplesOf(hub, { forecast: id, state })));
  if (examples.flat().length === 0) return;
  console.log("\nAsk it: by names, as MLflow does, and by Open Inference Protocol v2");
  for (const { command, answer } of examples.flat()) console.log(`\n$ ${command}\n${answer}`);
}

function whereItLies(feed: FeedAnswer, url: string): string {
  const rows = [
    ["raw files", `R2 raw/${feed.id}/`, "as they came"],
    [
      "lake",
      `R2 clean/${feed.id}/`,
      `${thousands(feed.partitions)} parquet files; npm run almanac -- lake ${feed.id} --out lake`,
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

function wherePlatformLies(url: string, state: string): string {
  const rows = [
    ["flows", "D1 flow_runs", `${url}/flows`],
    ["online history", "KV history:<forecast>", "what predictions start from"],
    ["on this disk", state, "delete it to begin anew"],
  ];
  return table(["", "", ""], rows);
}
