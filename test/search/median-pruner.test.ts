import { expect, test } from "vitest";
import { shouldPrune } from "../../shared/search/median-pruner.ts";
import type { Trial } from "../../shared/search/space.ts";

const complete = (...folds: number[]): Trial => ({ parameters: {}, folds, state: "complete" });
/** After two folds their running means are 1, 2, 3, 4, 5, whatever came third. */
const earlier = [1, 2, 3, 4, 5].map((loss) => complete(loss, loss, 100));

test("a trial is pruned when its running mean is above the median at the same fold", () => {
  expect(shouldPrune([3.2, 3.2], earlier)).toBe(true);
  expect(shouldPrune([2.5, 3.4], earlier)).toBe(false);
  expect(shouldPrune([5, 0.9], earlier)).toBe(false);
  expect(shouldPrune([3, 3], earlier)).toBe(false);
});

test("the first folds always run", () => {
  expect(shouldPrune([], earlier)).toBe(false);
  expect(shouldPrune([99], earlier)).toBe(false);
  expect(shouldPrune([99, 99], earlier, { warmupFolds: 2 })).toBe(false);
  expect(shouldPrune([99], earlier, { warmupFolds: 0 })).toBe(true);
});

test("nothing is pruned before enough trials are complete", () => {
  expect(shouldPrune([99, 99], earlier.slice(0, 4))).toBe(false);
  expect(shouldPrune([99, 99], earlier.slice(0, 4), { startupTrials: 4 })).toBe(true);
  expect(shouldPrune([99, 99], [], { startupTrials: 0 })).toBe(false);
});

test("pruned and failed trials set no bar", () => {
  const cut: Trial[] = [1, 2, 3].map(() => ({ parameters: {}, folds: [0.1, 0.1], state: "pruned" }));
  const failed: Trial = { parameters: {}, folds: [0.1, Number.NaN], state: "failed" };
  expect(shouldPrune([2.5, 2.5], [...earlier, ...cut, failed])).toBe(false);
  expect(shouldPrune([99, 99], [...earlier.slice(0, 4), ...cut, failed])).toBe(false);
});

test("trials are compared at the same fold: one with fewer folds sets no bar for later ones", () => {
  const short = [complete(0.1), complete(0.1), complete(0.1)];
  expect(shouldPrune([2.5, 2.5], [...earlier, ...short])).toBe(false);
});

test("a loss that is no number is worse than any", () => {
  expect(shouldPrune([1, Number.NaN], earlier)).toBe(true);
  expect(shouldPrune([1, Infinity], earlier)).toBe(true);
  expect(shouldPrune([2.5, 2.5], [...earlier, complete(Number.NaN, 1)])).toBe(false);
});
