/** The tasks of `almanac start`: platform, unfinished flows, publications, uploads, and one first training for each forecast. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { Failure } from "../failure.ts";
import { fetchDay, type Publication, publicationDaysUntil } from "../local/fetch-day.ts";
import { type Platform, startPlatform } from "../local/platform.ts";
import { withReport } from "../local/publish-report.ts";
import { hasSimulatedUploads, uploadSimulated } from "../local/upload-simulated.ts";
import { type Task, taskList } from "../task-list.ts";
import type { ReadTrainingOptions } from "../training/options.ts";
import type { Trained } from "../training/train.ts";
import { firstTrainingTask } from "./first-training.ts";
import type { Scope } from "./start-scope.ts";

/** What a start has done so far. */
export interface Progress {
  platform?: Platform;
  /** Forecasts that could not be trained, whose declaration does not fit the data, or whose report was not published, with the reason. */
  readonly failed: { readonly forecast: string; readonly reason: string }[];
  /** Forecasts that predict cannot answer, with the reason. */
  readonly unanswered: { readonly forecast: string; readonly reason: string }[];
  readonly trained: { readonly forecast: Forecast; readonly trained: Trained }[];
  readonly publications: Publication[];
}

/** Returns whether every forecast was started. */
export const isComplete = ({ failed, unanswered }: Progress) => failed.length + unanswered.length === 0;

/** Returns the platform of a start. @throws Failure before it runs. */
export function running({ platform }: Progress): Platform {
  if (!platform) throw new Failure("The platform did not start.");
  return platform;
}

export interface BringUp {
  readonly state: string;
  readonly port: number;
  readonly inspectorPort: number | null;
  readonly date: string;
  readonly scope: Scope;
  /** Options of the first training. */
  readonly first: ReadTrainingOptions;
  readonly json: boolean;
}

/** Starts the platform, brings its data up to date and trains every forecast that has no champion. Fills `progress`. */
export async function bringUp(progress: Progress, wanted: BringUp): Promise<void> {
  const { scope, json } = wanted;
  const tasks = [
    platformTask(progress, wanted),
    resumeTask(progress),
    fetchTask(progress, wanted),
    ...(scope.feeds.some(hasSimulatedUploads) ? [uploadTask(progress, wanted)] : []),
    ...scope.forecasts.map((forecast) => firstModelTask(progress, forecast, wanted)),
  ];
  await taskList(tasks, { isJson: json }).run();
}

function platformTask(progress: Progress, { state, port, date, scope, inspectorPort }: BringUp): Task {
  return {
    title: "Start the Workers, the database and the simulated publisher",
    run: async (task) => {
      const settings = { state, port, date, feeds: scope.feeds, inspectorPort, now: () => new Date() };
      progress.platform = await startPlatform(settings, (text) => {
        task.output = text;
      });
      task.title = `Workers, database and simulated publisher run at ${progress.platform.hub.url}`;
    },
  };
}

function resumeTask(progress: Progress): Task {
  return {
    title: "Resume unfinished flows",
    run: async (task) => {
      const platform = running(progress);
      const { ended, running: left } = await platform.recover();
      const finished = `Finished ${ended} ${ended === 1 ? "flow" : "flows"} of an earlier start`;
      task.title = ended + left === 0 ? "No unfinished flows" : finished;
      if (left > 0) task.title += `; ${left} still running, see ${platform.hub.url}/flows`;
    },
  };
}

/** Fetches the publications of the days that have new ones, as the daily job does. */
function fetchTask(progress: Progress, { scope, date }: Pick<BringUp, "scope" | "date">): Task {
  return {
    title: "Fetch publications",
    run: async (task) => {
      const platform = running(progress);
      const days = publicationDaysUntil(platform, date);
      for (const day of days) {
        const publications = await fetchDay(platform, day, (step) => {
          task.output = `${day}: ${step}`;
        });
        progress.publications.push(...publications);
      }
      const failed = progress.publications.find(({ flow }) => flow?.state !== "done");
      if (failed) throw new Failure(`${failed.name}: ${failed.flow?.reason ?? failed.reason ?? "the ingest failed"}`);
      const { length } = progress.publications;
      const fetched = platform.feeds.length;
      if (fetched === 0) {
        const missing = scope.feeds.filter((feed) => !hasSimulatedUploads(feed)).map(({ id }) => id);
        const reason = missing.length === 0 ? "" : `: there is no simulated publisher for ${missing.join(", ")}`;
        task.title = `Fetched nothing${reason}`;
        return;
      }
      const from = fetched === 1 ? "" : ` of ${fetched} feeds`;
      const span = days.length === 1 ? days[0] : `${days[0]} to ${days.at(-1)}`;
      task.title = `Fetched ${length} publications${from}, ${span}`;
    },
  };
}

function firstModelTask(
  progress: Progress,
  forecast: Forecast,
  { first, date }: Pick<BringUp, "first" | "date">,
): Task {
  const hub = () => running(progress).hub;
  const onFailed = (reason: string) => progress.failed.push({ forecast: forecast.id, reason });
  const training = firstTrainingTask({
    forecast,
    first,
    day: date,
    hub,
    onTrained: (trained) => progress.trained.push({ forecast, trained }),
    onFailed,
    onUnanswered: (reason) => progress.unanswered.push({ forecast: forecast.id, reason }),
  });
  return withReport(training, { forecast: forecast.id, hub, onFailed });
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
