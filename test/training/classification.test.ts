/** Guarantees of judging a classification: noise is not promoted, skill is found, and the baseline is the better base rate. */
import { describe, expect, test } from "vitest";
import { rowsOf, windowsOf } from "../../shared/judging/windows.ts";
import { evidenceShape } from "../../shared/registry/card.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { balancedAccuracy } from "../../shared/stats/balanced-accuracy.ts";
import { brier } from "../../shared/stats/brier.ts";
import type { Job } from "../../shared/training/job.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { judgeClasses, judgementOfClasses, planted } from "./class-judgement.ts";
import { classData, classForecast as forecast, type World } from "./classes.ts";
import { instantPool } from "./support.ts";

const chance: World = { strength: 0 };
const noChampion = { incumbent: null, ...noLooks };

async function promotedIn(seed: number, world: World): Promise<boolean> {
  const { judgement } = await judgeClasses(classData(seed, world));
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
    const { judgement } = await judgeClasses(data);
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
    const { judgement } = await judgeClasses(classData(3, chance));
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
    const summary = ({ judgement }: { readonly judgement: Judgement }) => {
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
    expect(summary(await judgeClasses(data))).toEqual(summary(await judgementOfClasses(data)));
  });

  test("uses the test window only after the search, and never trains on the rows that it is judged on", async () => {
    const jobs: Job[] = [];
    const inner = instantPool(forecast, data);
    await judgeClasses(data, {
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
    const { judgement } = await judgementOfClasses(data);
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
});

test("the scores of a leaderboard row match their definitions", async () => {
  const data = classData(9, planted);
  const pool = instantPool(forecast, data);
  const { judgement } = await judgeClasses(data, pool);
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
