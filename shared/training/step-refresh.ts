/**
 * The test of a refresh of further steps: a learner that is fitted to newer data replaces the champion's learner unless it is worse
 * on the origins since the champion's was fitted.
 */
import type { RowRange } from "../features/dataset.ts";
import { type LearnedRows, scoreStretch } from "../judging/learned-rows.ts";
import { combineSteps } from "../judging/step-losses.ts";
import type { StepRows } from "../judging/step-rows.ts";
import { type StepSet, stepSetsOf } from "../judging/step-sets.ts";
import type { FurtherSteps } from "../registry/further-steps.ts";
import { blockMeans } from "../stats/block-means.ts";
import { blocksMin } from "../stats/block-tests.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import type { RunModel } from "./publish-task.ts";
import { outputsOfFile, type ServingLearner } from "./serving-learner.ts";
import type { StepPool } from "./step-job.ts";
import { type ByOrigin, byOrigin, type StepContest, type StepContestTask, type StepServer } from "./step-learners.ts";

export interface RefreshTest {
  /** The compared steps. */
  readonly steps: readonly number[];
  /** Number of origins since the champion's learner was fitted. */
  readonly origins: number;
  /** Mean losses in multiples of the baseline's, averaged over the steps. */
  readonly error: number;
  readonly championError: number;
  /** One-sided p that the refit is worse, from means of blocks of as many origins as the longest step; null with fewer than six. */
  readonly pWorse: number | null;
  /** True if the champion's learner must not be replaced by the refit. */
  readonly isWorse: boolean;
  /** True if the champion's learner is itself worse than the baseline beyond chance on these origins. */
  readonly isChampionBehind: boolean;
}

export interface Refresh {
  /** The contest of the refit's recipe. */
  readonly contest: StepContest;
  readonly champion: ServingLearner;
}

/** Level of a test whether a learner is worse, as at step 1. */
const refreshLevel = 0.05;
/** The refit is fitted again at most so often since the champion's learner was fitted. */
const fitsMax = 4;

/**
 * Compares a refit of the same kind (one model for all steps, or one per step) with the champion's learner, on all origins since that
 * was fitted. The recipe is fitted again at up to four of these origins, so that it does not know the targets that it is scored on, and neither does the champion's file. With six blocks of
 * origins or more, the refit is worse if p is below 0.05. With fewer there is no test, and it is worse if its mean loss is higher.
 * Null without such an origin, and if the champion's learner serves no step with rows. O(origins × series + fits).
 */
export async function testRefresh(
  task: StepContestTask,
  refresh: Refresh,
  { pool, run }: { readonly pool: StepPool; readonly run: RunModel },
): Promise<RefreshTest | null> {
  const { forecast, panel, rows } = task;
  const compared = comparedSteps(rows, refresh.champion);
  const stretches = stretchesSince(rows.data.periods, refresh.champion.trainedTo, Math.max(...compared));
  const [first] = stretches;
  const [set] = stepSetsOf(forecast, panel);
  if (first === undefined || set === undefined) return null;
  const outputs = await outputsOfFile(rows, refresh.champion, { steps: compared, since: first.from, run });
  const servers = new Map(compared.map((step) => [step, serverOf(refresh.champion.steps, step)]));
  const refits = await Promise.all(stretches.map((stretch) => refitAt(task, { stretch, servers, pool })));
  const losses = compared.map((step) =>
    stretches.flatMap((stretch, i) =>
      scoredOrigins(task, {
        ...{ contest: refresh.contest, set, step, stretch, outputs },
        server: servers.get(step) ?? "pooled",
        refit: refits[i] ?? new Map(),
      }),
    ),
  );
  return resultOf(compared, rows.data.periods, losses);
}

/** Returns the steps that the champion's learner serves and that have rows. */
function comparedSteps({ steps }: StepRows, { steps: served }: ServingLearner): number[] {
  return steps.filter((step) => serverOf(served, step) !== "baseline");
}

function serverOf(steps: FurtherSteps["steps"], step: number): StepServer {
  return steps.find((one) => one.step === step)?.serves ?? "baseline";
}

