/** A learner with skill at step 3 is trained, published, and answers `/predict?steps=3`. */
import { describe, expect, test } from "vitest";
import type { History } from "../../shared/api/history.ts";
import { predictSteps } from "../../shared/candidates/step-models.ts";
import type { Panel } from "../../shared/features/panel.ts";
import { stepInput, stepRowsOf } from "../../shared/judging/step-rows.ts";
import { historyKey } from "../../shared/lake/keys.ts";
import { learnedSteps, loadStepProgram } from "../../shared/predict/learned-steps.ts";
import { setsOfSnapshot, targetPeriods } from "../../shared/predict/step-forecasts.ts";
import { servedLearnerOf } from "../../shared/registry/further-steps.ts";
import { artefactKey, championKey, forecastsKey, servedKey } from "../../shared/registry/keys.ts";
import { setsOfCard } from "../../shared/reports/card-sets.ts";
import { setStepsOf } from "../../shared/reports/set-steps.ts";
import { predictionsToPublish } from "../../shared/track-record/publish-snapshot.ts";
import { decideSteps, learnedKinds } from "../../shared/training/decide-steps.ts";
import { fitServedSteps } from "../../shared/training/fit-served-steps.ts";
import { publish } from "../../shared/training/publish.ts";
import { publishSteps } from "../../shared/training/publish-steps.ts";
import { stepBaselinesOf } from "../../shared/training/step-contest.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { predictFrom } from "../support/predict-in-node.ts";
import { loadSnapshot, pointerTo, servedTextOf } from "../support/snapshot.ts";
import { publishTask } from "../training/publishing.ts";
import { contestOf, echoes, instantStepPool, steppedForecast } from "../training/step-worlds.ts";
import { instantPool, smallDataset } from "../training/support.ts";

const forecast = steppedForecast;
const panel = echoes(1, 0.8);

async function trained() {
  const { contest, rows, pool } = await contestOf(forecast, panel);
  const decision = decideSteps(forecast, contest, { level: 0.01, served: [] });
  const steps = await publishSteps({ forecast, rows, contest, decision, seed: 1 }, { pool, run: runReference });
  if (!steps.ok || steps.value.model === null) throw new Error(`no learner serves: ${JSON.stringify(steps)}`);
  const data = smallDataset(panel, forecast);
  const task = publishTask({ forecast, data, recipe: { candidate: "naive", parameters: {} } });
  const baselines = stepBaselinesOf(forecast, panel);
  const published = await publish(
    { ...task, baselines, further: steps.value.further },
    { pool: instantPool(forecast, data), run: runReference },
  );
  if (!published.ok) throw new Error(published.error.problems.join());
  const { card, model } = published.value;
  return { card, model, stepsModel: steps.value.model, kinds: learnedKinds(decision), recipe: contest.recipe };
}

const training = await trained();

function historyOf({ dimensions, periods, series }: Panel): History {
  return {
    forecast: forecast.id,
    feed: "simulated",
    variable: forecast.variable,
    dimensions: [...dimensions],
    periods: [...periods],
    series: series.map(({ is, values }) => ({ is: [...is], values: [...values] })),
  };
}

async function answers(stepsModel: Uint8Array | null) {
  const { card, model } = training;
  const servedText = servedTextOf(forecast, card);
  const pointer = pointerTo(card, servedText);
  const objects = new Map<string, Uint8Array>([
    [artefactKey(forecast.id, card.version, "model.onnx"), model],
    [servedKey(forecast.id, card.version, pointer.served?.sha256 ?? ""), new TextEncoder().encode(servedText)],
    ...(stepsModel === null ? [] : [[artefactKey(forecast.id, card.version, "steps.onnx"), stepsModel] as const]),
  ]);
  const keys = new Map([
    [forecastsKey, JSON.stringify({ ids: [forecast.id] })],
    [championKey(forecast.id), JSON.stringify(pointer)],
    [historyKey(forecast.id), JSON.stringify(historyOf(panel))],
  ]);
  return predictFrom({ keys, objects });
}

const query = "/predict/small?region=south&item=item%200";
type Path = readonly Record<string, unknown>[];

async function pathOf(answer: Awaited<ReturnType<typeof answers>>): Promise<Path> {
  const response = await answer(`${query}&steps=3`);
  const body = (await response.json()) as { path: Path };
  expect([response.status, body.path?.length]).toEqual([200, 3]);
  return body.path;
}

