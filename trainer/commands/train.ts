/** `almanac train FORECAST`: reads the lake through the hub, trains, registers, asks for promotion. */
import { Listr } from "listr2";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { connect } from "../connect.ts";
import { Failure } from "../failure.ts";
import type { Hub } from "../hub.ts";
import { knownForecast } from "../known.ts";
import { taskListOptions } from "../task-list.ts";
import { prose, thousands } from "../terminal.ts";
import { contenderJson, leaderboard } from "../training/leaderboard.ts";
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
  const why = options.why ?? "a person asked for a training";
  const task = { forecast, ...readTrainingOptions(options), why, resume: options.resume ?? null };
  let trained: Trained | undefined;
  const tasks = new Listr(
    [
      trainingTask(hub, task, (result) => {
        trained = result;
      }),
    ],
    taskListOptions(options.json),
  );
  await tasks.run();
  if (!trained) throw new Failure("The training did not end.");
  if (options.json) console.log(JSON.stringify(summaryOf(forecast, trained)));
  else printTrained(forecast, trained);
}

/** The training as a task of a list, with its progress. */
export function trainingTask(hub: Hub, task: TrainTask, onTrained: (trained: Trained) => void) {
  return {
    title: `Train ${task.forecast.id}`,
    task: async (_context: unknown, shown: { title: string; output: string }) => {
      const trained = await train(hub, task, (text) => {
        shown.output = text;
      });
      onTrained(trained);
      const champion = trained.versions.find(({ version }) => version === trained.champion);
      const serves = champion
        ? `${champion.candidate} serves as ${champion.version}`
        : `${trained.champion ?? "nothing"} goes on serving`;
      shown.title = `Trained ${task.forecast.id} in ${trained.seconds.toFixed(0)} s, ${trained.trials} trials: ${serves}`;
    },
  };
}

/** The leaderboard, the other question, and what became of the versions. */
export function printTrained(forecast: Forecast, { judgement, outcome, versions, champion }: Trained): void {
  const { contenders, change, test } = judgement;
  const window = `test window ${test.from} to ${test.to}, ${test.periods} periods, ${thousands(test.rows)} rows`;
  console.log(`\n${prose(`${forecast.title}: ${window}`)}\n`);
  console.log(leaderboard(forecast, contenders, servingName(outcome.champion, versions, champion)));
  if (change !== null) {
    const auc = change.auc === null ? "–" : change.auc.toFixed(2);
    const { brier, brierBase, brierFrequency } = change;
    console.log(
      `\n${prose(`Will it change? AUC ${auc}; Brier ${brier.toFixed(4)} against ${brierBase.toFixed(4)} of the base rate and ${brierFrequency.toFixed(4)} of each series' own frequency.`)}`,
    );
  }
  console.log(`\n${prose(outcome.reason)}`);
  if (versions.length === 0) {
    console.log(
      prose(
        `  ${champion} goes on serving: it was made by this recipe from this data, so nothing was registered.`,
        "    ",
      ),
    );
  }
  for (const { version, candidate, flow } of versions) {
    const became = { done: "serves", held: "held", failed: "not let in" }[flow.state as string] ?? flow.state;
    const sentence = flow.reason && !outcome.reason.includes(flow.reason) ? `. ${flow.reason}` : "";
    console.log(prose(`  ${version}  ${candidate}: ${became}${sentence}`, "    "));
  }
}

function servingName(decided: string, versions: readonly Promoted[], champion: string | null): string {
  const [chosen] = versions;
  return chosen?.version === champion
    ? decided
    : (versions.find(({ version }) => version === champion)?.candidate ?? decided);
}

/** What `--json` prints. */
export function summaryOf(
  forecast: Forecast,
  { judgement, outcome, versions, champion, run, trials, seconds }: Trained,
) {
  const { validation, test, contenders, change } = judgement;
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
    validation,
    test,
    contenders: forecast.task === "classification" ? contenders.map(contenderJson) : contenders,
    change,
    trials,
    seconds,
  };
}
