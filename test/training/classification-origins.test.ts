/** The threshold and the calibration of a classification come from predictions of rolling origins. */
import { expect, test } from "vitest";
import { averageParameters } from "../../shared/candidates/average.ts";
import { type PredictedRows, thresholdOf } from "../../shared/judging/classification.ts";
import { type Fold, rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";
import { failure } from "../../shared/lib/result.ts";
import { balancedAccuracy } from "../../shared/stats/balanced-accuracy.ts";
import { refitAt, validated } from "../../shared/training/contest.ts";
import type { Pool, RecipeChoice } from "../../shared/training/job.ts";
import { predictOrigins } from "../../shared/training/rolling-origins.ts";
import { judgeClasses, judgementOfClasses, planted } from "./class-judgement.ts";
import { classData, classRecipes, classForecast as forecast } from "./classes.ts";
import { instantPool } from "./support.ts";

const data = classData(5, planted);
const windows = windowsOf(data, forecast.validation);

test("threshold and calibration come from rolling origins of the whole training span, and no value of the test window changes them", async () => {
  const { judgement } = await judgementOfClasses(data);
  const classes = judgement.classesFor(judgement.chosen);
  const line = judgement.contenders.find(({ candidate }) => candidate === judgement.chosen.candidate);
  expect(classes?.threshold).toBe(line?.classification?.threshold);
  const span = { from: rowsOf(windows.earlier).from, to: rowsOf(windows.validation).to };
  expect(classes?.origins).toEqual(spanOf(data, span));
  expect(classes?.calibration.reduce((sum, { count }) => sum + count, 0)).toBe(span.to - span.from);
  const isTested = (row: number) => row >= rowsOf(windows.test).from;
  const worst = { ...data, target: data.target.map((one, row) => (isTested(row) ? 1 - one : one)) };
  const other = await judgeClasses(worst);
  expect(other.judgement.classesFor(judgement.chosen)).toEqual(classes);
  expect(other.judgement.validation).toEqual(judgement.validation);
});

test("the predictions of rolling origins are those of models that are fitted at the origins, also for an average", async () => {
  const pool = instantPool(forecast, data);
  const scoredOn = async (recipe: RecipeChoice) => {
    const fit = await refitAt(windows.validation, recipe, { pool, seed: 1 });
    if (!fit.ok) throw new Error(fit.error.kind);
    const rows = rowsOf(windows.validation);
    const scoring = { forecast, data };
    return validated(scoring, { ...fit.value, rows }, { name: recipe.candidate, recipe, seconds: 0 });
  };
  const members = [classRecipes[2], classRecipes[4]];
  const recipes = [...members, { candidate: "average", parameters: averageParameters(members) }];
  const results = [...(await Promise.all(members.map(scoredOn))), await scoredOn(members[0] ?? classRecipes[2])];
  const ranked = results.map((result, i) => ({ ...result, recipe: recipes[i] ?? result.recipe }));
  const [line, forest, mean] = await predictOrigins({ forecast, data, seed: 1 }, ranked, { windows, pool });
  const [fold] = windows.earlier;
  if (!line || !forest || !mean || !fold) throw new Error("a result has no origins");
  const own = await refitAt([fold], classRecipes[2], { pool, seed: 1 });
  expect(own.ok && [...own.value.predictions]).toEqual([
    ...line.predictions.subarray(0, fold.rows.to - fold.rows.from),
  ]);
  expect(mean.predictions[0]).toBeCloseTo(((line.predictions[0] ?? 0) + (forest.predictions[0] ?? 0)) / 2, 6);
  expect(line.rows).toEqual({ from: fold.rows.from, to: rowsOf(windows.validation).to });
});

test("origins up to the last one at which a model cannot be fitted are left out", async () => {
  const pool = instantPool(forecast, data);
  const second = windows.earlier[1]?.rows.from ?? 0;
  const failing: Pool = {
    run: async (job) =>
      job.rows && job.rows.from < second ? failure({ kind: "constant-target", value: 0 }) : pool.run(job),
  };
  const { judgement } = await judgeClasses(data, failing);
  const { origins } = judgement.classesFor(judgement.chosen) ?? {};
  expect(origins?.from).toBe(spanOf(data, { from: second, to: second + 1 }).from);
  expect(origins?.to).toBe(judgement.validation.to);
});

test("exceptional weeks before the test window mislead a threshold of validation alone, and not one of rolling origins", async () => {
  const unusual = { testShare: 0.3, validationShare: 0.15, folds: 2, periodsMin: 60 };
  const gained = [1, 2, 3, 4].map(async (seed) => {
    const world = { strength: 4, lean: 0, periods: 300, leanAt: (day: number) => (day > 165 && day <= 210 ? -4 : 0) };
    const own = classData(seed, world);
    const { earlier, validation, test: last } = windowsOf(own, unusual);
    const pool = instantPool(forecast, own);
    const predicted = async (folds: readonly Fold[]) => {
      const fit = await refitAt(folds, classRecipes[2], { pool, seed });
      if (!fit.ok) throw new Error(fit.error.kind);
      return { ...fit.value, rows: rowsOf(folds) };
    };
    const scoring = { forecast, data: own };
    const slice = await predicted(validation);
    const result = validated(scoring, slice, { name: "logistic", recipe: classRecipes[2], seconds: 0 });
    const [origins] = await predictOrigins({ ...scoring, seed }, [result], {
      windows: { earlier, validation },
      pool,
    });
    const tested = await predicted(last);
    const accuracyOf = (chosenOn: PredictedRows | null | undefined) => {
      const threshold = chosenOn ? thresholdOf(own, chosenOn) : Number.NaN;
      const classes = tested.predictions.map((probability) => Number(probability >= threshold));
      return balancedAccuracy<number>(own.target.subarray(tested.rows.from, tested.rows.to), classes);
    };
    return accuracyOf(origins) - accuracyOf(slice);
  });
  const all = await Promise.all(gained);
  expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
  expect(all.reduce((sum, one) => sum + one, 0) / all.length).toBeGreaterThan(0.05);
});
