/**
 * The contest of further steps: one model for all steps and one model per step against the baseline of each step, over rolling
 * origins. A stretch of origins is predicted by models that are fitted to the targets up to its first origin, and the contender
 * that is chosen for it is the best on the stretches before it. So no tested target helped to choose.
 */
import type { Panel } from "../features/panel.ts";
import type { Forecast } from "../forecasts/forecast.ts";
import { opponents, type ScaledError, type StretchRows, scoreStretch } from "../judging/learned-rows.ts";
import type { StepLosses } from "../judging/step-losses.ts";
import type { StepRows } from "../judging/step-rows.ts";
import { type StepSet, seriesSet, stepSetsOf } from "../judging/step-sets.ts";
import { type Stretch, stretchesOf } from "../judging/stretches.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import type { RecipeChoice } from "./job.ts";
import type { StepJob, StepJobOutput, StepPool } from "./step-job.ts";
import { TestRows, type TestScores } from "./test-rows.ts";

/** `pooled`: one model for all steps. `own`: one model for each step. */
export const learnerKinds = ["pooled", "own"] as const;
export type LearnerKind = (typeof learnerKinds)[number];
/** What may serve a step. */
export type StepServer = LearnerKind | "baseline";

export interface StepContestTask {
  readonly forecast: Forecast;
  readonly panel: Panel;
  readonly rows: StepRows;
  readonly recipe: RecipeChoice;
  readonly seed: number;
  /** The kinds of learners that contend. */
  readonly kinds: readonly LearnerKind[];
  /** Position of the first period of the test window, to score distributions there; null to save the time. */
  readonly scoredFrom: number | null;
}

/** The losses of a step by origin. */
export interface ContestedStep {
  readonly step: number;
  /** Positions of the origins, ascending, of all stretches. */
  readonly origins: readonly number[];
  /** By contender: `reference`, `baseline` and the kinds of learners that could be fitted. One mean per origin. */
  readonly losses: ReadonlyMap<string, readonly number[]>;
  /** What was chosen for each origin on the stretches before; null for the first stretch. */
  readonly picks: readonly (StepServer | null)[];
  /** What the same rule chooses for the next stretch, which is served. */
  readonly pick: StepServer;
  readonly rows: number;
  /** Scaled errors of each learner, from which the spread of a served learner is computed. */
  readonly errors: ReadonlyMap<string, readonly ScaledError[]>;
  /** Scores on the test window by contender; null if they were not computed. */
  readonly scores: ReadonlyMap<string, TestScores> | null;
}

export interface StepContest {
  readonly recipe: RecipeChoice;
  readonly steps: readonly ContestedStep[];
  readonly periods: readonly string[];
  readonly seconds: number;
}

/** Runs the contest of the series; null if a step has no rows. */
export async function contestSteps(task: StepContestTask, pool: StepPool): Promise<StepContest | null> {
  const { forecast, panel, rows, recipe } = task;
  const [found] = stepSetsOf(forecast, panel);
  if (found?.name !== seriesSet) return null;
  const set = { ...found, rowsOf: memoized(found.rowsOf) };
  const stretches = stretchesOf(panel.periods.length);
  // The newest stretch has the longest fit. While others run, the earlier stretches are scored.
  const started = stretches.toReversed().map((stretch) => fitStretch(task, stretch, pool));
  // Handles the failures of those that nothing waits for yet.
  Promise.all(started).catch(() => undefined);
  const newest = await started[0];
  // A learner that cannot be fitted to the newest data cannot serve.
  const kinds = task.kinds.filter((kind) => newest?.learners.has(kind));
  const contests = rows.steps.map((step) => new ContestOfStep({ ...task, set, step, kinds }));
  let seconds = 0;
  for (const [i, stretch] of stretches.entries()) {
    const fit = await started[stretches.length - 1 - i];
    if (fit === undefined) continue;
    seconds += fit.seconds;
    for (const contest of contests) {
      contest.add(stretch, fit);
      await pool.turn?.();
    }
  }
  const steps = contests.flatMap((contest) => contest.result() ?? []);
  return steps.length < contests.length ? null : { recipe, steps, periods: panel.periods, seconds };
}

/** Caches the rows of every step. The contest has few steps and reads each for every stretch. */
function memoized(compute: StepSet["rowsOf"]): StepSet["rowsOf"] {
  const cache = new Map<number, ReturnType<typeof compute>>();
  return (step) => {
    const data = cache.get(step) ?? compute(step);
    cache.set(step, data);
    return data;
  };
}

/** The predictions of one stretch by kind of learner, then by step. */
interface FittedStretch {
  readonly learners: ReadonlyMap<LearnerKind, readonly StepJobOutput[]>;
  readonly seconds: number;
}

async function fitStretch(
  { rows, recipe, seed, kinds }: StepContestTask,
  stretch: Stretch,
  pool: StepPool,
): Promise<FittedStretch> {
  const job = (step: number | null): StepJob => ({
    recipe,
    step,
    known: stretch.from,
    origins: stretch,
    seed,
    wantsModel: false,
  });
  const stepsOf = { pooled: [null], own: rows.steps };
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const results = await Promise.all(stepsOf[kind].map((step) => pool.run(job(step))));
      const outputs = results.flatMap((result) => (result.ok ? [result.value] : []));
      return { kind, outputs: outputs.length < results.length ? null : outputs };
    }),
  );
  return {
    learners: new Map(found.flatMap(({ kind, outputs }) => (outputs === null ? [] : [[kind, outputs]]))),
    seconds: found.flatMap(({ outputs }) => outputs ?? []).reduce((sum, { seconds }) => sum + seconds, 0),
  };
}

