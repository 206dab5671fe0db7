/** Guarantees of judging a classification: noise is not promoted, skill is found, and the baseline is the better base rate. */
import { describe, expect, test } from "vitest";
import { averageParameters } from "../../shared/candidates/average.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { type PredictedRows, thresholdOf } from "../../shared/judging/classification.ts";
import { type Fold, rowsOf, spanOf, windowsOf } from "../../shared/judging/windows.ts";
import { failure } from "../../shared/lib/result.ts";
import { cardShape, evidenceShape } from "../../shared/registry/card.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { type Column, runGolden } from "../../shared/registry/golden.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { balancedAccuracy } from "../../shared/stats/balanced-accuracy.ts";
import { brier } from "../../shared/stats/brier.ts";
import { refitAt, validated } from "../../shared/training/contest.ts";
import type { Job, Pool, RecipeChoice } from "../../shared/training/job.ts";
import { judge } from "../../shared/training/judge.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { publish } from "../../shared/training/publish.ts";
import { predictOrigins } from "../../shared/training/rolling-origins.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { classData, classRecipes, classForecast as forecast, type World } from "./classes.ts";
import { instantPool, keepingEffects } from "./support.ts";

const planted: World = { strength: 2 };
const chance: World = { strength: 0 };
const noChampion = { incumbent: null, ...noLooks };

async function judged(data: Dataset, pool: Pool = instantPool(forecast, data), seed = 1) {
  const task = { forecast, data, seed, trialsMax: null, incumbent: null };
  const result = await judge(task, keepingEffects(pool).effects);
  if (!result.ok) throw new Error(result.error.kind);
  return result.value;
}

async function promotedIn(seed: number, world: World): Promise<boolean> {
  const { judgement } = await judged(classData(seed, world));
  const { verdict, champion } = outcomeOf(forecast, judgement, noChampion);
  return verdict.kind === "promote" && !isNaive(champion);
}

const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed + 1);

test("with random outcomes, a learned model is promoted for at most 1 of 20 seeds", async () => {
  let promoted = 0;
  for (const seed of seeds(20)) promoted += Number(await promotedIn(seed, chance));
  expect(promoted).toBeLessThanOrEqual(1);
});

test("with an informative signal, a learned model is promoted for at least 9 of 10 seeds", async () => {
  let promoted = 0;
  for (const seed of seeds(10)) promoted += Number(await promotedIn(seed, planted));
  expect(promoted).toBeGreaterThanOrEqual(9);
});

describe("naive", () => {
  const errorOf = ({ contenders }: Judgement, name: string) =>
    contenders.find((one) => one.name === name)?.classification?.validationBrier ?? Number.NaN;

  test.each([
    {
      what: "bad days follow bad days",
      seed: 3,
      world: { strength: 0, memory: 5, lean: 0 },
      better: "state-frequency",
    },
    { what: "days are independent", seed: 4, world: chance, better: "base-rate" },
  ])("is the better of both on validation: $what", async ({ seed, world, better }) => {
    const data = classData(seed, world);
    const { judgement } = await judged(data);
    const worse = better === "base-rate" ? "state-frequency" : "base-rate";
    expect(errorOf(judgement, better)).toBeLessThan(errorOf(judgement, worse));
    expect(judgement.naive).toEqual({ candidate: better, parameters: {} });
    const evidence = judgement.evidenceFor(judgement.naive);
    expect(evidence?.challenger).toEqual(evidence?.naive);
    const line = judgement.contenders.find(({ name }) => name === better);
    expect(line).toMatchObject({ skill: 0, pValue: null });
    expect(judgement.contenders.find(({ name }) => name === worse)?.pValue).not.toBeNull();
  });

  test("serves if no model is better, and the reason has the periods and the p-value", async () => {
    const { judgement } = await judged(classData(3, chance));
    const { champion, reason } = outcomeOf(forecast, judgement, noChampion);
    expect(champion).toBe(judgement.naive.candidate);
    expect(reason).toContain(`${judgement.test.from} to ${judgement.test.to}`);
    expect(reason).toMatch(/p [=<] [\d.]+/);
    expect(reason).toContain(`the baseline (${champion})`);
    expect(reason).toContain("Brier score");
  });
});

