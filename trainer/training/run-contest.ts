/** Trains on this machine: builds the dataset, runs the candidates on threads and reports progress. */
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { findFeed } from "../../shared/feeds/index.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { feedIdsOf } from "../../shared/forecasts/source.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { lastDayOf } from "../../shared/period.ts";
import { breaksWithin, factsSince, type SourceBreak, sourceBreaks } from "../../shared/sources/breaks.ts";
import { dataMismatch } from "../../shared/sources/data-fit.ts";
import { type FactsByFeed, forecastPanel, targetReach } from "../../shared/sources/facts.ts";
import { trainingDataOf } from "../../shared/sources/training-data.ts";
import { trialsOf } from "../../shared/training/contest.ts";
import type { Pool } from "../../shared/training/job.ts";
import { type Judged, judge } from "../../shared/training/judge.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { describeRefusal } from "../../shared/training/refusal.ts";
import type { TrialRecord } from "../../shared/training/search.ts";
import { Failure } from "../failure.ts";
import { bar } from "../terminal.ts";
import { createPool, type ThreadPool } from "./pool.ts";

export interface Prepared {
  readonly forecast: Forecast;
  readonly panel: Panel;
  /** The rows of step 1. */
  readonly data: Dataset;
  readonly observations: number;
  /** SHA-256 of the sorted facts that the forecast reads. */
  readonly dataHash: string;
  /** Changes of meaning inside the data, oldest first. */
  readonly breaks: readonly SourceBreak[];
  /** The break after which the data begins, if the forecast trains only after breaks; else null. */
  readonly after: SourceBreak | null;
}

/**
 * Returns the dataset of a training, up to and including the period `until`.
 * @throws Failure if the forecast trains only after breaks and too few periods are left.
 */
export function prepareTraining(forecast: Forecast, facts: FactsByFeed, until: string | null = null): Prepared {
  const prepared = prepare(forecast, facts, until);
  const { after, data } = prepared;
  // The features of a period that is predicted later then read no value from before the break.
  const required = Math.max(forecast.validation.periodsMin, targetReach(forecast, forecast.schedule.every));
  if (after === null || data.periods.length >= required) return prepared;
  throw new Failure(
    `${forecast.id} trains only on data after the break of ${after.feed} from ${after.from}. Found ${data.periods.length} periods after it, but training needs at least ${required}. Train again when there are as many, or remove trainAfterBreaks from the declaration. The break: ${after.note}`,
  );
}

/**
 * Returns the dataset of a forecast's facts, up to and including the period `until`.
 * @throws Failure if the forecast's schedule or reduction does not fit the facts.
 */
export function prepare(forecast: Forecast, facts: FactsByFeed, until: string | null = null): Prepared {
  const all = usedFacts(forecast, facts, until);
  const found = breaksWithin(
    sourceBreaks(forecast, (feed) => findFeed(feed)?.breaks ?? []),
    all,
  );
  const after = forecast.trainAfterBreaks === true ? (found.at(-1) ?? null) : null;
  const byFeed = after === null ? all : factsSince(after.from, all);
  const breaks = after === null ? found : [];
  const used = [...byFeed.values()].flat();
  const panel = forecastPanel(forecast, byFeed);
  const mismatch = dataMismatch(forecast, panel, byFeed);
  if (mismatch !== null) throw new Failure(`${forecast.id}: ${mismatch}`);
  const data = trainingDataOf(forecast, panel);
  const lines = used.map(({ period, series, variable, value }) =>
    [period, series, value, ...(variable === forecast.variable ? [] : [variable])].join("\t"),
  );
  return { forecast, panel, data, observations: used.length, dataHash: sha256Hex(lines.join("\n")), breaks, after };
}

/** Returns the facts of the variables that a forecast reads. */
function usedFacts({ sources }: Forecast, facts: FactsByFeed, until: string | null): FactsByFeed {
  // A month or a quarter is used only if its last day is not after `until`.
  const isUntil = (period: string) => until === null || lastDayOf(period).slice(0, until.length) <= until;
  return new Map(
    feedIdsOf({ sources }).map((id) => {
      const variables = new Set(sources.filter(({ feed }) => feed === id).flatMap((source) => source.variables));
      const used = (facts.get(id) ?? []).filter(({ variable, period }) => variables.has(variable) && isUntil(period));
      return [id, used];
    }),
  );
}

export interface ContestOptions {
  readonly seed: number;
  readonly trialsMax: number | null;
  /** No trial starts after this many seconds; null: no limit. With a limit the number of trials depends on the machine. */
  readonly budgetSeconds: number | null;
  readonly incumbent: ServingModel | null;
  /** Trials of an interrupted run, which are not repeated. */
  readonly earlier?: readonly TrialRecord[];
}

export interface ContestEffects {
  readonly pool: Pool;
  onProgress(text: string): void;
  onTrial?(trial: TrialRecord): void;
}

export interface ContestResult {
  readonly judged: Judged;
  readonly trials: readonly TrialRecord[];
  readonly seconds: number;
}

/** Searches and judges on a pool that the caller creates and stops. @throws Failure if the training is refused. */
export async function runContest(
  { forecast, data }: Prepared,
  options: ContestOptions,
  { pool, onProgress, onTrial }: ContestEffects,
): Promise<ContestResult> {
  const { seed, trialsMax, budgetSeconds, incumbent } = options;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const total = trialsOf(forecast, trialsMax);
  const trials: TrialRecord[] = [...(options.earlier ?? [])];
  let best: { readonly candidate: string; readonly loss: number } | null = null;
  const judged = await judge(
    { forecast, data, seed, trialsMax, incumbent },
    {
      pool,
      isOver: () => budgetSeconds !== null && seconds() > budgetSeconds,
      onTrial(trial) {
        trials.push(trial);
        onTrial?.(trial);
        const loss = trial.folds.reduce((sum, fold) => sum + fold, 0) / trial.folds.length;
        const isValue = forecast.candidates.some(({ candidate }) => candidate === trial.candidate);
        if (isValue && trial.state === "complete" && loss < (best?.loss ?? Number.POSITIVE_INFINITY)) {
          best = { candidate: trial.candidate, loss };
        }
        onProgress(
          `${bar(trials.length / total)}  ${trials.length} of ${total} trials, ${describeBest(forecast, best)}`,
        );
      },
      onStage: (stage) => onProgress(stage === "test" ? "scoring the test window" : "searching"),
      ...(options.earlier && { earlier: options.earlier }),
    },
  );
  if (!judged.ok) throw new Failure(describeRefusal(judged.error));
  return { judged: judged.value, trials, seconds: seconds() };
}

function describeBest(forecast: Forecast, best: { readonly candidate: string; readonly loss: number } | null): string {
  if (best === null) return "none complete yet";
  const error = forecast.metric === "rmse" ? Math.sqrt(best.loss) : best.loss;
  const unit = { rmse: forecast.unit, mae: forecast.unit, crps: `${forecast.unit} CRPS`, brier: "Brier" }[
    forecast.metric
  ];
  return `best: ${best.candidate}, ${error.toPrecision(4)} ${unit}`;
}

/** Runs `work` with a pool of threads and stops the pool afterwards. Null threads: one per core, at most 8. */
export async function withPool<T>(
  prepared: Prepared,
  work: (pool: ThreadPool) => Promise<T>,
  threads: number | null = null,
): Promise<T> {
  const pool = createPool(prepared, threads);
  try {
    return await work(pool);
  } finally {
    await pool.stop();
  }
}