describe("a request for three steps", () => {
  test("is answered by the model, then by the learner, which is named and has a distribution of its own", async () => {
    const { stepsModel, card } = training;
    const path = await pathOf(await answers(stepsModel));
    expect(card.further?.steps.map(({ step }) => step)).toEqual([2, 3]);
    expect(path[0]).toMatchObject({ step: 1, served_by: "naive" });
    expect(path[2]).toMatchObject({
      step: 3,
      served_by: "ridge",
      interval95: [expect.any(Number), expect.any(Number)],
    });
    const [low = 0, high = 0] = (path[2]?.["interval95"] ?? []) as number[];
    expect(path[2]?.["expected"]).toBeGreaterThan(low);
    expect(path[2]?.["expected"]).toBeLessThan(high);
  });

  test("is answered by the baselines if steps.onnx is lost or is another file", async () => {
    const { stepsModel } = training;
    for (const file of [null, stepsModel.slice(0, -1)]) {
      const path = await pathOf(await answers(file));
      expect(["persistence", "drift"]).toContain(path[2]?.["served_by"]);
    }
  });
});

test("reports and the track record get the learner's numbers beside the baseline's, without a learner only these", async () => {
  const { card, model, stepsModel } = training;
  const snapshot = loadSnapshot({ forecast, card, model, history: historyOf(panel) });
  const learner = servedLearnerOf(card.further);
  const program = learner && loadStepProgram(stepsModel, learner);
  if (!program?.ok) throw new Error("there is a learner");
  const loaded = { program: program.value };
  const thirdOf = (one: typeof snapshot) => {
    const set = setsOfSnapshot(one).find(({ name }) => name === "series");
    const level = set?.levelOf(0) ?? null;
    return (level && set?.at(0, level, 3)) ?? null;
  };
  const learned = thirdOf({ ...snapshot, model: { ...snapshot.model, learner: loaded } });
  expect(learned).toMatchObject({ step: 3, servedBy: "ridge" });
  expect(["persistence", "drift"]).toContain(thirdOf(snapshot)?.servedBy);
  expect(learned?.mean).not.toBe(thirdOf(snapshot)?.mean);

  const shownThird = (one: typeof snapshot) => {
    const { ofSeries } = setStepsOf({ forecast, sets: setsOfSnapshot(one), periods: one.panel.periods });
    return ofSeries(one.panel.series[0]?.is ?? []).find(({ step }) => step === 3);
  };
  const shown = shownThird({ ...snapshot, model: { ...snapshot.model, learner: loaded } });
  expect(shown?.mean).toBeCloseTo(learned?.mean ?? Number.NaN, 3);
  expect(shown?.baseline).toBe(thirdOf(snapshot)?.summary?.median);
  expect(shownThird(snapshot)?.baseline).toBe(shownThird(snapshot)?.median);
  const [set] = setsOfCard(forecast, panel, { card, origin: panel.periods.at(-1) ?? "", loaded });
  const level = set?.levelOf(0) ?? null;
  expect(level && set?.at(0, level, 3)).toEqual(learned);

  const publishedThird = async (one: typeof snapshot) => {
    const published = await predictionsToPublish({
      snapshot: one,
      baseline: null,
      publishedAt: "2026-06-01T12:00:00.000Z",
    });
    if (!published.ok) throw new Error(published.error.reason);
    return published.value.find(({ set, step }) => set === "series" && step === 3);
  };
  const withLearner = await publishedThird({ ...snapshot, model: { ...snapshot.model, learner: loaded } });
  const alone = await publishedThird(snapshot);
  expect(alone).toMatchObject({ baseline: null, mean: expect.any(Number), distribution: expect.anything() });
  const { median, mean, event, distribution } = alone ?? {};
  expect(withLearner).toMatchObject({ servedBy: "ridge", baseline: { median, mean, event, distribution } });
  expect(withLearner?.mean).not.toBe(mean);
});

test("the served numbers of a step are those of the training for the same origin", async () => {
  const { card, stepsModel, kinds, recipe } = training;
  const learner = servedLearnerOf(card.further);
  if (learner === null) throw new Error("there is a learner");
  const program = loadStepProgram(stepsModel, learner);
  if (!program.ok) throw new Error(program.error);
  const rows = stepRowsOf(forecast, panel);
  const models = await fitServedSteps({ rows, recipe, seed: 1 }, kinds, instantStepPool(forecast, rows));
  if (models === null) throw new Error("the learner can be fitted");
  const outputs = predictSteps(models, rows.data, rows.step, { transform: "difference", input: stepInput });
  const last = rows.data.periods.length - 1;
  for (const step of [3].filter((one) => kinds.has(one))) {
    // The panel ends at the origin of rows whose target is the last period.
    const until = last - step + 1;
    const known: Panel = {
      ...panel,
      periods: panel.periods.slice(0, until),
      series: panel.series.map((one) => ({ ...one, values: one.values.slice(0, until) })),
    };
    const targetOf = targetPeriods(forecast.schedule, known.periods.at(-1) ?? "");
    const served = learnedSteps({ forecast, panel: known, learner, program: program.value, targetOf });
    const own = [...rows.step.keys()].filter((row) => rows.step[row] === step && rows.data.period[row] === last);
    expect(own).toHaveLength(panel.series.length);
    for (const row of own) {
      const value = served.at(rows.data.series[row] ?? -1, step)?.value;
      expect(value).toBeCloseTo(outputs.predictions[row] ?? Number.NaN, 4);
    }
  }
});
