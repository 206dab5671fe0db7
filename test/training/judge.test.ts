import { describe, expect, test } from "vitest";
import { firstRowAt } from "../../shared/features/dataset.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { refused } from "../../shared/models/fit.ts";
import { createRandom } from "../../shared/models/random.ts";
import { type Evidence, evidenceShape } from "../../shared/registry/card.ts";
import { conformalWidths } from "../../shared/stats/conformal.ts";
import { refitAt, standValidation, trialsOf } from "../../shared/training/contest.ts";
import {
  type Job,
  type JobResult,
  type Pool,
  type RecipeChoice,
  runJob,
  workbenchOf,
} from "../../shared/training/job.ts";
import { type Judgement, type JudgeTask, judge } from "../../shared/training/judge.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { createPool } from "../../trainer/training/pool.ts";
import {
  instantPool,
  keepingEffects,
  momentum,
  type Process,
  serving,
  simulatedPanel,
  smallDataset,
  smallForecast,
  sticky,
} from "./support.ts";

const forecast: Forecast = {
  ...smallForecast,
  change: { frequency: "frequency", space: { learningRate: { kind: "log-uniform", low: 0.03, high: 0.2 } }, trials: 2 },
};
/** Values go on as they went, or pause. */
const pausing: Process = (state, draw) => (Math.abs(draw) < 0.5 ? 0 : momentum(state, draw));
const data = smallDataset(simulatedPanel(3, pausing, { periods: 90, series: 5 }));
/** The same without pauses: here a learned model is best on validation. */
const steady = smallDataset(simulatedPanel(3, momentum, { periods: 90, series: 5 }));
const windows = windowsOf(data, forecast.validation);
const task: JudgeTask = { forecast, data, seed: 5, trialsMax: null, incumbent: null };

async function judged(pool: Pool, changes: Partial<JudgeTask> = {}) {
  const { effects, trials } = keepingEffects(pool);
  const outcome = await judge({ ...task, ...changes }, effects);
  if (!outcome.ok) throw new Error(outcome.refusal.kind);
  return { judgement: outcome.judgement, trials };
}

/** All that a judgement says, without the seconds it took and the order in which trials ended. */
function told({
  judgement,
  trials,
}: {
  judgement: Judgement;
  trials: readonly { candidate: string; number: number }[];
}) {
  const { contenders, missesFor, evidenceFor, classesFor, ...rest } = judgement;
  const { chosen } = judgement;
  const timeless = (one: object) => ({ ...one, seconds: 0 });
  const ended = trials.map(timeless).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return {
    ...rest,
    contenders: contenders.map(timeless),
    classes: classesFor(chosen),
    misses: missesFor(chosen),
    evidence: evidenceFor(chosen),
    trials: ended,
  };
}

/** What a recipe that stood has to show. */
function shownBy(judgement: Judgement, choice: RecipeChoice = judgement.chosen): Evidence {
  const evidence = judgement.evidenceFor(choice);
  if (evidence === null) throw new Error(`${choice.candidate} did not stand`);
  return evidence;
}

const naiveChoice: RecipeChoice = { candidate: "naive", parameters: {} };

/** Holds finished jobs back and lets them go in an order of its own. */
function unrulyPool(seed: number): Pool {
  const bench = workbenchOf(forecast, data);
  const random = createRandom(seed);
  const held: (() => void)[] = [];
  const release = () => held.splice(random.integer(held.length), 1)[0]?.();
  return {
    run: (job) =>
      new Promise((resolve) => {
        held.push(() => resolve(runJob(bench, job, () => 0)));
        setImmediate(release);
      }),
  };
}

