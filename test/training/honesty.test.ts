/** What the whole judgement promises over many worlds: noise is not sold as skill, skill is found, intervals hold. */
import { expect, test } from "vitest";
import type { Contender } from "../../shared/registry/card.ts";
import { decide } from "../../shared/registry/gate.ts";
import { type Judgement, judge } from "../../shared/training/judge.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import {
  instantPool,
  keepingEffects,
  momentum,
  type Process,
  randomWalk,
  simulatedPanel,
  smallDataset,
  smallForecast,
} from "./support.ts";

async function judgementOf(seed: number, process: Process): Promise<Judgement> {
  const data = smallDataset(simulatedPanel(seed, process));
  const task = { forecast: smallForecast, data, seed, trialsMax: null, incumbent: null };
  const judged = await judge(task, keepingEffects(instantPool(smallForecast, data)).effects);
  if (!judged.ok) throw new Error(judged.refusal.kind);
  return judged.judgement;
}

/** Whether the gate lets a learned model in where nothing serves yet. */
function isPromoted({ chosen, evidence, incumbent }: Judgement): boolean {
  const recipe = recipeOf(smallForecast, chosen);
  const verdict = decide(
    { version: "a", recipe, judged: { incumbent, evidence } },
    { incumbent: null, usedThrough: null },
    smallForecast.promotion,
  );
  return recipe.candidate !== "naive" && verdict.kind === "promote";
}

async function worlds(count: number, process: Process): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  for (let seed = 1; seed <= count; seed++) judgements.push(await judgementOf(seed, process));
  return judgements;
}

function meanCoverage(judgements: readonly Judgement[], coverage: "coverage80" | "coverage95"): number {
  const all = judgements.flatMap(({ contenders }) => contenders.map((one: Contender) => one[coverage] ?? Number.NaN));
  return all.reduce((sum, one) => sum + one, 0) / all.length;
}

test("on random walks a learned model is promoted for at most 2 of 20 seeds, and intervals hold what they say", async () => {
  const judgements = await worlds(20, randomWalk);
  expect(judgements.filter(isPromoted).length).toBeLessThanOrEqual(2);
  expect(Math.abs(meanCoverage(judgements, "coverage80") - 0.8)).toBeLessThanOrEqual(0.03);
  expect(Math.abs(meanCoverage(judgements, "coverage95") - 0.95)).toBeLessThanOrEqual(0.03);
});

test("where changes go on, a learned model is promoted for at least 9 of 10 seeds", async () => {
  const judgements = await worlds(10, momentum);
  expect(judgements.filter(isPromoted).length).toBeGreaterThanOrEqual(9);
});
