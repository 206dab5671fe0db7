/** A refit of the learners of further steps replaces the champion's only if it is not worse on the origins since that was fitted. */
import { expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import { type StepRows, stepRowsOf } from "../../shared/judging/step-rows.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import { publishSteps } from "../../shared/training/publish-steps.ts";
import type { ServingLearner } from "../../shared/training/serving-learner.ts";
import type { StepJob, StepPool } from "../../shared/training/step-job.ts";
import { trainStepLearners } from "../../shared/training/train-steps.ts";
import { learnerOfCard } from "../../trainer/training/serving-model.ts";
import { runHere } from "../trainer/replay/simulated.ts";
import { contestOf, echoes, steppedForecast as forecast, instantStepPool } from "./step-worlds.ts";

const whole = echoes(1, 0.8, { periods: 130, series: 4 });
const recipe: RecipeChoice = { candidate: "ridge", parameters: { alpha: 10 } };

/** Returns a panel without the periods from position `end` on. */
function until({ dimensions, periods, series }: Panel, end: number): Panel {
  return {
    dimensions,
    periods: periods.slice(0, end),
    series: series.map(({ is, values }) => ({ is, values: values.slice(0, end) })),
  };
}

/** Returns the learner of step 3 that is fitted to the first `end` periods. */
async function learnerAt(end: number): Promise<ServingLearner> {
  const { contest, rows, pool } = await contestOf(forecast, until(whole, end), recipe);
  const steps = [
    { step: 2, serves: "baseline" as const, reason: "test" },
    { step: 3, serves: "pooled" as const, reason: "test" },
  ];
  const task = { forecast, rows, contest, decision: { gate: null, steps }, seed: 1 };
  const found = await publishSteps(task, { pool, run: runHere });
  if (!found.ok || found.value.model === null || found.value.further.learner === null)
    throw new Error(JSON.stringify(found));
  const { learner } = found.value.further;
  return { learner, recipe, steps, bytes: found.value.model, trainedTo: learner.trainedTo ?? "" };
}

const rows = stepRowsOf(forecast, whole);
const good = instantStepPool(forecast, rows);

/** Fits to targets from position `from` on give predictions with the opposite change. */
function badSince(from: number, pool: StepPool, { data }: StepRows): StepPool {
  const turned = (row: number, prediction: number) => 2 * (data.last[row] ?? 0) - prediction;
  return {
    async run(job) {
      const fit = await pool.run(job);
      if (!fit.ok || job.known < from) return fit;
      const { outputs } = fit.value;
      const predictions = outputs.predictions.map((one, i) => turned(fit.value.rows[i] ?? -1, one));
      return { ...fit, value: { ...fit.value, outputs: { ...outputs, predictions } } };
    },
  };
}

async function trained(champion: ServingLearner | null, pool: StepPool, best: RecipeChoice = recipe) {
  const situation = { level: null, served: [3] };
  const task = { forecast, panel: whole, rows, recipe: best, seed: 1, situation, champion };
  const found = await trainStepLearners(task, { pool, run: runHere });
  if (!found.ok) throw new Error(found.error.join(" "));
  return found.value;
}

const [old, recent] = await Promise.all([learnerAt(100), learnerAt(122)]);

test("a refit that is not worse serves, with the last period that it was fitted to", async () => {
  const { further, model } = await trained(old, good);
  expect(further.learner?.trainedTo).toBe(whole.periods.at(-1));
  expect(model === old.bytes).toBe(false);
  expect(further.steps.find(({ step }) => step === 3)?.serves).not.toBe("baseline");
});

test("a bad refit never replaces the champion's learner, and the reason has both errors and p", async () => {
  const { further, model } = await trained(old, badSince(100, good, rows));
  expect(model === old.bytes).toBe(true);
  expect(further.learner).toEqual({ ...old.learner, trainedTo: whole.periods[99] });
  const [second, third] = further.steps;
  expect(second).toMatchObject({ serves: "baseline", reason: "The champion's learner does not serve this step." });
  expect(third?.serves).toBe("pooled");
  expect(third?.reason).toMatch(
    /^The champion's learner, fitted to the data up to 2026-04-10, stays: over 2\d origins since then its error is 0\.\d+ of the baseline's, and \d\.\d+ if the learner is fitted to newer data \(p 0\.0[0-4]\d+\)\.$/,
  );
});

test("with fewer than six blocks of origins there is no p, and a refit with a higher mean loss does not serve", async () => {
  const { further, model } = await trained(recent, badSince(122, good, rows));
  expect(model === recent.bytes).toBe(true);
  const reason = further.steps.find(({ step }) => step === 3)?.reason;
  expect(reason).toContain("if the learner is fitted to newer data.");
});

test("a champion's file that is worse than the refit is replaced", async () => {
  const turned = async (...[bytes, inputs]: Parameters<typeof runHere>) => {
    const outputs = await runHere(bytes, inputs);
    const last = inputs["last"];
    const prediction = outputs["prediction"]?.map((one, i) => 2 * Number(last?.[i]) - one) ?? new Float32Array();
    return bytes === old.bytes ? { ...outputs, prediction } : outputs;
  };
  const situation = { level: null, served: [3] };
  const task = { forecast, panel: whole, rows, recipe, seed: 1, situation, champion: old };
  const found = await trainStepLearners(task, { pool: good, run: turned });
  expect(found.ok && found.value.further.learner?.trainedTo).toBe(whole.periods.at(-1));
});

test("without a look the champion's recipe is fitted again, also if another recipe is the best at step 1", async () => {
  const jobs: StepJob[] = [];
  const recording: StepPool = {
    run(job) {
      jobs.push(job);
      return good.run(job);
    },
  };
  const other = { candidate: "ridge", parameters: { alpha: 1000 } };
  const { further } = await trained(old, recording, other);
  expect(new Set(jobs.map((job) => job.recipe.parameters["alpha"]))).toEqual(new Set([10]));
  expect(further.learner?.recipe.parameters).toEqual({ alpha: 10 });
});

test("a recipe that cannot be fitted to the newer data leaves the champion's learner in place", async () => {
  const failing: StepPool = { run: async () => ({ ok: false, error: { kind: "constant-target", value: 0 } }) };
  const { further, model } = await trained(old, failing);
  expect(model === old.bytes).toBe(true);
  expect(further.steps.at(-1)?.serves).toBe("pooled");
});

test("a look that the learners do not pass leaves the champion's learner to a refresh", async () => {
  const situation = { level: 1e-9, served: [3] };
  const task = { forecast, panel: whole, rows, recipe, seed: 1, situation, champion: old };
  const found = await trainStepLearners(task, { pool: good, run: runHere });
  if (!found.ok) throw new Error(found.error.join(" "));
  expect(found.value.further.gate?.pBaseline).toBeGreaterThan(1e-9);
  expect(found.value.further.steps.find(({ step }) => step === 3)?.serves).not.toBe("baseline");
});

test("the learner of a card of an earlier version was fitted up to the last period of its model", () => {
  const { trainedTo: _, ...learner } = old.learner;
  const published = { from: "2026-01-01", to: "2026-04-10", periods: 100, rows: 400 };
  const further = { gate: null, steps: [...old.steps], learner };
  expect(learnerOfCard({ further, published }, old.bytes)).toEqual({ ...old, learner });
  expect(learnerOfCard({ further: { ...further, learner: null }, published }, old.bytes)).toBeNull();
});
