/**
 * The tasks of `almanac start`: platform, unfinished flows, publications, uploads, and one first training for each forecast. A forecast is
 * trained as soon as its data is stored, and its report is published beside the next training.
 */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import type { Hub } from "../hub.ts";
import { withReport } from "../local/publish-report.ts";
import { type Task, taskList } from "../task-list.ts";
import { firstTrainingTask } from "./first-training.ts";
import { Milestones, type Turn, Turns } from "./start-order.ts";
import { type BringUp, isComplete, type Progress, running } from "./start-progress.ts";
import { flowsEnded, type Step, stepsOf } from "./start-steps.ts";

/** Starts the platform, brings its data up to date and trains every forecast that has no champion. Fills `progress`. */
export async function bringUp(progress: Progress, wanted: BringUp): Promise<void> {
  const { scope, json } = wanted;
  const milestones = new Milestones();
  const turns = new Turns();
  const faults: unknown[] = [];
  const tasks = [
    ...stepsOf(progress, wanted, { milestones, turns }).map((step) =>
      inOrder(step, { milestones, onFault: (error) => faults.push(error) }),
    ),
    ...scope.forecasts.map((forecast) => firstModelTask(progress, forecast, { ...wanted, milestones, turns })),
  ];
  // A fault of the data ends no training that has begun: all of its data is stored.
  const list = taskList(tasks, { isJson: json, isConcurrent: true, exitOnError: false });
  await list.run();
  if (faults.length > 0) throw faults[0];
  // A training that fails before it begins reports nothing.
  const [unreported] = list.errors ?? [];
  if (unreported !== undefined && isComplete(progress)) throw unreported.error;
  const place = (id: string) => scope.forecasts.findIndex((forecast) => forecast.id === id);
  progress.trained.sort((a, b) => place(a.forecast.id) - place(b.forecast.id));
  for (const list of [progress.failed, progress.unanswered]) list.sort((a, b) => place(a.forecast) - place(b.forecast));
}

/** Returns the step as a task that waits for its milestones. If it fails, no further task starts. */
function inOrder(
  { after, reaches, run, ...task }: Step,
  { milestones, onFault }: { readonly milestones: Milestones; readonly onFault: (error: unknown) => void },
): Task {
  return {
    ...task,
    ready: () => milestones.wait(after),
    async run(display) {
      try {
        await run(display);
      } catch (error) {
        onFault(error);
        milestones.fail();
        throw error;
      }
      for (const name of reaches) milestones.reach(name);
    },
  };
}

interface Training extends Pick<BringUp, "first" | "date"> {
  readonly milestones: Milestones;
  readonly turns: Turns;
}

/** Trains a forecast when its data is stored, one forecast at a time, and then publishes its report. */
function firstModelTask(progress: Progress, forecast: Forecast, { first, date, milestones, turns }: Training): Task {
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
    onRead: () => turn?.hasRead(),
  });
  let turn: Turn | undefined;
  const inTurn: Task = {
    ...training,
    label: forecast.id,
    async ready() {
      if (!(await milestones.wait([flowsEnded, ...feedIdsOf(forecast)]))) return false;
      turn = await turns.take(await observationsOf(hub(), forecast));
      // A feed may have failed in the meantime.
      const isReady = await milestones.wait([]);
      if (!isReady) turn.end();
      return isReady;
    },
    async run(display) {
      await training.run(display).finally(() => turn?.end());
      // The next training has begun. The hub would read its data and make the report at the same time.
      await turns.whenRead();
    },
  };
  return withReport(inTurn, { forecast: forecast.id, hub, onFailed });
}

/** Returns the number of stored observations of all feeds of a forecast; 0 if the hub does not answer, which the training then reports. */
async function observationsOf({ api }: Hub, forecast: Forecast): Promise<number> {
  const ids = feedIdsOf(forecast);
  const feeds = await api.listFeeds().then(
    (answer) => answer.feeds,
    () => [],
  );
  return feeds.filter(({ id }) => ids.includes(id)).reduce((sum, { observations }) => sum + observations, 0);
}
