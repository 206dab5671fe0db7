/** `almanac backtest FORECAST --files FILE…`: raw publications in, the whole judgement out, without a hub. */
import { Listr } from "listr2";
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import { widthsOf } from "../../shared/judging/score.ts";
import { spanOf } from "../../shared/judging/windows.ts";
import { intervalOptions } from "../../shared/training/evidence.ts";
import { type Outcome, outcomeOf } from "../../shared/training/verdict.ts";
import { Failure } from "../failure.ts";
import { readAsOf } from "../judge-files.ts";
import { feedsOf, knownForecast } from "../known.ts";
import { taskListOptions } from "../task-list.ts";
import { prose, thousands } from "../terminal.ts";
import { codeVersion } from "../training/code-version.ts";
import { factsOfFiles, filesByFeed, type HeldFile } from "../training/facts.ts";
import { contenderJson, leaderboard } from "../training/leaderboard.ts";
import { readTrainingOptions, readUntil, type TrainingOptions, withOnly } from "../training/options.ts";
import { type ContestHeld, holdContest, type Prepared, prepare, withPool } from "../training/run-contest.ts";

export interface BacktestOptions extends TrainingOptions {
  readonly files: readonly string[];
  readonly until?: string;
  /** When the files are taken to have arrived. */
  readonly asOf?: string;
  readonly json?: boolean;
}

export interface Backtest {
  readonly prepared: Prepared;
  readonly problems: number;
  /** Publications that the hub would hold. */
  readonly left: readonly HeldFile[];
  readonly held: ContestHeld;
  readonly outcome: Outcome;
  readonly seconds: number;
}

export async function backtest(forecastId: string, options: BacktestOptions): Promise<void> {
  const forecast = withOnly(knownForecast(forecastId), options.only);
  const result = await runBacktest(forecast, options);
  const { prepared, problems, left, held, outcome, seconds } = result;
  const { judgement } = held.judged;
  if (options.json) {
    const { validation, test, change } = judgement;
    const contenders = judgement.contenders.map(contenderJson);
    console.log(
      JSON.stringify({
        forecast: forecast.id,
        observations: prepared.observations,
        problems,
        held: left,
        validation,
        test,
        contenders,
        champion: outcome.champion,
        chosen: judgement.chosen,
        naive: judgement.naive.candidate,
        verdict: outcome.verdict,
        change,
        dataHash: prepared.dataHash,
        seed: readTrainingOptions(options).seed,
        trials: held.trials.length,
        lineage: lineage(forecast, prepared),
        ...sureness(forecast, result),
        reason: outcome.reason,
        seconds,
      }),
    );
    return;
  }
  print(forecast, result);
}

/** What it was made from, beside the hash of the data. */
function lineage(forecast: Forecast, { data }: Prepared) {
  const { variable, sources } = forecast;
  return {
    feed: targetSourceOf(forecast).feed,
    variable,
    variables: sources.flatMap(({ variables }) => variables),
    sources: sources.map(({ feed, variables, lag }) => ({ feed, variables, lag })),
    features: fingerprintOf(forecast),
    codeVersion: codeVersion(),
    ...spanOf(data, { from: 0, to: data.rows }),
  };
}

/** How sure the champion is, as it would be published: its intervals, or how its probabilities came true. */
function sureness(forecast: Forecast, { prepared, held, outcome }: Backtest): Record<string, unknown> {
  const { judgement } = held.judged;
  const serves = outcome.verdict.kind === "promote" ? judgement.chosen : judgement.naive;
  const of = outcome.champion;
  const classes = judgement.classesFor(serves);
  if (classes !== null) {
    const decision = { of, labels: forecast.labels, threshold: classes.threshold };
    return { decision, calibration: { of, bins: classes.calibration } };
  }
  const known = judgement.missesFor(serves);
  const widths = known && widthsOf(known.rows, known.misses, intervalOptions(forecast, prepared.data));
  return { intervals: { of, scaledBy: forecast.intervals.scaledBy, widths } };
}

/** Parses, searches, judges, asks the gate; a task list with progress unless JSON is wanted. */
export async function runBacktest(forecast: Forecast, options: BacktestOptions): Promise<Backtest> {
  const started = performance.now();
  const training = readTrainingOptions(options);
  const until = readUntil(options.until);
  const done: { prepared?: Prepared; problems?: number; held?: ContestHeld; left?: readonly HeldFile[] } = {};
  const tasks = new Listr(
    [
      {
        title: "Read the publications",
        task: async (_, task) => {
          const arrivedAt = readAsOf(options.asOf);
          const {
            facts,
            problems,
            held: left,
          } = await factsOfFiles(filesByFeed(feedsOf(forecast), options.files), arrivedAt);
          done.left = left;
          done.prepared = prepare(forecast, facts, until);
          done.problems = problems;
          task.title = `Read ${thousands(done.prepared.observations)} observations, refused ${thousands(problems)} values${heldNote(left)}`;
        },
      },
      {
        title: "Search and judge",
        task: async (_, task) => {
          const { prepared } = done;
          if (!prepared) return;
          const say = (text: string) => {
            task.output = text;
          };
          done.held = await withPool(
            prepared,
            (pool) => holdContest(prepared, { ...training, incumbent: null }, { pool, say }),
            training.threads,
          );
          task.title = `Judged ${done.held.judged.judgement.contenders.length} contenders in ${done.held.trials.length} trials`;
        },
      },
    ],
    taskListOptions(options.json),
  );
  await tasks.run();
  const { prepared, problems, held, left = [] } = done;
  if (!prepared || !held) throw new Failure("The backtest did not end.");
  const outcome = outcomeOf(forecast, held.judged.judgement, { incumbent: null, usedThrough: null });
  return { prepared, problems: problems ?? 0, left, held, outcome, seconds: (performance.now() - started) / 1000 };
}

/** What is left out, and why. */
function heldNote(held: readonly HeldFile[]): string {
  if (held.length === 0) return "";
  const each = held.map(({ file, reason }) => `${file}: ${reason}`);
  return `. Left out, because the hub would hold them: ${each.join("; ")}`;
}

function print(forecast: Forecast, { held, outcome, seconds }: Backtest): void {
  const { contenders, change, test } = held.judged.judgement;
  console.log(`\nTest window: ${test.from} to ${test.to}, ${test.periods} periods, ${thousands(test.rows)} rows\n`);
  console.log(leaderboard(forecast, contenders, outcome.champion));
  if (change !== null) {
    const auc = change.auc === null ? "–" : change.auc.toFixed(3);
    const { brier, brierBase, brierFrequency } = change;
    console.log(
      `\n${prose(`Will it change? AUC ${auc}, Brier ${brier.toFixed(4)}; the base rate has ${brierBase.toFixed(4)}, each series' own frequency ${brierFrequency.toFixed(4)}.`)}`,
    );
  }
  console.log(`\n${prose(outcome.reason)}`);
  console.log(`Champion: ${outcome.champion}. ${seconds.toFixed(0)} s.`);
}
