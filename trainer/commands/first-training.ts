/** The task of `almanac start` for one forecast: trains it unless it has a champion, and checks that predict answers. */
import type { Serving } from "../../shared/api/serving.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { failure, type Result } from "../../shared/lib/result.ts";
import { describeAnswers } from "../../shared/registry/serving-text.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { servedWith, type WaitOptions } from "../serving.ts";
import type { Task, TaskDisplay } from "../task-list.ts";
import type { ReadTrainingOptions } from "../training/options.ts";
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
  /** Called if the forecast cannot be answered. */
  onUnanswered(reason: string): void;
  readonly wait?: WaitOptions;
}

/** Returns the task. It fails without stopping the platform if the forecast cannot be answered at its end. */
export function firstTrainingTask(wanted: FirstTraining): Task {
  return {
    title: `Train ${wanted.forecast.id}`,
    isOptional: true,
    run: async (task) => {
      const hub = wanted.hub();
      if (!(await trainFirst(hub, wanted, task))) return;
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
  { forecast, first, day, onTrained }: FirstTraining,
  task: TaskDisplay,
): Promise<boolean> {
  if ((await hub.api.getChampion({ forecast: forecast.id })).champion !== null) {
    task.title = `${forecast.id} has a champion`;
    return true;
  }
  const { feeds: stored } = await hub.api.listFeeds();
  const empty = feedIdsOf(forecast).find((id) => !stored.some((feed) => feed.id === id && feed.observations > 0));
  if (empty !== undefined) {
    task.skip(`${forecast.id} has no data. Run: npm run almanac -- ingest ${empty} FILE, then train ${forecast.id}`);
    return false;
  }
  const short = { ...forecast, validation: { ...forecast.validation, folds: quickFolds } };
  const training = { forecast: short, ...first, why: "the first start", day, resume: null };
  await trainingTask(hub, training, onTrained).run(task);
  return true;
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
