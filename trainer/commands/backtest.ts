/** `almanac backtest FORECAST --files FILE…`: judges all candidates on local publications, without a hub. */
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import { fingerprintOf } from "../../shared/forecasts/fingerprint.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { targetSourceOf } from "../../shared/forecasts/source.ts";
import { widthsOf } from "../../shared/judging/score.ts";
import { rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";
import { intervalOptions } from "../../shared/training/evidence.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import { type LearnerLine, learnerLines } from "../../shared/training/learner-scores.ts";
import {
  type HeadlineResult,
  judgeHeadlines,
  judgeSteps,
  type StepResult,
} from "../../shared/training/step-contest.ts";
import { type StepGate, testSteps } from "../../shared/training/step-gate.ts";
import type { StepContest } from "../../shared/training/step-learners.ts";
import {
  pastChangesName,
  pastChangesScores,
  type StepScores,
  stepScoresOf,
} from "../../shared/training/step-scores.ts";
import { readAsOf } from "../check-files.ts";
import { knownForecast } from "../known.ts";
import { taskList } from "../task-list.ts";
import { print, printJson, prose, thousands } from "../terminal.ts";
import { trainedAcross } from "../training/break-text.ts";
import { codeVersion } from "../training/code-version.ts";
import { runStepContest } from "../training/contest-steps.ts";
import { distributionTable } from "../training/distribution-table.ts";
import { type JudgedPublications, judgePublications, type PublicationOptions } from "../training/judge-publications.ts";
import { changeText, contenderJson, leaderboard } from "../training/leaderboard.ts";
import { gateText, learnerTable } from "../training/learner-table.ts";
import { readTrainingOptions, withOnly, withStepsUpTo } from "../training/options.ts";
import type { Prepared } from "../training/run-contest.ts";
import { headlineText, stepTable } from "../training/step-table.ts";

export interface BacktestOptions extends PublicationOptions {
  /** The last step to judge. */
  readonly steps?: string;
}

export interface Backtest extends JudgedPublications {
  /** Scores of each contender's distributions, by name. */
  readonly steps: ReadonlyMap<string, readonly StepScores[]>;
  /** The baselines of every step, for the series and for each group of series. */
  readonly baselines: readonly StepResult[];
  readonly headlines: readonly HeadlineResult[];
  /** The learners of several steps; null if there are none. */
  readonly learners: StepContest | null;
  readonly seconds: number;
}

export async function backtest(forecastId: string, options: BacktestOptions): Promise<void> {
  const forecast = withStepsUpTo(withOnly(knownForecast(forecastId), options.only), options.steps);
  const result = await runBacktest(forecast, options);
  const { prepared, problems, held, contest, outcome, steps, baselines, headlines, learners, seconds } = result;
  const { judgement } = contest.judged;
  if (options.json) {
    const { validation, test, change } = judgement;
    const contenders = outcome.contenders.map((contender) => {
      const scores = steps.get(contender.name);
      return { ...contenderJson(contender), ...(scores && { steps: scores }) };
    });
    return printJson({
      forecast: forecast.id,
      observations: prepared.observations,
      problems,
      held,
      validation,
      test,
      contenders,
      steps: baselines,
      headlines,
      learners: learners && learnersJson(forecast, learners),
      champion: outcome.champion,
      chosen: outcome.recipe,
      naive: judgement.naive.candidate,
      verdict: outcome.verdict,
      tests: outcome.tests,
      change,
      dataHash: prepared.dataHash,
      seed: readTrainingOptions(options).seed,
      trials: contest.trials.length,
      groups: judgement.groupsFor(servedOf(result)),
      ...(steps.has(pastChangesName) && { pastChanges: steps.get(pastChangesName) }),
      lineage: lineage(forecast, prepared),
      ...uncertaintyOf(forecast, result),
      reason: outcome.reason,
      seconds,
    });
  }
  printResult(forecast, result);
}

interface LearnersJson {
  readonly recipe: RecipeChoice;
  readonly contenders: readonly LearnerLine[];
  /** What serves each step if the gate passes. */
  readonly picks: readonly { readonly step: number; readonly pick: string }[];
  readonly gate: StepGate | null;
  readonly seconds: number;
}

function learnersJson({ headline }: Forecast, contest: StepContest): LearnersJson {
  return {
    recipe: contest.recipe,
    contenders: learnerLines(contest),
    picks: contest.steps.map(({ step, pick }) => ({ step, pick })),
    gate: testSteps(headline, contest),
    seconds: contest.seconds,
  };
}

/** Describes the data and the code of the result. */
function lineage(forecast: Forecast, { data, breaks }: Prepared) {
  const { variable, sources } = forecast;
  return {
    feed: targetSourceOf(forecast).feed,
    variable,
    variables: sources.flatMap(({ variables }) => variables),
    sources: sources.map(({ feed, variables, lag }) => ({ feed, variables, lag })),
    features: fingerprintOf(forecast),
    codeVersion: codeVersion(),
    breaks,
    ...spanOf(data, { from: 0, to: data.rows }),
  };
}

/** Returns the recipe that serves after the verdict. */
function servedOf({ contest, outcome }: Pick<Backtest, "contest" | "outcome">): RecipeChoice {
  return outcome.verdict.kind === "promote" ? outcome.recipe : contest.judged.judgement.naive;
}

/** Returns the champion's intervals, or for a classification its threshold and calibration. */
function uncertaintyOf(forecast: Forecast, { prepared, contest, outcome }: Backtest): Record<string, unknown> {
  const { judgement } = contest.judged;
  const serves = servedOf({ contest, outcome });
  const of = outcome.champion;
  const classes = judgement.classesFor(serves);
  if (classes !== null) {
    const decision = { of, labels: forecast.labels, threshold: classes.threshold };
    return { decision, calibration: { of, origins: classes.origins, bins: classes.calibration } };
  }
  const found = judgement.missesFor(serves);
  const widths = found && widthsOf(found.rows, found.misses, intervalOptions(forecast, prepared.data));
  return { intervals: { of, scaledBy: forecast.intervals.scaledBy, widths } };
}

/** Parses the files, searches, judges, applies the gate and judges the steps. Shows task lists unless `--json` is set. */
async function runBacktest(forecast: Forecast, options: BacktestOptions): Promise<Backtest> {
  const started = performance.now();
  const judged = await judgePublications(forecast, options, readAsOf(options.asOf, new Date()));
  const { prepared, contest, outcome } = judged;
  const done: {
    baselines?: readonly StepResult[];
    headlines?: readonly HeadlineResult[];
    learners?: StepContest | null;
  } = {};
  const tasks = taskList(
    [
      {
        title: "Judge the steps",
        run: async (task) => {
          const baselines: StepResult[] = [];
          for (const result of judgeSteps(prepared.forecast, prepared.panel)) {
            baselines.push(result);
            // Draws the display and handles Ctrl-C.
            await eventLoopTurn();
          }
          done.baselines = baselines;
          done.headlines = judgeHeadlines(prepared.forecast, prepared.panel);
          task.title = `Judged the baselines of ${forecast.steps.length === 1 ? "one step" : `${forecast.steps.length} steps`}`;
        },
      },
      {
        title: "Judge the learners of several steps",
        run: async (task) => {
          const { seed, threads } = readTrainingOptions(options);
          done.learners = await runStepContest(prepared, contest.judged.judgement, { seed, threads });
          task.title = done.learners
            ? `Judged the learners of the steps ${done.learners.steps.map(({ step }) => step).join(", ")}`
            : "There are no learners of several steps";
        },
      },
    ],
    { isJson: options.json },
  );
  await tasks.run();
  const windows = windowsOf(prepared.data, forecast.validation);
  const rows = { validation: rowsOf(windows.validation), test: rowsOf(windows.test) };
  const steps = stepScoresOf(forecast, outcome.contenders);
  const plain = pastChangesScores(forecast, prepared.data, rows);
  if (plain !== null) steps.set(pastChangesName, [plain]);
  return {
    ...judged,
    steps,
    baselines: done.baselines ?? [],
    headlines: done.headlines ?? [],
    learners: done.learners ?? null,
    seconds: (performance.now() - started) / 1000,
  };
}

function printResult(
  forecast: Forecast,
  { prepared, contest, outcome, steps, baselines, headlines, learners, seconds }: Backtest,
): void {
  const { change, test } = contest.judged.judgement;
  print(`\nTest window: ${test.from} to ${test.to}, ${test.periods} periods, ${thousands(test.rows)} rows\n`);
  print(leaderboard(forecast, outcome.contenders, outcome.champion));
  if (steps.size > 0) print(`\n${distributionTable(forecast, steps)}`);
  if (baselines.length > 0) print(`\n${stepTable(forecast, baselines)}`);
  for (const one of headlines) print(prose(headlineText(one)));
  if (learners !== null) {
    print(`\n${learnerTable(forecast, learners)}`);
    const gate = testSteps(forecast.headline, learners);
    if (gate !== null) print(prose(gateText(gate)));
  }
  if (change !== null) print(`\n${prose(changeText(change))}`);
  for (const text of trainedAcross(prepared.breaks)) print(`\n${prose(text)}`);
  print(`\n${prose(outcome.reason)}`);
  print(`Champion: ${outcome.champion}. ${seconds.toFixed(0)} s.`);
}