interface StepTask extends StepContestTask {
  readonly set: StepSet;
  readonly step: number;
}

/** The contest of one step. Stretches are added in their order. */
class ContestOfStep {
  readonly #task: StepTask;
  readonly #errors = new Map<string, ScaledError[]>();
  readonly #all: ByOrigin[] = [];
  readonly #picks: (StepServer | null)[] = [];
  readonly #test: TestRows | null;
  #rows = 0;
  /** True if a tested stretch has rows and none before it, so that nothing can be chosen for it. */
  #isWithoutChoice = false;

  /** `task.kinds`: those that can be fitted to the newest data. */
  constructor(task: StepTask) {
    this.#task = task;
    this.#test = task.scoredFrom === null ? null : new TestRows(task.rows, task.scoredFrom);
  }

  add(stretch: Stretch, fit: FittedStretch): void {
    const { forecast, set, step, rows, kinds } = this.#task;
    if (this.#isWithoutChoice) return;
    const learners = new Map(
      kinds.flatMap((kind) => {
        const outputs = fit.learners.get(kind);
        const own = kind === "pooled" ? outputs?.[0] : outputs?.[rows.steps.indexOf(step)];
        return own === undefined ? [] : [[kind, own]];
      }),
    );
    const found = scoreStretch({ forecast, set, rows, step, stretch, learners, errors: this.#errors });
    if (found === null) {
      this.#isWithoutChoice = stretch.isTested && this.#all.length === 0;
      return;
    }
    const scored = withBaseline(found, kinds);
    const origins = byOrigin(this.#task, scored);
    const pick = stretch.isTested ? pickOf(this.#all, kinds, stretch.from - step) : null;
    this.#picks.push(...origins.map(() => pick));
    this.#all.push(...origins);
    this.#rows += scored.rows.length;
    for (const [name, more] of scored.errors) this.#errors.set(name, [...(this.#errors.get(name) ?? []), ...more]);
    this.#test?.add(scored);
  }

  /** Returns the losses of all stretches; null without rows. */
  result(): ContestedStep | null {
    const { step, kinds, forecast } = this.#task;
    const all = this.#all;
    if (this.#isWithoutChoice || all.length === 0) return null;
    const names = [...opponents, ...kinds];
    return {
      step,
      origins: all.map(({ origin }) => origin),
      losses: new Map(names.map((name) => [name, all.map(({ losses }) => losses.get(name) ?? Number.NaN)])),
      picks: this.#picks,
      pick: pickOf(all, kinds, Number.POSITIVE_INFINITY) ?? "baseline",
      rows: this.#rows,
      errors: this.#errors,
      scores: this.#test?.scores(forecast.target.decimals) ?? null,
    };
  }
}

/** Gives a learner that could not be fitted before a stretch, such as on a feature without values, the numbers of the baseline. */
function withBaseline(scored: StretchRows, kinds: readonly LearnerKind[]): StretchRows {
  const filled = <T>(all: ReadonlyMap<string, T>): Map<string, T> => {
    const baseline = all.get("baseline");
    const absent = kinds.filter((kind) => !all.has(kind));
    return new Map([...all, ...absent.flatMap((kind): [string, T][] => (baseline ? [[kind, baseline]] : []))]);
  };
  const { losses, distributions, probabilities } = scored;
  return {
    ...scored,
    losses: filled(losses),
    distributions: distributions && filled(distributions),
    probabilities: probabilities && filled(probabilities),
  };
}

/** The mean losses of one origin by contender. */
export interface ByOrigin {
  readonly origin: number;
  readonly losses: ReadonlyMap<string, number>;
}

/** Averages the losses of the rows of each origin. O(rows). */
export function byOrigin(
  { rows, step }: Pick<StepTask, "rows" | "step">,
  { rows: scored, losses }: StretchRows,
): ByOrigin[] {
  const places = Map.groupBy(scored.keys(), (i) => at(rows.data.period, scored[i] ?? -1) - step);
  return [...places].map(([origin, own]) => ({
    origin,
    losses: new Map([...losses].map(([name, all]) => [name, mean(own.map((i) => at(all, i)))])),
  }));
}

/**
 * Returns the contender with the lowest mean loss over the origins up to `until`, whose targets are known. The baseline wins a tie,
 * and then the model of all steps. `baseline` without origins.
 */
function pickOf(all: readonly ByOrigin[], kinds: readonly LearnerKind[], until: number): StepServer {
  const known = all.filter(({ origin }) => origin <= until);
  const errorOf = (name: string) => mean(known.map(({ losses }) => losses.get(name) ?? Number.POSITIVE_INFINITY));
  const servers: readonly StepServer[] = ["baseline", ...kinds];
  if (known.length === 0) return "baseline";
  return servers
    .map((server) => ({ server, error: errorOf(server) }))
    .reduce((best, one) => (one.error < best.error ? one : best)).server;
}

/** Returns the losses of what was chosen for each tested origin, against an opponent. */
export function pickedLosses(
  { periods }: Pick<StepContest, "periods">,
  { origins, losses, picks }: ContestedStep,
  opponent: (typeof opponents)[number],
): StepLosses {
  const tested = [...origins.keys()].filter((i) => picks[i] !== null);
  const lossOf = (name: string, i: number) => losses.get(name)?.[i] ?? Number.NaN;
  return {
    origins: tested.map((i) => periods[origins[i] ?? -1] ?? ""),
    losses: tested.map((i) => lossOf(picks[i] ?? "baseline", i)),
    baseline: tested.map((i) => lossOf(opponent, i)),
  };
}
