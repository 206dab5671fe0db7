/** `almanac train FORECAST`: reads the lake from the hub, trains, registers the model and requests its promotion. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { describeSilent } from "../../shared/sources/silent-sources.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { stopOnInterrupt } from "../interruption.ts";
import { knownForecast } from "../known.ts";
import { type Task, taskList } from "../task-list.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";
import { changeText, contenderJson, leaderboard } from "../training/leaderboard.ts";
import { readTrainingOptions, type TrainingOptions, withOnly } from "../training/options.ts";
import { type Promoted, type Trained, type TrainTask, train } from "../training/train.ts";

export interface TrainOptions extends TrainingOptions {
  readonly url?: string;
  readonly state?: string;
  readonly json?: boolean;
  readonly why?: string;
  readonly resume?: string;
}

export async function trainForecast(forecastId: string, options: TrainOptions): Promise<void> {
  const forecast = withOnly(knownForecast(forecastId), options.only);
  const hub = connect(options);
  const why = options.why ?? "a person started the training";
  let forget = () => {};
  const task = {
    forecast,
    ...readTrainingOptions(options),
    why,
    day: new Date().toISOString().slice(0, 10),
    resume: options.resume ?? null,
    onRun(run: string) {
      forget = stopOnInterrupt(() => `To continue, train again with the same options and --resume ${run}`);
    },
  };
  let trained: Trained | undefined;
  const tasks = taskList(
    [
      trainingTask(hub, task, (result) => {
        trained = result;
      }),
    ],
    { isJson: options.json },
  );
  await tasks.run().finally(() => forget());
  if (!trained) throw new Failure("The training did not finish.");
  if (options.json) printJson(summaryOf(forecast, trained));
  else printTrained(forecast, trained);
}

/** Returns the training as a task that shows its progress. */
export function trainingTask(hub: Hub, task: TrainTask, onTrained: (trained: Trained) => void): Task {
  return {
    title: `Train ${task.forecast.id}`,
    run: async (display) => {
      const trained = await train(hub, task, (text) => {
        display.output = text;
      });
      onTrained(trained);
      const champion = trained.versions.find(({ version }) => version === trained.champion);
      const result = champion
        ? `Champion: ${champion.candidate}`
        : trained.champion === null
          ? "No champion"
          : `Champion unchanged: ${trained.champion}`;
      display.title = `Trained ${task.forecast.id} in ${trained.seconds.toFixed(0)} s, ${trained.trials} trials. ${result}`;
    },
  };
}

/** Prints the leaderboard, the scores of the change probability, and the result for each registered version. */
export function printTrained(forecast: Forecast, { judgement, outcome, versions, champion, silent }: Trained): void {
  const { change, test } = judgement;
  const window = `test window ${test.from} to ${test.to}, ${test.periods} periods, ${thousands(test.rows)} rows`;
  print(`\n${prose(`${forecast.title}: ${window}`)}\n`);
  print(leaderboard(forecast, outcome.contenders, servingName(outcome.champion, versions, champion)));
  if (change !== null) {
    print(`\n${prose(changeText(change))}`);
  }
  for (const source of silent) print(`\n${prose(describeSilent(source))}`);
  print(`\n${prose(outcome.reason)}`);
  if (versions.length === 0) {
    print(prose(`  Nothing was registered: the champion ${champion} has the same recipe and the same data.`, "    "));
  }
  for (const { version, candidate, flow } of versions) {
    const result = { done: "serves", held: "held", failed: "rejected" }[flow.state as string] ?? flow.state;
    const reason = flow.reason && !outcome.reason.includes(flow.reason) ? `. ${flow.reason}` : "";
    // The reason of a rejection begins with its verdict.
    const text = reason.startsWith(". Rejected: ") ? reason.slice(2) : `${result}${reason}`;
    print(prose(`  ${version}  ${candidate}: ${text}`, "    "));
  }
}

/** Returns the leaderboard name of the contender that serves now. */
function servingName(decided: string, versions: readonly Promoted[], champion: string | null): string {
  const [chosen] = versions;
  return chosen?.version === champion
    ? decided
    : (versions.find(({ version }) => version === champion)?.candidate ?? decided);
}

/** Returns the object that `--json` prints. */
export function summaryOf(
  forecast: Forecast,
  { judgement, outcome, versions, champion, silent, run, trials, seconds }: Trained,
) {
  const { validation, test, change } = judgement;
  const { contenders } = outcome;
  return {
    forecast: forecast.id,
    run,
    champion,
    versions: versions.map(({ version, candidate, flow }) => ({
      version,
      candidate,
      flow: flow.id,
      state: flow.state,
      reason: flow.reason,
    })),
    reason: outcome.reason,
    silent,
    validation,
    test,
    contenders: forecast.task === "classification" ? contenders.map(contenderJson) : contenders,
    change,
    trials,
    seconds,
  };
}
