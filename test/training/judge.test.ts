import { describe, expect, test } from "vitest";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { failure } from "../../shared/lib/result.ts";
import { createRandom } from "../../shared/models/random.ts";
import { evidenceShape } from "../../shared/registry/card.ts";
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
import type { Judgement } from "../../shared/training/judgement.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { createPool } from "../../trainer/training/pool.ts";
import { data, evidenceOf, forecast, judged, judgementOf, steady } from "./small-judgement.ts";
import { instantPool, keepingEffects } from "./support.ts";

const windows = windowsOf(data, forecast.validation);

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
    const plain = withoutTimes(await judgementOf(data));
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
    const { judgement, trials } = await judgementOf(data);
    const errors = judgement.contenders.map(({ validationRmse }) => validationRmse ?? Number.NaN);
    const best = judgement.contenders[errors.indexOf(Math.min(...errors))];
    expect(recipeOf(forecast, judgement.chosen).id).toBe(best?.recipe);
    const tested = judgement.contenders.map(({ rmse }) => rmse);
    expect(tested).toEqual([...tested].sort((a, b) => a - b));
    expect(trials.length).toBe(trialsOf(forecast, null));
    expect(trialsOf(forecast, 1)).toBe(4);
  });

  test("has losses for every period of the test window, on the same rows for all contenders", async () => {
    const { judgement } = await judgementOf(data);
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
    const { judgement } = await judgementOf(data);
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
    const plain = await judgementOf(steady);
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