describe("a judgement", () => {
  const data = classData(5, planted);
  const windows = windowsOf(data, forecast.validation);

  test("is the same for the same seed", async () => {
    const summary = async () => {
      const { judgement } = await judged(data);
      const { contenders, chosen, naive } = judgement;
      const timeless = contenders.map((one) => ({ ...one, seconds: 0 }));
      return {
        contenders: timeless,
        chosen,
        naive,
        evidence: judgement.evidenceFor(chosen),
        classes: judgement.classesFor(chosen),
      };
    };
    expect(await summary()).toEqual(await summary());
  });

  test("uses the test window only after the search, and never trains on the rows that it is judged on", async () => {
    const jobs: Job[] = [];
    const inner = instantPool(forecast, data);
    await judged(data, {
      run: (job) => {
        jobs.push(job);
        return inner.run(job);
      },
    });
    const isTest = (job: Job) => (job.rows?.to ?? 0) > rowsOf(windows.test).from;
    expect(jobs.slice(jobs.findIndex(isTest)).every(isTest)).toBe(true);
    for (const job of jobs) expect(job.train.to).toBeLessThanOrEqual(job.rows?.from ?? 0);
  });

  test("the mean of the evidence is the Brier score of the leaderboard and of the definition", async () => {
    const { judgement } = await judged(data);
    const { chosen } = judgement;
    const evidence = evidenceShape.parse(judgement.evidenceFor(chosen));
    const mean = evidence.challenger.reduce((sum, one) => sum + one, 0) / evidence.challenger.length;
    const line = judgement.contenders.find(({ candidate }) => candidate === chosen.candidate);
    expect(line?.classification?.brier).toBeCloseTo(mean, 12);
    expect(line?.rmse).toBeCloseTo(Math.sqrt(mean), 12);
    expect(judgement.contenders.map(({ rmse }) => rmse)).toEqual(
      judgement.contenders.map(({ rmse }) => rmse).sort((a, b) => a - b),
    );
    for (const contender of judgement.contenders) expect(contender.coverage80).toBeNull();
  });

  test("threshold and calibration come from rolling origins of the whole training span, and no value of the test window changes them", async () => {
    const { judgement } = await judged(data);
    const classes = judgement.classesFor(judgement.chosen);
    const line = judgement.contenders.find(({ candidate }) => candidate === judgement.chosen.candidate);
    expect(classes?.threshold).toBe(line?.classification?.threshold);
    const span = { from: rowsOf(windows.earlier).from, to: rowsOf(windows.validation).to };
    expect(classes?.origins).toEqual(spanOf(data, span));
    expect(classes?.calibration.reduce((sum, { count }) => sum + count, 0)).toBe(span.to - span.from);
    const isTested = (row: number) => row >= rowsOf(windows.test).from;
    const worst = { ...data, target: data.target.map((one, row) => (isTested(row) ? 1 - one : one)) };
    const other = await judged(worst);
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
    const { judgement } = await judged(data, failing);
    const { origins } = judgement.classesFor(judgement.chosen) ?? {};
    expect(origins?.from).toBe(spanOf(data, { from: second, to: second + 1 }).from);
    expect(origins?.to).toBe(judgement.validation.to);
  });

  test("exceptional weeks before the test window mislead a threshold of validation alone, and not one of rolling origins", async () => {
    const unusual = { testShare: 0.3, validationShare: 0.15, folds: 2, periodsMin: 60 };
    const gained = seeds(4).map(async (seed) => {
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
});

describe("publishing", () => {
  const data = classData(7, { ...planted, memory: 1 });
  const bothKinds = [
    ...classRecipes,
    {
      candidate: "average",
      parameters: { member1: JSON.stringify(classRecipes[2]), member2: JSON.stringify(classRecipes[4]) },
    },
  ];

  async function published(recipe: RecipeChoice) {
    const { judgement, bench } = await judged(data);
    const published = judgement.evidenceFor(recipe) ? recipe : judgement.chosen;
    const shown: Judgement = {
      ...judgement,
      evidenceFor: () => judgement.evidenceFor(published),
      missesFor: () => judgement.missesFor(published),
      classesFor: () => judgement.classesFor(published),
    };
    const task = {
      forecast,
      bench,
      judgement: shown,
      recipe,
      reason: "test",
      seed: 1,
      codeVersion: "test",
      trials: 1,
    };
    const pool = instantPool(forecast, data);
    const result = await publish(
      { ...task, dataHash: "0".repeat(64), observations: data.rows, breaks: [] },
      { pool, run: runReference },
    );
    if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.problems.join(" ")}`);
    return result.value;
  }

  test.each(bothKinds)(
    "$candidate: card, golden rows, reference runtime and the built-in engine agree",
    async (recipe) => {
      const { model, card, rows } = await published(recipe);
      expect(cardShape.parse(JSON.parse(JSON.stringify(card)))).toEqual(card);
      expect(runGolden(model, card, evaluateOnnx)).toMatchObject({ ok: true });
      const isTree = isNaive(recipe.candidate);
      const isLine = ["logistic", "average"].includes(recipe.candidate);
      expect(card.golden.tolerance).toBe(isTree ? 0 : isLine ? 1e-5 : 1e-6);
      const reference = await runReference(model, rows.inputs);
      const ours = evaluateOnnx(model, rows.inputs as Readonly<Record<string, Column>>);
      if (!ours.ok) throw new Error(ours.error.reason);
      expect(Object.keys(reference)).toEqual(["prediction"]);
      reference.prediction?.forEach((value, row) => {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        const miss = Math.abs(value - (ours.value.prediction?.[row] ?? Number.NaN));
        expect(miss).toBeLessThanOrEqual(card.golden.tolerance * value);
      });
      // Golden rows include missing values. Only the last value, which a baseline may read alone, is never missing.
      const columns = Object.values(card.golden.inputs);
      expect(columns.some((column) => column.includes(null))).toBe(columns.length > 1);
    },
  );

  test("the card has the labels, the threshold, the baseline's probabilities and the calibration", async () => {
    const { card } = await published(classRecipes[2]);
    expect(card).toMatchObject({
      task: "classification",
      intervals: [],
      distribution: null,
      unchangedShare: null,
      judged: { change: null },
    });
    const { decision, judged } = card;
    expect(decision?.labels).toEqual({ event: "bad", otherwise: "good" });
    expect(decision?.naive.candidate).toBe(judged.naive);
    expect(["base-rate", "state-frequency"]).toContain(judged.naive);
    const [calm = 0, bad = 0] = decision?.naive.after ?? [];
    expect(calm).toBeGreaterThan(0);
    expect(bad).toBeGreaterThanOrEqual(calm);
    expect(judged.calibration?.length).toBeGreaterThan(0);
    const line = judged.contenders.find(({ candidate }) => candidate === "logistic");
    expect(decision?.threshold).toBe(line?.classification?.threshold);
  });

  test("a card without the members of a classification is read as one of a regression", async () => {
    const { card } = await published(classRecipes[2]);
    const { decision: _, ...rest } = card;
    const { naive: __, calibration: ___, ...before } = card.judged;
    const contenders = before.contenders.map(({ classification: ____, ...line }) => line);
    const read = cardShape.parse({ ...rest, task: "regression", judged: { ...before, contenders } });
    expect(read).toMatchObject({ decision: null, judged: { naive: "naive", calibration: null } });
    expect(read.judged.contenders.every(({ classification }) => classification === null)).toBe(true);
  });
});

test("the scores of a leaderboard row match their definitions", async () => {
  const data = classData(9, planted);
  const pool = instantPool(forecast, data);
  const { judgement } = await judged(data, pool);
  const line = judgement.contenders.find(({ name }) => name === "base-rate")?.classification;
  const { test: folds } = windowsOf(data, forecast.validation);
  const probabilities: number[] = [];
  for (const { train, rows } of folds) {
    const recipe = { candidate: "base-rate", parameters: {} };
    const result = await pool.run({ learns: "value", recipe, train, rows, seed: 1, wantsModel: false });
    if (result.ok) probabilities.push(...result.value.predictions);
  }
  const { from, to } = rowsOf(folds);
  const outcomes = data.target.subarray(from, to);
  expect(line?.brier).toBe(brier(outcomes, probabilities));
  const named = probabilities.map((probability) => Number(probability >= (line?.threshold ?? 0)));
  expect(line?.balancedAccuracy).toBe(balancedAccuracy<number>(outcomes, named));
});
