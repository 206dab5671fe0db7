/** Judges all candidates of a forecast on local publications, without a hub. */
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { outcomeOf, type TrainingOutcome } from "../../shared/training/verdict.ts";
import { Failure } from "../failure.ts";
import { feedsOf } from "../known.ts";
import { taskList } from "../task-list.ts";
import { thousands } from "../terminal.ts";
import { factsOfFiles, filesByFeed, type HeldFile } from "./facts.ts";
import { readTrainingOptions, readUntil, type TrainingOptions } from "./options.ts";
import { type ContestResult, type Prepared, prepareTraining, runContest, withPool } from "./run-contest.ts";

export interface PublicationOptions extends TrainingOptions {
  readonly files: readonly string[];
  readonly until?: string;
  /** When the files are taken to have arrived. */
  readonly asOf?: string;
  readonly json?: boolean;
}

export interface JudgedPublications {
  readonly prepared: Prepared;
  /** Number of values that the parsers rejected. */
  readonly problems: number;
  /** Publications that the hub would hold. They were not used. */
  readonly held: readonly HeldFile[];
  readonly contest: ContestResult;
  readonly outcome: TrainingOutcome;
}

/**
 * Parses the files, searches, judges and applies the gate. Shows a task list unless `--json` is set. `arrivedAt`: when the files are
 * taken to have arrived.
 */
export async function judgePublications(
  forecast: Forecast,
  options: PublicationOptions,
  arrivedAt: string,
): Promise<JudgedPublications> {
  const training = readTrainingOptions(options);
  const until = readUntil(options.until);
  const done: {
    prepared?: Prepared;
    problems?: number;
    held?: readonly HeldFile[];
    contest?: ContestResult;
  } = {};
  const tasks = taskList(
    [
      {
        title: "Read the publications",
        run: async (task) => {
          const files = await filesByFeed(feedsOf(forecast), options.files, arrivedAt);
          const { facts, problems, held } = await factsOfFiles(files, arrivedAt);
          done.held = held;
          done.prepared = prepareTraining(forecast, facts, until);
          done.problems = problems;
          task.title = `Read ${thousands(done.prepared.observations)} observations, rejected ${thousands(problems)} ${problems === 1 ? "value" : "values"}${heldNote(held)}`;
        },
      },
      {
        title: "Search and judge",
        run: async (task) => {
          const { prepared } = done;
          if (!prepared) return;
          const onProgress = (text: string) => {
            task.output = text;
          };
          done.contest = await withPool(
            prepared,
            (pool) => runContest(prepared, { ...training, incumbent: null }, { pool, onProgress }),
            training.threads,
          );
          task.title = `Judged ${done.contest.judged.judgement.contenders.length} contenders in ${done.contest.trials.length} trials`;
        },
      },
    ],
    { isJson: options.json },
  );
  await tasks.run();
  const { prepared, problems, held = [], contest } = done;
  if (!prepared || !contest) throw new Failure("The backtest did not finish.");
  const outcome = outcomeOf(forecast, contest.judged.judgement, { incumbent: null, ...noLooks });
  return { prepared, problems: problems ?? 0, held, contest, outcome };
}

/** Lists the publications that were not used, with the reasons. */
function heldNote(held: readonly HeldFile[]): string {
  if (held.length === 0) return "";
  const each = held.map(({ file, reason }) => `${file}: ${reason}`);
  return `. Not used, because the hub would hold them: ${each.join("; ")}`;
}
