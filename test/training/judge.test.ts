import { describe, expect, test } from "vitest";
import { firstRowAt } from "../../shared/features/dataset.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { failure } from "../../shared/lib/result.ts";
import { createRandom } from "../../shared/models/random.ts";
import { type Evidence, evidenceShape } from "../../shared/registry/card.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { conformalWidths } from "../../shared/stats/conformal.ts";
import { refitAt, searchOnValidation, trialsOf } from "../../shared/training/contest.ts";
import {
  type Job,
  type JobResult,
  type Pool,
  type RecipeChoice,
  runJob,
  workbenchOf,
} from "../../shared/training/job.ts";
import { judge } from "../../shared/training/judge.ts";
import type { Judgement, JudgeTask } from "../../shared/training/judgement.ts";
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
/** Momentum with pauses. */
const pausing: Process = (state, draw) => (Math.abs(draw) < 0.5 ? 0 : momentum(state, draw));
const data = smallDataset(simulatedPanel(3, pausing, { periods: 90, series: 5 }));
/** Momentum without pauses: a learned model is the best on validation. */
const steady = smallDataset(simulatedPanel(3, momentum, { periods: 90, series: 5 }));
const windows = windowsOf(data, forecast.validation);
const task: JudgeTask = { forecast, data, seed: 5, trialsMax: null, incumbent: null };

async function judged(pool: Pool, changes: Partial<JudgeTask> = {}) {
  const { effects, trials } = keepingEffects(pool);
  const outcome = await judge({ ...task, ...changes }, effects);
  if (!outcome.ok) throw new Error(outcome.error.kind);
  return { judgement: outcome.value.judgement, trials };
}

/** Returns everything of a judgement except its seconds and the order of its trials. */
function withoutTimes({
  judgement,
  trials,
}: {
  judgement: Judgement;
  trials: readonly { candidate: string; number: number }[];
}) {
  const {
    contenders,
    formFor,
    changeFor,
    groupsFor,
    missesFor,
    evidenceFor,
    classesFor,
    choiceOf: _,
    ...rest
  } = judgement;
  const { chosen } = judgement;
  const timeless = (entry: object) => ({ ...entry, seconds: 0 });
  const ended = trials.map(timeless).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  return {
    ...rest,
    contenders: contenders.map(timeless),
    classes: classesFor(chosen),
    form: formFor(chosen),
    changeScores: changeFor(chosen),
    groups: groupsFor(chosen),
    misses: missesFor(chosen),
    evidence: evidenceFor(chosen),
    trials: ended,
  };
}

/** Returns the evidence of a contender. */
function evidenceOf(judgement: Judgement, choice: RecipeChoice = judgement.chosen): Evidence {
  const evidence = judgement.evidenceFor(choice);
  if (evidence === null) throw new Error(`${choice.candidate} is not a contender`);
  return evidence;
}

const naiveChoice: RecipeChoice = { candidate: "naive", parameters: {} };

