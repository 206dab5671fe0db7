/** Contenders with and without a distribution of their own are ranked, tested and published by CRPS. */
import { expect, test } from "vitest";
import { emptySpace } from "../../shared/candidates/spaces.ts";
import type { Forecast } from "../../shared/forecasts/forecast.ts";
import { contenderShape } from "../../shared/registry/card.ts";
import { judge } from "../../shared/training/judge.ts";
import type { ServingModel } from "../../shared/training/judgement.ts";
import { stepScoresOf } from "../../shared/training/step-scores.ts";
import { changingForecast } from "./publishing.ts";
import { instantPool, keepingEffects, serving, simulatedPanel, smallDataset, sticky } from "./support.ts";

const forecast: Forecast = {
  ...changingForecast,
  metric: "crps",
  candidates: [
    { candidate: "naive", space: emptySpace, trials: 1 },
    { candidate: "ridge", space: emptySpace, trials: 1 },
    { candidate: "changes", space: emptySpace, trials: 1 },
  ],
  averageOf: [],
  intervals: { levels: [0.8, 0.95], scaledBy: null, holdLast: true },
};
const data = smallDataset(simulatedPanel(5, sticky, { periods: 100, series: 6 }), forecast);

async function judged(incumbent: ServingModel | null = null) {
  const { effects, trials } = keepingEffects(instantPool(forecast, data));
  const result = await judge({ forecast, data, seed: 1, trialsMax: null, incumbent }, effects);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return { judgement: result.value.judgement, trials };
}

const { judgement, trials } = await judged();
const lineOf = (name: string) => {
  const line = judgement.contenders.find((one) => one.name === name);
  if (line?.distribution == null) throw new Error(`${name} has no distribution`);
  return { ...line, distribution: line.distribution };
};

test("every contender has a distribution, and the leaderboard is sorted by its CRPS", () => {
  const forms = judgement.contenders.map(({ name, distribution }) => [name, distribution?.form]);
  expect(Object.fromEntries(forms)).toEqual({ naive: "changes", ridge: "symmetric", changes: "changes" });
  const scores = judgement.contenders.map(({ distribution }) => distribution?.crps ?? Number.NaN);
  expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  for (const line of judgement.contenders) expect(contenderShape.parse(JSON.parse(JSON.stringify(line)))).toEqual(line);
});

test("skill and the losses by period are those of the CRPS", () => {
  const [naive, changes] = [lineOf("naive"), lineOf("changes")];
  expect(changes.skill).toBeCloseTo(1 - changes.distribution.crps / naive.distribution.crps, 10);
  const evidence = judgement.evidenceFor({ candidate: "changes", parameters: {} });
  const meanOf = (losses: readonly number[] = []) => {
    const rows = evidence?.rows ?? [];
    const sum = losses.reduce((total, loss, i) => total + loss * (rows[i] ?? 0), 0);
    return sum / rows.reduce((total, count) => total + count, 0);
  };
  expect(meanOf(evidence?.challenger)).toBeCloseTo(changes.distribution.crps, 10);
  expect(meanOf(evidence?.naive)).toBeCloseTo(naive.distribution.crps, 10);
});

test("the baseline predicts the last value and competes with its own past changes", () => {
  const naive = lineOf("naive");
  // One in ten values changes, so the median is the last value.
  expect(naive.mae).toBeCloseTo(naive.distribution.mae, 10);
  expect(naive.distribution.exact).toBeGreaterThan(0.8);
  expect(naive.distribution.probabilities?.brier).toBeLessThan(0.3);
  expect(lineOf("ridge").distribution.crps).toBeGreaterThan(naive.distribution.crps);
});

test("the probability of a change is that of the distribution, without a search of its own", () => {
  expect(trials.map(({ candidate }) => candidate)).not.toContain("change");
  expect(judgement.change).toEqual(judgement.changeFor({ candidate: "changes", parameters: {} }));
  expect(judgement.changeFor({ candidate: "ridge", parameters: {} })).toBeNull();
});

test("the published form has the errors of validation and test for a point model, and none for a distribution", () => {
  expect(judgement.formFor({ candidate: "changes", parameters: {} })).toEqual({ kind: "changes", positive: true });
  const ridge = judgement.formFor({ candidate: "ridge", parameters: {} });
  expect(ridge).toMatchObject({ kind: "symmetric", scaledBy: null, positive: true });
});

test("the coverage of a contender is known for each third of the series", () => {
  const groups = judgement.groupsFor({ candidate: "changes", parameters: {} });
  expect(groups.map(({ series }) => series)).toEqual([2, 2, 2]);
  for (const { levels } of groups) expect(Object.keys(levels)).toEqual(["50", "80", "95"]);
});

test("a table of steps has the scores of each contender", () => {
  const steps = stepScoresOf(forecast, judgement.contenders);
  expect([...steps.keys()].sort()).toEqual(["changes", "naive", "ridge"]);
  expect(steps.get("changes")?.[0]).toMatchObject({
    step: 1,
    from: "changes",
    crps: lineOf("changes").distribution.crps,
  });
});

test("an imported champion is scored by the errors of other periods, and one with changes by its own distribution", async () => {
  const trainedTo = data.periods[80] ?? "";
  const recipe = { candidate: "imported", parameters: { producer: "other" } };
  const predict = async (rows: { from: number; to: number }) => ({
    predictions: data.last.slice(rows.from, rows.to),
    changes: null,
  });
  const incumbent = { ...serving("v1", recipe, { trainedTo, predict }), isExternal: true };
  const { judgement: against } = await judged(incumbent);
  const line = against.contenders.find(({ name }) => name === "incumbent v1");
  expect(line?.distribution).toMatchObject({ form: "symmetric", validationCrps: null });
  expect(against.evidence.incumbent?.every(Number.isFinite)).toBe(true);
});
