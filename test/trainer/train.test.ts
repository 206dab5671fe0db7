import { expect, test } from "vitest";
import type { RecipeChoice } from "../../shared/training/job.ts";
import { fallbackOf } from "../../trainer/training/train.ts";
import { serving, smallForecast } from "../training/support.ts";

const evidence = { periods: [], rows: [], horizon: 1, challenger: [], naive: [], incumbent: null };
const chose = (candidate: string, parameters: RecipeChoice["parameters"]) => ({
  chosen: { candidate, parameters },
  naive: { candidate: "naive", parameters: {} },
  evidenceFor: () => evidence,
});
const serves = (candidate: string, parameters: RecipeChoice["parameters"]) => serving("v1", { candidate, parameters });

test("the fallback is the champion's recipe if another recipe was chosen, and the baseline without a champion", () => {
  const chosen = chose("ridge", { alpha: 1 });
  const before = serves("gradient-boosting", { leavesMax: 7 });
  expect(fallbackOf(smallForecast, before, chosen)).toEqual(before.recipe);
  expect(fallbackOf(smallForecast, null, chosen)).toEqual({ candidate: "naive", parameters: {} });
  expect(fallbackOf(smallForecast, before, { ...chosen, evidenceFor: () => null })).toBeNull();
});

test("the chosen recipe is not its own fallback, in any order of the card's parameters", () => {
  const chosen = chose("gradient-boosting", { learningRate: 0.1, l2: 2 });
  expect(fallbackOf(smallForecast, serves("gradient-boosting", { l2: 2, learningRate: 0.1 }), chosen)).toBeNull();
  expect(fallbackOf(smallForecast, null, chose("naive", {}))).toBeNull();
});

test("if a baseline is the champion, the fallback is the baseline that is best now", () => {
  const naive = { candidate: "state-frequency", parameters: {} };
  const chosen = { ...chose("logistic", { alpha: 1 }), naive };
  expect(fallbackOf(smallForecast, serves("base-rate", {}), chosen)).toEqual(naive);
  expect(fallbackOf(smallForecast, null, chosen)).toEqual(naive);
});
