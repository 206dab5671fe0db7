/** The file of a learner of further steps gives the trained numbers in both engines, for every kind of learner and every step. */
import { describe, expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { furtherStepsShape, type StepLearner } from "../../shared/registry/further-steps.ts";
import { goldenInputs, runGolden } from "../../shared/registry/golden.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { RecipeChoice } from "../../shared/training/job.ts";
import { publishSteps } from "../../shared/training/publish-steps.ts";
import type { LearnerKind } from "../../shared/training/step-learners.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { classForecast, classPanel } from "./classes.ts";
import { changingForecast } from "./publishing.ts";
import { contestOf, echoes, steppedForecast } from "./step-worlds.ts";
import { simulatedPanel, sticky } from "./support.ts";

const brisk = { iterations: 8, leavesMax: 4, learningRate: 0.2, leafRowsMin: 10 };
const stepped = { steps: [1, 2, 3], headline: [1, 3] };
const changing: Forecast = { ...changingForecast, ...stepped, metric: "crps" };
const logs: Forecast = { ...steppedForecast, target: { transform: "log-difference", decimals: 2 } };
const events: Forecast = { ...classForecast, ...stepped, metric: "brier" };
const still = simulatedPanel(3, sticky, { periods: 90, series: 4 });
const moving = echoes(1, 0.8, { periods: 90, series: 3 });

interface Story {
  readonly name: string;
  readonly forecast: Forecast;
  readonly panel: Panel;
  readonly recipe: RecipeChoice;
}

const stories: readonly Story[] = [
  {
    name: "directions of changes",
    forecast: changing,
    panel: still,
    recipe: { candidate: "changes", parameters: brisk },
  },
  {
    name: "lines of differences",
    forecast: steppedForecast,
    panel: moving,
    recipe: { candidate: "ridge", parameters: { alpha: 10 } },
  },
  {
    name: "trees of log differences",
    forecast: logs,
    panel: moving,
    recipe: { candidate: "gradient-boosting", parameters: brisk },
  },
  {
    name: "probabilities",
    forecast: events,
    panel: classPanel(1, { strength: 2 }),
    recipe: { candidate: "logistic", parameters: { alpha: 10 } },
  },
];

async function publishedSteps({ forecast, panel, recipe }: Story, kind: LearnerKind) {
  const { contest, rows, pool } = await contestOf(forecast, panel, recipe);
  const steps = (kind === "pooled" ? [2, 3] : [3, 1]).map((step) => ({ step, serves: kind, reason: "test" }));
  const task = { forecast, rows, contest, decision: { gate: null, steps }, seed: 1 };
  const found = await publishSteps(task, { pool, run: runReference });
  if (!found.ok || found.value.model === null || found.value.further.learner === null)
    throw new Error(JSON.stringify(found));
  return { ...found.value, model: found.value.model, learner: found.value.further.learner };
}

describe.each(stories)("$name", (story) => {
  test.each(["pooled", "own"] as const)(
    "%s: both engines give the trained numbers in the golden rows of every step",
    async (kind) => {
      const { model, learner, further } = await publishedSteps(story, kind);
      expect(furtherStepsShape.parse(JSON.parse(JSON.stringify(further)))).toEqual(further);
      expect(runGolden(model, learner, evaluateOnnx)).toMatchObject({ ok: true });
      const steps = new Set(learner.golden.inputs["step"]);
      expect([...steps].sort()).toEqual(kind === "pooled" ? [2, 3] : [1, 3]);
      const inputs = goldenInputs(learner);
      if (!inputs.ok) throw new Error(inputs.error);
      expect(Object.keys(await runReference(model, inputs.value)).sort()).toEqual(
        Object.keys(learner.golden.outputs).sort(),
      );
      expect(learner.shapes.map(({ step }) => step)).toEqual(shapedSteps(story, kind));
    },
  );
});

function shapedSteps({ forecast }: Story, kind: LearnerKind): StepLearner["shapes"][number]["step"][] {
  if (forecast.task === "classification" || forecast.distribution?.kind === "changes") return [];
  return kind === "pooled" ? [2, 3] : [3, 1];
}

test("a file with other numbers than the training is refused", async () => {
  const [story] = stories;
  if (story === undefined) throw new Error("there is a story");
  const { contest, rows, pool } = await contestOf(story.forecast, story.panel, story.recipe);
  const decision = { gate: null, steps: [{ step: 3, serves: "pooled" as const, reason: "test" }] };
  const wrong = async (model: Uint8Array, inputs: Parameters<typeof runReference>[1]) => {
    const outputs = await runReference(model, inputs);
    return { ...outputs, up_probability: (outputs["up_probability"] ?? new Float32Array()).map((one) => one + 0.01) };
  };
  const task = { forecast: story.forecast, rows, contest, decision, seed: 1 };
  const found = await publishSteps(task, { pool, run: wrong });
  expect(found).toMatchObject({ ok: false, error: [expect.stringContaining("up_probability, row 0")] });
});
