/** A published classification gives the trained probabilities in every engine, and its card describes the decision. */
import { expect, test } from "vitest";
import { cardShape } from "../../shared/registry/card.ts";
import { isNaive } from "../../shared/registry/gate.ts";
import { type InputColumn, runGolden } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import type { Judgement } from "../../shared/training/judgement.ts";
import { publish } from "../../shared/training/publish.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { judgementOfClasses, planted } from "./class-judgement.ts";
import { classData, classRecipes, classForecast as forecast } from "./classes.ts";
import { instantPool } from "./support.ts";

const data = classData(7, { ...planted, memory: 1 });
const bothKinds = [
  ...classRecipes,
  {
    candidate: "average",
    parameters: { member1: JSON.stringify(classRecipes[2]), member2: JSON.stringify(classRecipes[4]) },
  },
];

async function published(recipe: RecipeChoice) {
  const { judgement, bench } = await judgementOfClasses(data);
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
    const ours = evaluateOnnx(model, rows.inputs as Readonly<Record<string, InputColumn>>);
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
