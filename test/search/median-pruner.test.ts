import { expect, test } from "vitest";
import { certainFolds, shouldPrune } from "../../shared/search/median-pruner.ts";
import type { Trial } from "../../shared/search/space.ts";

const complete = (...folds: number[]): Trial => ({ parameters: {}, folds, state: "complete" });
/** Five trials whose mean losses after two folds are 1, 2, 3, 4, 5, with any third fold. */
const earlier = [1, 2, 3, 4, 5].map((loss) => complete(loss, loss, 100));

test("a trial is pruned when its running mean is above the median at the same fold", () => {
  expect(shouldPrune([3.2, 3.2], earlier)).toBe(true);
  expect(shouldPrune([2.5, 3.4], earlier)).toBe(false);
  expect(shouldPrune([5, 0.9], earlier)).toBe(false);
  expect(shouldPrune([3, 3], earlier)).toBe(false);
});

test("a trial is never pruned during its first folds", () => {
  expect(shouldPrune([], earlier)).toBe(false);
  expect(shouldPrune([99], earlier)).toBe(false);
  expect(shouldPrune([99, 99], earlier, { warmupFolds: 2 })).toBe(false);
  expect(shouldPrune([99], earlier, { warmupFolds: 0 })).toBe(true);
});

test("no trial is pruned before enough trials are complete", () => {
  expect(shouldPrune([99, 99], earlier.slice(0, 4))).toBe(false);
  expect(shouldPrune([99, 99], earlier.slice(0, 4), { startupTrials: 4 })).toBe(true);
  expect(shouldPrune([99, 99], [], { startupTrials: 0 })).toBe(false);
});

test("pruned and failed trials do not count for the median", () => {
  const cut: Trial[] = [1, 2, 3].map(() => ({ parameters: {}, folds: [0.1, 0.1], state: "pruned" }));
  const failed: Trial = { parameters: {}, folds: [0.1, Number.NaN], state: "failed" };
  expect(shouldPrune([2.5, 2.5], [...earlier, ...cut, failed])).toBe(false);
  expect(shouldPrune([99, 99], [...earlier.slice(0, 4), ...cut, failed])).toBe(false);
});

test("trials are compared at the same fold: a trial with fewer folds does not count", () => {
  const short = [complete(0.1), complete(0.1), complete(0.1)];
  expect(shouldPrune([2.5, 2.5], [...earlier, ...short])).toBe(false);
});

test("a loss that is not finite counts as the worst", () => {
  expect(shouldPrune([1, Number.NaN], earlier)).toBe(true);
  expect(shouldPrune([1, Infinity], earlier)).toBe(true);
  expect(shouldPrune([2.5, 2.5], [...earlier, complete(Number.NaN, 1)])).toBe(false);
});

test("the folds that run in any case are never pruned: all until enough trials are complete, then those of the warm-up and one more", () => {
  expect(certainFolds([], 4)).toBe(4);
  expect(certainFolds(earlier.slice(0, 4), 4)).toBe(4);
  expect(certainFolds(earlier, 4)).toBe(2);
  expect(certainFolds(earlier, 1)).toBe(1);
  expect(certainFolds(earlier, 4, { warmupFolds: 0 })).toBe(1);
  expect(certainFolds(earlier.slice(0, 1), 4, { startupTrials: 1, warmupFolds: 2 })).toBe(3);
});