describe("a judgement", () => {
  test("is the same for the same seed, whoever does the jobs and in whichever order they end", async () => {
    const plain = told(await judged(instantPool(forecast, data)));
    expect(told(await judged(instantPool(forecast, data)))).toEqual(plain);
    for (const seed of [1, 2]) expect(told(await judged(unrulyPool(seed)))).toEqual(plain);
    const threads = createPool({ forecast, data }, 2);
    const threaded = await judged(threads);
    await threads.stop();
    expect(told(threaded)).toEqual(plain);
    const other = told(await judged(instantPool(forecast, data), { seed: 6 }));
    expect(other.trials).not.toEqual(plain.trials);
  });

  test("looks at the test window once, after the search, and never learns from what it is judged by", async () => {
    const inner = instantPool(forecast, data);
    const jobs: Job[] = [];
    const { judgement } = await judged({
      run: (job) => {
        jobs.push(job);
        return inner.run(job);
      },
    });
    const isTest = (job: Job) => (job.rows?.to ?? 0) > rowsOf(windows.test).from;
    const firstLook = jobs.findIndex((job) => isTest(job) && job.learns === "value");
    expect(
      jobs
        .slice(firstLook)
        .filter(({ learns }) => learns === "value")
        .every(isTest),
    ).toBe(true);
    const looks = jobs.filter(isTest).map(({ learns, recipe, rows }) => JSON.stringify([learns, recipe, rows?.from]));
    expect(new Set(looks).size).toBe(looks.length);
    // An average is fitted by its members alone; the change model looks too.
    const fitted = judgement.contenders.filter(({ name }) => name !== "average");
    expect(looks.length).toBe(2 * (fitted.length + 1));
    for (const job of jobs) expect(job.train.to).toBeLessThanOrEqual(job.rows?.from ?? 0);
  });

  test("chooses who errs least on validation, not who is best on the test window", async () => {
    const { judgement, trials } = await judged(instantPool(forecast, data));
    const errors = judgement.contenders.map(({ validationRmse }) => validationRmse ?? Number.NaN);
    const best = judgement.contenders[errors.indexOf(Math.min(...errors))];
    expect(recipeOf(forecast, judgement.chosen).id).toBe(best?.recipe);
    const tested = judgement.contenders.map(({ rmse }) => rmse);
    expect(tested).toEqual([...tested].sort((a, b) => a - b));
    expect(trials.length).toBe(trialsOf(forecast, null));
    expect(trialsOf(forecast, 1)).toBe(4);
  });

  test("shows losses of every period of the test window, on the same rows for everyone", async () => {
    const { judgement } = await judged(instantPool(forecast, data));
    const { test: span, contenders } = judgement;
    const evidence = shownBy(judgement);
    const naiveEvidence = shownBy(judgement, naiveChoice);
    expect(evidenceShape.safeParse(evidence).success).toBe(true);
    expect([evidence.periods.length, evidence.periods[0], evidence.periods.at(-1)]).toEqual([
      span.periods,
      span.from,
      span.to,
    ]);
    expect(naiveEvidence.challenger).toEqual(evidence.naive);
    const weighted = (losses: readonly number[]) =>
      Math.sqrt(losses.reduce((sum, loss, i) => sum + loss * (evidence.rows[i] ?? 0), 0) / span.rows);
    const rmseOf = (id: string | undefined) => contenders.find(({ recipe }) => recipe === id)?.rmse ?? Number.NaN;
    expect(weighted(evidence.challenger)).toBeCloseTo(rmseOf(recipeOf(forecast, judgement.chosen).id), 10);
    const naive = contenders.find(({ name }) => name === "naive");
    expect(weighted(evidence.naive)).toBeCloseTo(naive?.rmse ?? Number.NaN, 10);
    expect([naive?.skill, naive?.pValue]).toEqual([0, null]);
    const residuals = judgement.missesFor(judgement.chosen);
    expect(residuals?.misses.length).toBe(judgement.validation.rows + span.rows);
    expect(judgement.missesFor({ candidate: "ridge", parameters: { alpha: 12345 } })).toBeNull();
  });

  test("takes the width of intervals from validation and counts what they hold on the test window", async () => {
    const { judgement } = await judged(instantPool(forecast, data));
    const { misses: residuals = new Float64Array() } = judgement.missesFor(judgement.chosen) ?? {};
    const known = residuals.subarray(0, judgement.validation.rows);
    const later = residuals.subarray(judgement.validation.rows);
    const [at80, at95] = conformalWidths(known, [0.8, 0.95], { tolerance: 0.005 });
    const heldBy = (half: number) => later.filter((miss) => Math.abs(miss) <= half + 1e-4).length / later.length;
    const line = judgement.contenders.find(({ recipe }) => recipe === recipeOf(forecast, judgement.chosen).id);
    expect(line?.coverage80).toBe(heldBy(at80?.halfWidth ?? 0));
    expect(line?.coverage95).toBe(heldBy(at95?.halfWidth ?? 0));
  });

  test("says of an average on validation what its own model says there", async () => {
    for (const transform of ["difference", "log-difference"] as const) {
      const changed: Forecast = { ...forecast, target: { transform, decimals: 2 } };
      const pool = instantPool(changed, data);
      const contest = { forecast: changed, data, windows, seed: 5, trialsMax: null };
      const standings = await standValidation(contest, keepingEffects(pool).effects);
      const average = standings.find(({ name }) => name === "average");
      if (average === undefined) throw new Error("the forecast asks for an average of two");
      const refit = await refitAt(windows.validation, average.recipe, { pool, seed: 5 });
      // Sums of float32 differ by one place: 8e-6 at 100.
      const said = refit.ok ? refit.predictions : [];
      expect(said.length).toBe(average.predictions.length);
      for (const [row, value] of said.entries()) expect(value).toBeCloseTo(average.predictions[row] ?? 0, 4);
    }
  });

  test("does not choose whom nothing is known of on the test window", async () => {
    const plain = await judged(instantPool(forecast, steady), { data: steady });
    expect(plain.judgement.chosen.candidate).not.toBe("naive");
    const inner = instantPool(forecast, steady);
    const isTest = (job: Job) => (job.rows?.to ?? 0) > rowsOf(windows.test).from;
    const run = async (job: Job): Promise<JobResult> =>
      isTest(job) && job.recipe.candidate !== "naive" ? refused({ kind: "singular", alphaMax: 1 }) : inner.run(job);
    const { judgement } = await judged({ run }, { data: steady });
    expect(judgement.chosen.candidate).toBe("naive");
    expect(shownBy(judgement).challenger).toEqual(shownBy(judgement).naive);
    expect(judgement.contenders.length).toBe(1);
  });
});