/** Returns the origins from the last period of the champion's data on, in stretches of at least as many origins as the longest step. */
function stretchesSince(periods: readonly string[], trainedTo: string, longest: number): RowRange[] {
  const from = periods.findLastIndex((period) => period <= trainedTo);
  const origins = periods.length - 1 - from;
  if (from < 0 || origins < 1 || longest < 1) return [];
  const count = Math.min(fitsMax, Math.max(1, Math.floor(origins / longest)));
  const edgeAt = (stretch: number) => from + Math.floor((origins * stretch) / count);
  return Array.from({ length: count }, (_, i) => ({ from: edgeAt(i), to: edgeAt(i + 1) }));
}

/** The refit's predictions by the step of its job; null for the model of all steps. */
type Refit = ReadonlyMap<number | null, LearnedRows>;

/** Fits the learners that would serve to the targets up to the first origin of a stretch. One that cannot be fitted is left out. */
async function refitAt(
  { recipe, seed }: StepContestTask,
  {
    stretch,
    servers,
    pool,
  }: { readonly stretch: RowRange; readonly servers: ReadonlyMap<number, StepServer>; readonly pool: StepPool },
): Promise<Refit> {
  const wanted = new Set([...servers].map(([step, server]) => jobStep(server, step)));
  const fits = await Promise.all(
    [...wanted].map(async (step): Promise<[number | null, LearnedRows][]> => {
      const job = { recipe, step, known: stretch.from, origins: stretch, seed, wantsModel: false };
      const fit = await pool.run(job);
      return fit.ok ? [[step, fit.value]] : [];
    }),
  );
  return new Map(fits.flat());
}

function jobStep(server: StepServer, step: number): number | null {
  return server === "pooled" ? null : step;
}

interface ScoredParts extends Pick<Refresh, "contest"> {
  readonly set: StepSet;
  readonly step: number;
  readonly stretch: RowRange;
  /** Of the champion's file. */
  readonly outputs: LearnedRows;
  readonly server: StepServer;
  readonly refit: Refit;
}

/** Returns the losses of the baseline, the refit and the champion's learner by origin. All learners have errors of the same shape. */
function scoredOrigins(task: StepContestTask, parts: ScoredParts): ByOrigin[] {
  const { forecast, rows } = task;
  const { contest, set, step, stretch, outputs, server, refit } = parts;
  const own = refit.get(jobStep(server, step));
  const learners = new Map<string, LearnedRows>([["champion", outputs], ...(own ? [["refit", own] as const] : [])]);
  const contested = contest.steps.find((one) => one.step === step);
  const known = contested?.errors.get(server) ?? [];
  const errors = new Map([...learners.keys()].map((name) => [name, known]));
  const scored = scoreStretch({
    ...{ forecast, set, rows, step, learners, errors },
    stretch: { ...stretch, isTested: true },
  });
  return scored === null ? [] : byOrigin({ rows, step }, scored);
}

function baselineLoss({ losses }: ByOrigin): number {
  return losses.get("baseline") ?? Number.NaN;
}

function resultOf(
  steps: readonly number[],
  periods: readonly string[],
  losses: readonly (readonly ByOrigin[])[],
): RefreshTest | null {
  const against = (name: string) =>
    combineSteps(
      losses.map((origins) => ({
        origins: origins.map(({ origin }) => periods[origin] ?? ""),
        // The baseline serves where the refit could not be fitted.
        losses: origins.map((one) => one.losses.get(name) ?? baselineLoss(one)),
        baseline: origins.map(baselineLoss),
      })),
    );
  const [refit, champion] = [against("refit"), against("champion")];
  if (refit.losses.length === 0) return null;
  const blockPeriods = Math.max(...steps);
  const pOf = (losses: readonly number[], others: readonly number[]) => pWorseThan(losses, others, blockPeriods);
  const [error, championError] = [mean(refit.losses), mean(champion.losses)];
  const pWorse = pOf(refit.losses, champion.losses);
  const isWorse = pWorse === null ? error > championError : pWorse < refreshLevel;
  const isChampionBehind = (pOf(champion.losses, champion.baseline) ?? 1) < refreshLevel;
  return { steps, origins: refit.losses.length, error, championError, pWorse, isWorse, isChampionBehind };
}

/** Returns the one-sided p that losses are higher than others, from means of blocks; null with fewer than six blocks. */
function pWorseThan(losses: readonly number[], others: readonly number[], blockPeriods: number): number | null {
  const blocks = blockMeans(
    losses.map((loss, i) => loss - at(others, i)),
    blockPeriods,
  );
  return blocks.length < blocksMin ? null : dieboldMariano(blocks).pValue;
}
