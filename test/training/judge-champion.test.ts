/** The champion is judged on the same rows as its challengers, or only on the periods that its file has not seen. */
import { describe, expect, test } from "vitest";
import { firstRowAt } from "../../shared/features/dataset.ts";
import { noLooks } from "../../shared/registry/look.ts";
import { judge } from "../../shared/training/judge.ts";
import type { JudgeTask } from "../../shared/training/judgement.ts";
import { recipeOf } from "../../shared/training/recipe.ts";
import { outcomeOf } from "../../shared/training/verdict.ts";
import { data, evidenceOf, forecast, judged, judgementOf, steady } from "./small-judgement.ts";
import {
  instantPool,
  keepingEffects,
  momentum,
  serving,
  simulatedPanel,
  smallDataset,
  smallForecast,
} from "./support.ts";

describe("the champion", () => {
  const recipe = { candidate: "ridge", parameters: { alpha: 10 } };

  test("is refitted at the same origins and scored on the same rows", async () => {
    const pool = instantPool(forecast, data);
    const { judgement } = await judged(pool, { incumbent: serving("v1", recipe) });
    expect(judgement.incumbent).toBe("v1");
    expect(evidenceOf(judgement).incumbent).toEqual(evidenceOf(judgement, recipe).challenger);
    expect(judgement.contenders.map(({ name }) => name)).toContain("incumbent v1");
    const same = await judged(pool, { incumbent: serving("v2", judgement.chosen) });
    expect(evidenceOf(same.judgement).incumbent).toEqual(evidenceOf(same.judgement).challenger);
    expect(same.judgement.contenders.length).toBe(judgement.contenders.length - 1);
  });

  test("stops a refresh that is worse than the champion's file on the periods since it was fitted", async () => {
    const trainedTo = steady.periods[74] ?? "";
    const starts: number[] = [];
    const truth = async ({ from, to }: { from: number; to: number }) => {
      starts.push(from);
      return { predictions: steady.target.slice(from, to), changes: null };
    };
    const pool = instantPool(forecast, steady);
    const { chosen } = (await judgementOf(steady)).judgement;
    const { judgement } = await judged(pool, {
      data: steady,
      incumbent: serving("v1", chosen, { trainedTo, predict: truth }),
    });
    expect(recipeOf(forecast, judgement.chosen)).toEqual(recipeOf(forecast, chosen));
    const { periods, challenger, incumbent } = evidenceOf(judgement);
    expect(starts).toEqual([firstRowAt(steady, 75)]);
    periods.forEach((period, index) => {
      expect(incumbent?.[index]).toBe(period > trainedTo ? 0 : challenger[index]);
    });
    const { id, candidate } = recipeOf(forecast, chosen);
    const situation = {
      incumbent: { version: "v1", recipe: id, candidate, publishedTo: trainedTo },
      ...noLooks,
    };
    const { verdict, champion } = outcomeOf(forecast, judgement, situation);
    expect(verdict).toMatchObject({ kind: "reject", rule: "refresh" });
    expect(champion).toBe("v1");
  });

  test("if imported, is scored only on periods after its training data", async () => {
    const trainedTo = data.periods[80] ?? "";
    const external = {
      trainedTo,
      predict: async (rows: { from: number; to: number }) => ({
        predictions: data.last.slice(rows.from, rows.to),
        changes: null,
      }),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    const { periods, rows, challenger, naive, incumbent } = evidenceOf(judgement);
    expect(periods[0]).toBe(data.periods[81]);
    expect([rows, challenger, naive, incumbent].map((list) => list?.length)).toEqual([9, 9, 9, 9]);
    incumbent?.forEach((loss, index) => {
      expect(loss).toBeCloseTo(naive[index] ?? Number.NaN, 4);
    });
    // It repeats the last value, so it is as good as the baseline on its periods, which its note states.
    const line = judgement.contenders.find(({ name }) => name === "incumbent v3");
    const squares = naive.reduce((sum, loss, index) => sum + loss * (rows[index] ?? 0), 0);
    expect(line?.rmse).toBeCloseTo(Math.sqrt(squares / rows.reduce((sum, count) => sum + count, 0)), 5);
    expect(line?.note).toBe(`imported model; scored on the 9 periods after ${trainedTo}`);
  });

  test("if imported and trained on all periods, has no leaderboard row", async () => {
    const external = {
      trainedTo: data.periods.at(-1) ?? "",
      predict: async (rows: { from: number; to: number }) => ({
        predictions: data.last.slice(rows.from, rows.to),
        changes: null,
      }),
    };
    const { judgement } = await judged(instantPool(forecast, data), {
      incumbent: { ...serving("v3", recipe, external), isExternal: true },
    });
    expect(judgement.contenders.map(({ name }) => name)).not.toContain("incumbent v3");
    expect(evidenceOf(judgement).periods).toEqual([]);
  });

  test("if it can no longer be fitted, is missing from the evidence", async () => {
    const broken = { candidate: "seasonal-naive", parameters: {} };
    const noSeason = { ...forecast, seasonal: null };
    const { judgement } = await judged(instantPool(noSeason, data), {
      forecast: noSeason,
      incumbent: serving("v4", broken),
    });
    expect([judgement.incumbent, evidenceOf(judgement).incumbent]).toEqual(["v4", null]);
  });
});

test("the recipe of a champion with other features is a contender of its own on the edited ones", async () => {
  const data = smallDataset(simulatedPanel(5, momentum));
  const judged = async (incumbent: JudgeTask["incumbent"]) => {
    const { effects } = keepingEffects(instantPool(smallForecast, data));
    const result = await judge({ forecast: smallForecast, data, seed: 1, trialsMax: 1, incumbent }, effects);
    if (!result.ok) throw new Error(result.error.kind);
    return result.value.judgement;
  };
  const { chosen } = await judged(null);
  const { id } = recipeOf(smallForecast, chosen);
  const predict = async (rows: { readonly from: number; readonly to: number }) => ({
    predictions: data.last.slice(rows.from, rows.to),
    changes: null,
  });
  const judgement = await judged({
    version: "v1",
    recipe: chosen,
    isExternal: true,
    file: { predict, trainedTo: "" },
  });
  expect(judgement.field.map(({ recipe }) => recipe)).toContain(id);
  const incumbent = {
    version: "v1",
    recipe: "of other features",
    candidate: chosen.candidate,
    publishedTo: "2026-01-01",
  };
  expect(outcomeOf(smallForecast, judgement, { ...noLooks, incumbent })).toMatchObject({
    recipe: chosen,
    verdict: { rule: "replacement", kind: "promote" },
  });
});