describe("what serves", () => {
  const recipe = { candidate: "ridge", parameters: { alpha: 10 } };

  test("is refitted at the same origins and scored on the same rows", async () => {
    const pool = instantPool(forecast, data);
    const { judgement } = await judged(pool, { incumbent: serving("v1", recipe) });
    expect(judgement.incumbent).toBe("v1");
    expect(shownBy(judgement).incumbent).toEqual(shownBy(judgement, recipe).challenger);
    expect(judgement.contenders.map(({ name }) => name)).toContain("incumbent v1");
    const same = await judged(pool, { incumbent: serving("v2", judgement.chosen) });
    expect(shownBy(same.judgement).incumbent).toEqual(shownBy(same.judgement).challenger);
    expect(same.judgement.contenders.length).toBe(judgement.contenders.length - 1);
  });

  test("stops a refresh that is worse than the very file that serves, on the periods since that was fitted", async () => {
    const trainedTo = steady.periods[74] ?? "";
    const asked: number[] = [];
    const truth = async ({ from, to }: { from: number; to: number }) => {
      asked.push(from);
      return steady.target.slice(from, to);
    };
    const pool = instantPool(forecast, steady);
    const first = await judged(pool, { data: steady });
    const { chosen } = first.judgement;
    const { judgement } = await judged(pool, {
      data: steady,
      incumbent: serving("v1", chosen, { trainedTo, predict: truth }),
    });
    expect(recipeOf(forecast, judgement.chosen)).toEqual(recipeOf(forecast, chosen));
    const { periods, challenger, incumbent } = shownBy(judgement);
    expect(asked).toEqual([firstRowAt(steady, 75)]);
    periods.forEach((period, index) => {
      expect(incumbent?.[index]).toBe(period > trainedTo ? 0 : challenger[index]);
    });
    const { id, candidate } = recipeOf(forecast, chosen);
    const situation = {
      incumbent: { version: "v1", recipe: id, candidate, publishedTo: trainedTo },
      usedThrough: null,
    };
    const { verdict, champion } = outcomeOf(forecast, judgement, situation);
    expect(verdict).toMatchObject({ kind: "reject", rule: "refresh" });
    expect(champion).toBe("v1");
  });

  test("made elsewhere, speaks only of periods that it had not seen", async () => {
    const trainedTo = data.periods[80] ?? "";
    const external = {
      trainedTo,
      predict: async (rows: { from: number; to: number }) => data.last.slice(rows.from, rows.to),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    const { periods, rows, challenger, naive, incumbent } = shownBy(judgement);
    expect(periods[0]).toBe(data.periods[81]);
    expect([rows, challenger, naive, incumbent].map((list) => list?.length)).toEqual([9, 9, 9, 9]);
    incumbent?.forEach((loss, index) => {
      expect(loss).toBeCloseTo(naive[index] ?? Number.NaN, 4);
    });
    // It repeats the last value, so on its own periods it is as good as naive, and its line says what those are.
    const line = judgement.contenders.find(({ name }) => name === "incumbent v3");
    const squares = naive.reduce((sum, loss, index) => sum + loss * (rows[index] ?? 0), 0);
    expect(line?.rmse).toBeCloseTo(Math.sqrt(squares / rows.reduce((sum, count) => sum + count, 0)), 5);
    expect(line?.note).toBe(`made elsewhere; scored on the 9 periods after ${trainedTo}`);
  });

  test("made elsewhere from all that there is, has no line: nothing of it can be known", async () => {
    const external = {
      trainedTo: data.periods.at(-1) ?? "",
      predict: async (rows: { from: number; to: number }) => data.last.slice(rows.from, rows.to),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    expect(judgement.contenders.map(({ name }) => name)).not.toContain("incumbent v3");
    expect(shownBy(judgement).periods).toEqual([]);
  });

  test("and can no longer be fitted, leaves a judgement without its losses", async () => {
    const broken = { candidate: "seasonal-naive", parameters: {} };
    const noSeason = { ...forecast, seasonal: null };
    const { judgement } = await judged(instantPool(noSeason, data), {
      forecast: noSeason,
      incumbent: serving("v4", broken),
    });
    expect([judgement.incumbent, shownBy(judgement).incumbent]).toEqual(["v4", null]);
  });
});

describe("will it change", () => {
  const restless = (changesAt: (period: number, series: number) => boolean) => {
    const panel = simulatedPanel(4, sticky, { periods: 120, series: 8 });
    return smallDataset({
      ...panel,
      series: panel.series.map(({ is }, series) => {
        let value = 100;
        const values = Float64Array.from(panel.periods, (_, period) => {
          value += Number(changesAt(period, series));
          return value;
        });
        return { is, values };
      }),
    });
  };

  test("the model answers where it beats each series' own frequency on validation", async () => {
    // After two periods of rest a change is due: what happened last tells it, the frequency does not.
    const due = restless((period) => period % 3 === 0);
    const { judgement } = await judged(instantPool(forecast, due), { data: due });
    expect(judgement.change?.source).toBe("model");
    expect(judgement.change?.brier).toBeLessThan(0.1);
    expect(judgement.change?.auc).toBeGreaterThan(0.95);
  });

  test("each series' own frequency answers where nothing more can be known", async () => {
    const random = createRandom(9);
    const chance = restless((_, series) => random.uniform() < (series + 1) / 10);
    const { judgement } = await judged(instantPool(forecast, chance), { data: chance });
    const { change } = judgement;
    if (change === null) throw new Error("the forecast asks for it");
    expect(change.source).toBe(change.validationBrier < change.validationBrierFrequency ? "model" : "frequency");
    expect(change.brier).toBeLessThan(change.brierBase);
    if (change.source === "frequency") expect(change.brier).toBe(change.brierFrequency);
  });
});
