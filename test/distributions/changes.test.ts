/** The baseline's distribution against the plain Python implementation, and what it does where little is known. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { valueAfterChange } from "../../shared/distributions/changes.ts";
import { crps } from "../../shared/distributions/crps.ts";
import { massAt } from "../../shared/distributions/distribution.ts";
import { RecentChanges } from "../../shared/distributions/recent-changes.ts";
import { shrunkChange } from "../../shared/distributions/shrinkage.ts";
import { shrunkScores } from "../../shared/distributions/shrunk-scores.ts";
import { chancesAround, PROBABILITY_MIN, quantilesOf } from "../../shared/distributions/summary.ts";
import golden from "../golden/distributions.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

function countedHistories(histories: readonly (readonly number[])[], groups: readonly number[], window: number) {
  const recent = new RecentChanges(groups, window);
  histories.forEach((changes, series) => {
    for (const change of changes) recent.add(series, change);
  });
  return recent;
}

test("chances, values and probabilities equal those of the plain Python implementation", () => {
  const { histories, groups, window, cases } = golden.estimates;
  const recent = countedHistories(histories, groups, window);
  expect(cases.length).toBeGreaterThan(20);
  for (const { series, last, weights, values, masses, chances, quantiles } of cases) {
    const next = shrunkChange(recent.countsOf(series), weights);
    const { down, same, up } = next.chances;
    [down, same, up].forEach((chance, i) => {
      expectClose(chance, chances[i] ?? Number.NaN, { absolute: 1e-15 });
    });
    const distribution = valueAfterChange(last, next, { positive: true });
    expect([...distribution.values]).toEqual(values);
    distribution.masses.forEach((mass, i) => {
      expectClose(mass, masses[i] ?? Number.NaN, { relative: 1e-10 });
    });
    expect(quantilesOf(distribution, golden.levels)).toEqual(quantiles);
  }
});

const noWeights = { chances: 0, sizes: 0, group: 0 };
const weights = { chances: 4, sizes: 4, group: 20 };

test("without borrowed changes it is the empirical distribution of the last changes of the series", () => {
  const changes = fc.array(fc.constantFrom(0, 0, 0, 5, -5, 20), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(changes, changes, (own, other) => {
      const window = 10;
      const recent = countedHistories([own, other], [0, 0], window);
      const next = valueAfterChange(1000, shrunkChange(recent.countsOf(0), noWeights), { positive: true });
      const last = own.slice(-window);
      for (const change of new Set(own)) {
        const share = last.filter((one) => one === change).length / last.length;
        expectClose(massAt(next, 1000 + change), share, { absolute: 1e-12 });
      }
    }),
  );
});

test("the scores of many weights equal the CRPS of their distributions", () => {
  const changes = fc.array(fc.integer({ min: -30, max: 30 }), { maxLength: 12 });
  const weight = fc.constantFrom(0, 0.5, 4, 20);
  const anyWeights = fc.record({ chances: weight, sizes: weight, group: weight });
  const row = fc.record({
    last: fc.integer({ min: 1, max: 40 }),
    outcome: fc.integer({ min: 1, max: 80 }),
    positive: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.array(changes, { minLength: 2, maxLength: 4 }),
      fc.array(anyWeights, { maxLength: 4 }),
      row,
      (all, tried, known) => {
        const counts = countedHistories(
          all,
          all.map((_, series) => series % 2),
          10,
        ).countsOf(0);
        const scores = shrunkScores({ ...known, counts })(tried);
        tried.forEach((weights, i) => {
          const distribution = valueAfterChange(known.last, shrunkChange(counts, weights), known);
          expectClose(scores[i] ?? Number.NaN, crps(distribution, known.outcome), { absolute: 1e-9 });
        });
      },
    ),
  );
});

describe("a series with little history", () => {
  test("without any change it has the sizes of its group, and rises and falls are shrunk apart", () => {
    const recent = countedHistories(
      [
        [0, 0, 0, 0],
        [10, 0, 10, -40],
        [7, -7],
      ],
      [0, 0, 1],
      60,
    );
    const next = shrunkChange(recent.countsOf(0), { ...weights, group: 0 });
    expect([...next.rises.values]).toEqual([10]);
    expect([...next.falls.values]).toEqual([-40]);
    expect(next.chances.same).toBeLessThan(1);
    expect(next.chances.up).toBeGreaterThan(next.chances.down);
  });

  test("without a single observation it has the distribution of its group", () => {
    const recent = countedHistories([[], [10, 0, 0, -40]], [0, 0], 60);
    const next = shrunkChange(recent.countsOf(0), weights);
    expectClose(next.chances.same, 0.5);
    expectClose(next.chances.up, 0.25);
    expect([...next.falls.values, ...next.rises.values]).toEqual([-40, 10]);
  });

  test("without any change in any series the value stays, and the probability of a change is small but not 0", () => {
    const recent = countedHistories([[0, 0], []], [0, 0], 60);
    for (const series of [0, 1]) {
      const next = valueAfterChange(500, shrunkChange(recent.countsOf(series), weights), { positive: true });
      expect([...next.values]).toEqual([500]);
      expect(chancesAround(next, 500).up).toBe(PROBABILITY_MIN);
    }
    const empty = new RecentChanges([0], 60);
    expect(shrunkChange(empty.countsOf(0), weights).chances).toEqual({ down: 0, same: 1, up: 0 });
  });
});

test("a fall below the smallest positive value ends there", () => {
  const recent = countedHistories([[-500, 0]], [0], 60);
  const next = shrunkChange(recent.countsOf(0), weights);
  expect([...valueAfterChange(300, next, { positive: true }).values]).toEqual([1, 300]);
  expect([...valueAfterChange(300, next, { positive: false }).values]).toEqual([-200, 300]);
});

test("changes that left the window no longer count, and counts that were read do not change later", () => {
  const recent = new RecentChanges([0, 0], 2);
  recent.add(0, 5);
  recent.add(0, 0);
  const before = recent.countsOf(0);
  recent.add(0, -3);
  expect([...before.changes]).toEqual([0, 5]);
  expect([...before.own]).toEqual([1, 1]);
  const after = recent.countsOf(0);
  expect([...after.changes]).toEqual([-3, 0]);
  expect([...after.all]).toEqual([1, 1]);
  expect(() => recent.add(7, 1)).toThrow("unknown series 7");
});
