/** The task of `almanac start` for one forecast: trains it unless it has a champion, and checks that predict answers. */
import type { Serving } from "../../shared/api/serving.ts";
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { failure, type Result } from "../../shared/lib/result.ts";
import { describeAnswers } from "../../shared/registry/serving-text.ts";
import { describe, Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { feedsOf } from "../known.ts";
import { servedWith, type WaitOptions } from "../serving.ts";
import type { Task, TaskDisplay } from "../task-list.ts";
import { factsOfLakes } from "../training/facts.ts";
import type { ReadTrainingOptions } from "../training/options.ts";
import { prepare } from "../training/run-contest.ts";
import { readableModel } from "../training/serving-model.ts";
import type { Trained } from "../training/train.ts";
import { trainingTask } from "./train.ts";

/** Number of validation folds of the first training. */
const quickFolds = 2;
/** Predict of a local platform reads KV without delay, so it answers within this time or not at all. */
const answersMaxMs = 10_000;

export interface FirstTraining {
  readonly forecast: Forecast;
  /** Options of the first training. */
  readonly first: ReadTrainingOptions;
  /** The present day of the platform. */
  readonly day: string;
  /** Returns the hub, once it runs. */
  hub(): Hub;
  onTrained(trained: Trained): void;
  /** Called when the training has read its data from the hub. */
  onRead?(): void;
  /** Called if the forecast cannot be trained, or if its declaration does not fit the data. */
  onFailed(reason: string): void;
  /** Called if the forecast cannot be answered. */
  onUnanswered(reason: string): void;
  readonly wait?: WaitOptions;
}

/** Returns the task. If it fails, or if the forecast cannot be answered at its end, the platform still starts. */
export function firstTrainingTask(wanted: FirstTraining): Task {
  return {
    title: `Train ${wanted.forecast.id}`,
    isOptional: true,
    run: async (task) => {
      const hub = wanted.hub();
      try {
        if (!(await trainFirst(hub, wanted, task))) return;
      } catch (error) {
        wanted.onFailed(describe(error));
        throw error;
      }
      const serving = await answersOf(hub, wanted);
      if (serving.ok) {
        task.title = `${task.title}. ${describeAnswers(serving.value)}`;
        return;
      }
      wanted.onUnanswered(serving.error);
      throw new Failure(`${wanted.forecast.id} cannot be answered: ${serving.error}`);
    },
  };
}

/** Trains a forecast that has data and no champion. Returns false without data. */
async function trainFirst(
  hub: Hub,
  { forecast, first, day, onRead, onTrained }: FirstTraining,
  task: TaskDisplay,
): Promise<boolean> {
  const { champion } = await hub.api.getChampion({ forecast: forecast.id });
  const empty = await emptyFeedOf(hub, forecast);
  if (champion !== null) {
    task.title = `${forecast.id} has a champion`;
    if (empty === undefined) await checkEdited(hub, forecast, champion.version);
    return true;
  }
  if (empty !== undefined) {
    task.skip(`${forecast.id} has no data. Run: npm run almanac -- ingest ${empty} FILE, then train ${forecast.id}`);
    return false;
  }
  const short = { ...forecast, validation: { ...forecast.validation, folds: quickFolds } };
  const training = { forecast: short, ...first, why: "the first start", day, resume: null, ...(onRead && { onRead }) };
  await trainingTask(hub, training, onTrained).run(task);
  return true;
}

/** Returns a feed of the forecast without observations. */
async function emptyFeedOf({ api }: Hub, forecast: Forecast): Promise<string | undefined> {
  const { feeds } = await api.listFeeds();
  return feedIdsOf(forecast).find((id) => !feeds.some((feed) => feed.id === id && feed.observations > 0));
}

/**
 * Checks an edited declaration against the data, as a training does. A champion with the same fingerprint has the same schedule and
 * sources, and its training has checked them.
 * @throws Failure if the schedule or a reduction does not fit the data
 */
async function checkEdited(hub: Hub, forecast: Forecast, version: string): Promise<void> {
  const champion = await readableModel(hub, { forecast: forecast.id, version });
  if (champion?.card.fingerprint === fingerprintOf(forecast)) return;
  prepare(forecast, await factsOfLakes(hub, feedsOf(forecast)));
}

/** Asks predict what it answers with; a new champion may not be readable at once. */
async function answersOf(
  hub: Hub,
  { forecast: { id: forecast }, wait = { waitMaxMs: answersMaxMs } }: FirstTraining,
): Promise<Result<Serving>> {
  const { champion } = await hub.api.getChampion({ forecast });
  return champion === null
    ? failure("no version was promoted; see almanac models")
    : servedWith(hub, { forecast, change: champion.number }, wait);
}
