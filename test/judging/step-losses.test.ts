import { expect, test } from "vitest";
import { combineSteps } from "../../shared/judging/step-losses.ts";

const step = (origins: readonly string[], losses: readonly number[], baseline: readonly number[]) => ({
  origins,
  losses,
  baseline,
});

test("each step counts in multiples of its baseline's mean loss, on the origins that all steps have", () => {
  const combined = combineSteps([step(["a", "b", "c"], [1, 2, 3], [2, 2, 2]), step(["b", "c"], [50, 150], [100, 100])]);
  expect(combined).toEqual({ origins: ["b", "c"], losses: [0.75, 1.5], baseline: [1, 1] });
});

test("a step at which the baseline has no loss is left out", () => {
  const still = step(["a", "b"], [1, 1], [0, 0]);
  const moving = step(["a", "b"], [1, 3], [2, 2]);
  expect(combineSteps([still, moving])).toEqual(combineSteps([moving]));
  expect(combineSteps([still])).toEqual({ origins: [], losses: [], baseline: [] });
  expect(combineSteps([])).toEqual({ origins: [], losses: [], baseline: [] });
});
