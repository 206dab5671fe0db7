import { expect, test } from "vitest";
import { distributionOf } from "../../shared/distributions/distribution.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { groupCoverage } from "../../shared/judging/group-coverage.ts";
import { seededRandom } from "../support/chance.ts";

const periods = 80;
const trained = 40;
/** How often the series change: never, sometimes and mostly. */
const shares = [0, 0.3, 0.9];

/** Three series; a change is −2, −1, 1 or 2 units with equal probability. */
function datasetOf(seed: number): Dataset {
  const random = seededRandom(seed);
  const rows = periods * shares.length;
  const change = () => [-2, -1, 1, 2][Math.floor(4 * random())] ?? 1;
  const series = Int32Array.from({ length: rows }, (_, row) => row % shares.length);
  return {
    rows,
    step: 1,
    periods: Array.from({ length: periods }, (_, i) => String(2000 + i)),
    period: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / shares.length)),
    series,
    columns: [],
    last: new Float64Array(rows).fill(20),
    target: Float64Array.from(series, (one) => 20 + (random() < (shares[one] ?? 0) ? change() : 0)),
  };
}

const train = { from: 0, to: trained * shares.length };
const rows = { from: train.to, to: periods * shares.length };
const changing = (share: number) =>
  distributionOf([18, 19, 20, 21, 22], [share / 4, share / 4, 1 - share, share / 4, share / 4]);

test("right distributions are within the tolerance in every third, and each third has the series that change as often", () => {
  const data = datasetOf(3);
  const distributionAt = (i: number) => changing(shares[i % shares.length] ?? 0);
  const groups = groupCoverage(data, { train, rows, distributionAt, decimals: 0 });
  expect(groups.map(({ group, series, rows }) => [group, series, rows])).toEqual([
    ["changes least", 1, 40],
    ["changes sometimes", 1, 40],
    ["changes most", 1, 40],
  ]);
  for (const { levels } of groups) for (const level of ["50", "80", "95"]) expect(levels[level]?.isWithin).toBe(true);
  // A value that never changes has its whole probability at the last value: the coverage is the level itself.
  expect(groups[0]?.levels["80"]?.coverage).toBeCloseTo(0.8, 10);
});

test("one distribution for all series is wrong in a third, also if it is right on average", () => {
  const data = datasetOf(3);
  const groups = groupCoverage(data, { train, rows, distributionAt: () => changing(0.4), decimals: 0 });
  const most = groups.find(({ group }) => group === "changes most");
  expect(most?.levels["50"]?.isWithin).toBe(false);
  expect(most?.levels["50"]?.coverage).toBeLessThan(0.4);
});

test("sizes are tested only on enough changes", () => {
  const data = datasetOf(3);
  const distributionAt = (i: number) => changing(shares[i % shares.length] ?? 0);
  expect(groupCoverage(data, { train, rows, distributionAt, decimals: 0 }).map(({ sizes }) => sizes)).toEqual([
    null,
    null,
    null,
  ]);
  const long = { ...datasetOf(3), period: Int32Array.from({ length: data.rows }, (_, row) => row) };
  const many = Array.from({ length: 10 }, (_, at) => datasetOf(10 + at).target);
  const joined: Dataset = {
    ...long,
    rows: 10 * data.rows,
    target: Float64Array.from(many.flatMap((one) => [...one])),
    last: new Float64Array(10 * data.rows).fill(20),
    series: Int32Array.from({ length: 10 * data.rows }, (_, row) => row % shares.length),
    period: Int32Array.from({ length: 10 * data.rows }, (_, row) => Math.floor(row / shares.length)),
  };
  const all = groupCoverage(joined, { train, rows: { from: train.to, to: joined.rows }, distributionAt, decimals: 0 });
  const most = all.find(({ group }) => group === "changes most");
  expect(most?.sizes?.rows).toBeGreaterThan(300);
  expect(most?.sizes?.levels["80"]?.isWithin).toBe(true);
  const narrow = (i: number) =>
    shares[i % shares.length] === 0.9 ? distributionOf([19, 20, 21], [0.45, 0.1, 0.45]) : distributionAt(i);
  const wrong = groupCoverage(joined, {
    train,
    rows: { from: train.to, to: joined.rows },
    distributionAt: narrow,
    decimals: 0,
  });
  expect(wrong.find(({ group }) => group === "changes most")?.sizes?.levels["80"]?.isWithin).toBe(false);
});
