/** The steps of `almanac start` before the trainings: platform, unfinished flows, publications and uploads. */
import { Failure } from "../failure.ts";
import { type FetchedPublication, fetchDay, publicationDaysUntil } from "../local/fetch-day.ts";
import { startPlatform } from "../local/platform.ts";
import { hasSimulatedUploads, uploadSimulated } from "../local/upload-simulated.ts";
import type { Task } from "../task-list.ts";
import type { Milestones, Turns } from "./start-order.ts";
import { type BringUp, type Progress, running } from "./start-progress.ts";

/** A task with what it waits for and what waits for it. */
export interface Step extends Task {
  /** Milestones that it waits for. */
  readonly after: readonly string[];
  /** Milestones that are reached when it has ended. */
  readonly reaches: readonly string[];
}

/** Names of milestones. The data of a feed has the id of the feed. */
const platformRuns = "the platform runs";
export const flowsEnded = "earlier flows have ended";
const fetched = "publications are fetched";

interface Order {
  readonly milestones: Milestones;
  readonly turns: Turns;
}

/** Returns the steps in their order. */
export function stepsOf(progress: Progress, wanted: BringUp, order: Order): Step[] {
  return [
    platformStep(progress, wanted),
    resumeStep(progress),
    fetchStep(progress, wanted, order),
    ...(wanted.scope.feeds.some(hasSimulatedUploads) ? [uploadStep(progress, wanted, order)] : []),
  ];
}

function platformStep(progress: Progress, { state, port, date, scope, inspectorPort }: BringUp): Step {
  return {
    title: "Start the Workers, the database and the simulated publisher",
    after: [],
    reaches: [platformRuns],
    run: async (task) => {
      const settings = { state, port, date, feeds: scope.feeds, inspectorPort, now: () => new Date() };
      progress.platform = await startPlatform(settings, (text) => {
        task.output = text;
      });
      task.title = `Workers, database and simulated publisher run at ${progress.platform.hub.url}`;
    },
  };
}

function resumeStep(progress: Progress): Step {
  return {
    title: "Resume unfinished flows",
    after: [platformRuns],
    reaches: [flowsEnded],
    run: async (task) => {
      const platform = running(progress);
      const { ended, running: left } = await platform.recover();
      const finished = `Finished ${ended} ${ended === 1 ? "flow" : "flows"} of an earlier start`;
      task.title = ended + left === 0 ? "No unfinished flows" : finished;
      if (left > 0) task.title += `; ${left} still running, see ${platform.hub.url}/flows`;
    },
  };
}

type Scoped = Pick<BringUp, "scope" | "date">;

/** Fetches the publications of the days that have new ones, as the daily job does. */
function fetchStep(progress: Progress, { scope, date }: Scoped, { milestones }: Order): Step {
  return {
    title: "Fetch publications",
    label: "fetch",
    after: [flowsEnded],
    reaches: [fetched, ...scope.feeds.filter((feed) => !hasSimulatedUploads(feed)).map(({ id }) => id)],
    run: async (task) => {
      const platform = running(progress);
      const days = publicationDaysUntil(platform, date);
      for (const day of days) {
        await fetchDay(platform, day, {
          onStep: (step) => {
            task.output = `${day}: ${step}`;
          },
          onFetched: (feed, publications) => {
            progress.publications.push(...publications);
            if (day === days.at(-1) && !progress.publications.some((one) => one.feed === feed && isFailed(one)))
              milestones.reach(feed);
          },
        });
      }
      const failed = progress.publications.find(isFailed);
      if (failed) throw new Failure(`${failed.name}: ${failed.flow?.reason ?? failed.reason ?? "the ingest failed"}`);
      const { length } = progress.publications;
      const fetchedFeeds = platform.feeds.length;
      if (fetchedFeeds === 0) {
        const missing = scope.feeds.filter((feed) => !hasSimulatedUploads(feed)).map(({ id }) => id);
        const reason = missing.length === 0 ? "" : `: there is no simulated publisher for ${missing.join(", ")}`;
        task.title = `Fetched nothing${reason}`;
        return;
      }
      const from = fetchedFeeds === 1 ? "" : ` of ${fetchedFeeds} feeds`;
      const span = days.length === 1 ? days[0] : `${days[0]} to ${days.at(-1)}`;
      task.title = `Fetched ${length} publications${from}, ${span}`;
    },
  };
}

const isFailed = ({ flow }: FetchedPublication) => flow?.state !== "done";

/** Uploads the synthetic files of the feeds that are not fetched. */
function uploadStep(progress: Progress, { scope, date }: Scoped, { milestones, turns }: Order): Step {
  return {
    title: "Upload synthetic files",
    label: "upload",
    after: [fetched],
    reaches: [],
    run: async (task) => {
      const { hub, settings } = running(progress);
      const { seed, firstDays = {} } = settings;
      const uploaded = await uploadSimulated(
        hub,
        { feeds: scope.feeds, seed, date, firstDays },
        {
          beforeUpload: (name) => {
            task.output = name;
            return turns.whenRead();
          },
          onUploaded: (feed, publications) => {
            if (!publications.some(isFailed)) milestones.reach(feed);
          },
        },
      );
      const failed = uploaded.find(isFailed);
      if (failed) throw new Failure(`${failed.name}: ${failed.flow?.reason ?? "the ingest failed"}`);
      task.title =
        uploaded.length === 0
          ? "The synthetic files are uploaded already"
          : `Uploaded ${uploaded.length} synthetic files`;
    },
  };
}