/** Returns a pool that resolves finished jobs in a shuffled order. */
function shufflingPool(seed: number): Pool {
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
  test("is the same for the same seed, with any pool and order of jobs", async () => {
    const plain = withoutTimes(await judged(instantPool(forecast, data)));
    expect(withoutTimes(await judged(instantPool(forecast, data)))).toEqual(plain);
    for (const seed of [1, 2]) expect(withoutTimes(await judged(shufflingPool(seed)))).toEqual(plain);
    const threads = createPool({ forecast, data }, 2);
    const threaded = await judged(threads);
    await threads.stop();
    expect(withoutTimes(threaded)).toEqual(plain);
    const other = withoutTimes(await judged(instantPool(forecast, data), { seed: 6 }));
    expect(other.trials).not.toEqual(plain.trials);
  });

  test("uses the test window once, after the search, and never trains on the rows that it is judged on", async () => {
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
    // An average is only fitted through its members. The change model is fitted as well.
    const fitted = judgement.contenders.filter(({ name }) => name !== "average");
    expect(looks.length).toBe(2 * (fitted.length + 1));
    for (const job of jobs) expect(job.train.to).toBeLessThanOrEqual(job.rows?.from ?? 0);
  });

  test("chooses the best contender on validation, not the best on the test window", async () => {
    const { judgement, trials } = await judged(instantPool(forecast, data));
    const errors = judgement.contenders.map(({ validationRmse }) => validationRmse ?? Number.NaN);
    const best = judgement.contenders[errors.indexOf(Math.min(...errors))];
    expect(recipeOf(forecast, judgement.chosen).id).toBe(best?.recipe);
    const tested = judgement.contenders.map(({ rmse }) => rmse);
    expect(tested).toEqual([...tested].sort((a, b) => a - b));
    expect(trials.length).toBe(trialsOf(forecast, null));
    expect(trialsOf(forecast, 1)).toBe(4);
  });

  test("has losses for every period of the test window, on the same rows for all contenders", async () => {
    const { judgement } = await judged(instantPool(forecast, data));
    const { test: span, contenders } = judgement;
    const evidence = evidenceOf(judgement);
    const naiveEvidence = evidenceOf(judgement, naiveChoice);
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

  test("learns the width of intervals on validation and measures their coverage on the test window", async () => {
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

  test("has the same validation predictions for an average as its own model", async () => {
    for (const transform of ["difference", "log-difference"] as const) {
      const changed: Forecast = { ...forecast, target: { transform, decimals: 2 } };
      const pool = instantPool(changed, data);
      const contest = { forecast: changed, data, windows, seed: 5, trialsMax: null };
      const standings = await searchOnValidation(contest, keepingEffects(pool).effects);
      const average = standings.find(({ name }) => name === "average");
      if (average === undefined) throw new Error("the forecast declares an average of two");
      const refit = await refitAt(windows.validation, average.recipe, { pool, seed: 5 });
      // Sums of float32 differ by one unit in the last place: 8e-6 at 100.
      const predictions = refit.ok ? refit.value.predictions : [];
      const { predictions: whole } = average.validation;
      expect(predictions.length).toBe(whole.length);
      for (const [row, value] of predictions.entries()) expect(value).toBeCloseTo(whole[row] ?? 0, 4);
    }
  });

  test("does not choose a contender that could not be fitted on the test window", async () => {
    const plain = await judged(instantPool(forecast, steady), { data: steady });
    expect(plain.judgement.chosen.candidate).not.toBe("naive");
    const inner = instantPool(forecast, steady);
    const isTest = (job: Job) => (job.rows?.to ?? 0) > rowsOf(windows.test).from;
    const run = async (job: Job): Promise<JobResult> =>
      isTest(job) && job.recipe.candidate !== "naive" ? failure({ kind: "singular", alphaMax: 1 }) : inner.run(job);
    const { judgement } = await judged({ run }, { data: steady });
    expect(judgement.chosen.candidate).toBe("naive");
    expect(evidenceOf(judgement).challenger).toEqual(evidenceOf(judgement).naive);
    expect(judgement.contenders.length).toBe(1);
  });
});

describe("the champion", () => {
  const recipe = { candidate: "ridge", parameters: { alpha: 10 } };

  test("is refitted at the same origins and scored on the same rows", async () => {
    const pool = instantPool(forecast, data);
    const { judgement } = await judged(pool, { incumbent: serving("v1", recipe) });
    expect(judgement.incumbent).toBe("v1");
    expect(evidenceOf(judgement).incumbent).toEqual(evidenceOf(judgement, recipe).challenger);
    expect(judgement.contenders.map(({ name }) => name)).toContain("incumbent v1");
    const same = await judged(pool, { incumbent: serving("v2", judgement.chosen) });
    expect(evidenceOf(same.judgement).incumbent).toEqual(evidenceOf(same.judgement).challenger);
    expect(same.judgement.contenders.length).toBe(judgement.contenders.length - 1);
  });

  test("stops a refresh that is worse than the champion's file on the periods since it was fitted", async () => {
    const trainedTo = steady.periods[74] ?? "";
    const starts: number[] = [];
    const truth = async ({ from, to }: { from: number; to: number }) => {
      starts.push(from);
      return { predictions: steady.target.slice(from, to), changes: null };
    };
    const pool = instantPool(forecast, steady);
    const first = await judged(pool, { data: steady });
    const { chosen } = first.judgement;
    const { judgement } = await judged(pool, {
      data: steady,
      incumbent: serving("v1", chosen, { trainedTo, predict: truth }),
    });
    expect(recipeOf(forecast, judgement.chosen)).toEqual(recipeOf(forecast, chosen));
    const { periods, challenger, incumbent } = evidenceOf(judgement);
    expect(starts).toEqual([firstRowAt(steady, 75)]);
    periods.forEach((period, index) => {
      expect(incumbent?.[index]).toBe(period > trainedTo ? 0 : challenger[index]);
    });
    const { id, candidate } = recipeOf(forecast, chosen);
    const situation = {
      incumbent: { version: "v1", recipe: id, candidate, publishedTo: trainedTo },
      ...noLooks,
    };
    const { verdict, champion } = outcomeOf(forecast, judgement, situation);
    expect(verdict).toMatchObject({ kind: "reject", rule: "refresh" });
    expect(champion).toBe("v1");
  });

  test("if imported, is scored only on periods after its training data", async () => {
    const trainedTo = data.periods[80] ?? "";
    const external = {
      trainedTo,
      predict: async (rows: { from: number; to: number }) => ({
        predictions: data.last.slice(rows.from, rows.to),
        changes: null,
      }),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    const { periods, rows, challenger, naive, incumbent } = evidenceOf(judgement);
    expect(periods[0]).toBe(data.periods[81]);
    expect([rows, challenger, naive, incumbent].map((list) => list?.length)).toEqual([9, 9, 9, 9]);
    incumbent?.forEach((loss, index) => {
      expect(loss).toBeCloseTo(naive[index] ?? Number.NaN, 4);
    });
    // It repeats the last value, so it is as good as the baseline on its periods, which its note states.
    const line = judgement.contenders.find(({ name }) => name === "incumbent v3");
    const squares = naive.reduce((sum, loss, index) => sum + loss * (rows[index] ?? 0), 0);
    expect(line?.rmse).toBeCloseTo(Math.sqrt(squares / rows.reduce((sum, count) => sum + count, 0)), 5);
    expect(line?.note).toBe(`imported model; scored on the 9 periods after ${trainedTo}`);
  });

  test("if imported and trained on all periods, has no leaderboard row", async () => {
    const external = {
      trainedTo: data.periods.at(-1) ?? "",
      predict: async (rows: { from: number; to: number }) => ({
        predictions: data.last.slice(rows.from, rows.to),
        changes: null,
      }),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    expect(judgement.contenders.map(({ name }) => name)).not.toContain("incumbent v3");
    expect(evidenceOf(judgement).periods).toEqual([]);
  });

  test("if it can no longer be fitted, is missing from the evidence", async () => {
    const broken = { candidate: "seasonal-naive", parameters: {} };
    const noSeason = { ...forecast, seasonal: null };
    const { judgement } = await judged(instantPool(noSeason, data), {
      forecast: noSeason,
      incumbent: serving("v4", broken),
    });
    expect([judgement.incumbent, evidenceOf(judgement).incumbent]).toEqual(["v4", null]);
  });
});

describe("the change model", () => {
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

  test("is used if it is better than each series' own frequency on validation", async () => {
    // A change follows two periods of rest: the last change predicts it, the frequency does not.
    const due = restless((period) => period % 3 === 0);
    const { judgement } = await judged(instantPool(forecast, due), { data: due });
    expect(judgement.change?.source).toBe("model");
    expect(judgement.change?.brier).toBeLessThan(0.1);
    expect(judgement.change?.auc).toBeGreaterThan(0.95);
  });

  test("is replaced by each series' own frequency if changes are random", async () => {
    const random = createRandom(9);
    const chance = restless((_, series) => random.uniform() < (series + 1) / 10);
    const { judgement } = await judged(instantPool(forecast, chance), { data: chance });
    const { change } = judgement;
    if (change === null) throw new Error("the forecast declares a change model");
    expect(change.source).toBe(change.validationBrier < change.validationBrierFrequency ? "model" : "frequency");
    expect(change.brier).toBeLessThan(change.brierBase);
    if (change.source === "frequency") expect(change.brier).toBe(change.brierFrequency);
  });
});

test("the recipe of a champion with other features is a contender of its own on the edited ones", async () => {
  const data = smallDataset(simulatedPanel(5, momentum));
  const judged = async (incumbent: JudgeTask["incumbent"]) => {
    const { effects } = keepingEffects(instantPool(smallForecast, data));
    const result = await judge({ forecast: smallForecast, data, seed: 1, trialsMax: 1, incumbent }, effects);
    if (!result.ok) throw new Error(result.error.kind);
    return result.value.judgement;
  };
  const { chosen } = await judged(null);
  const { id } = recipeOf(smallForecast, chosen);
  const predict = async (rows: { readonly from: number; readonly to: number }) => ({
    predictions: data.last.slice(rows.from, rows.to),
    changes: null,
  });
  const judgement = await judged({
    version: "v1",
    recipe: chosen,
    isExternal: true,
    file: { predict, trainedTo: "" },
  });
  expect(judgement.field.map(({ recipe }) => recipe)).toContain(id);
  const incumbent = {
    version: "v1",
    recipe: "of other features",
    candidate: chosen.candidate,
    publishedTo: "2026-01-01",
  };
  expect(outcomeOf(smallForecast, judgement, { ...noLooks, incumbent })).toMatchObject({
    recipe: chosen,
    verdict: { rule: "replacement", kind: "promote" },
  });
});
