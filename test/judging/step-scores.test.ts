/** Distributions on the rows of a dataset, and their scores. */
import { describe, expect, test } from "vitest";
import { distributionOf, massAt } from "../../shared/distributions/distribution.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { ownChangeDistributions, searchWeights } from "../../shared/judging/own-changes.ts";
import { groupsOf } from "../../shared/judging/row-changes.ts";
import { scoresOf } from "../../shared/judging/step-scores.ts";
import { medianOf } from "../distributions/intervals.ts";
import { seededRandom } from "../support/chance.ts";
import { expectClose } from "../support/close.ts";

/** Makes a dataset of series with these changes, in hundredths. All series start at 20.00; each change is one row. */
function datasetOf(changes: readonly (readonly number[])[], kinds: readonly string[] = []): Dataset {
  const periods = changes[0]?.length ?? 0;
  const levels = changes.map(() => 2000);
  const rows = Array.from({ length: periods }, (_, period) =>
    changes.map((steps, series) => {
      const last = levels[series] ?? 0;
      levels[series] = last + (steps[period] ?? 0);
      return { period, series, last: last / 100, target: (levels[series] ?? 0) / 100 };
    }),
  ).flat();
  const categories = [...new Set(kinds)].sort();
  return {
    step: 1,
    rows: rows.length,
    periods: Array.from({ length: periods }, (_, period) => `2026-${String(period).padStart(4, "0")}`),
    period: Int32Array.from(rows, ({ period }) => period),
    series: Int32Array.from(rows, ({ series }) => series),
    columns: [
      {
        name: "kind",
        dtype: "string",
        categories,
        codes: Int32Array.from(rows, ({ series }) => categories.indexOf(kinds[series] ?? "")),
      },
    ],
    last: Float64Array.from(rows, ({ last }) => last),
    target: Float64Array.from(rows, ({ target }) => target),
  };
}

const options = (groupOf: readonly number[]) => ({ groupOf, window: 60, decimals: 2, positive: true });
const noWeights = { chances: 0, sizes: 0, group: 0 };

describe("the baseline's distribution", () => {
  test("uses the changes before the row's period, of every series, and nothing later", () => {
    const past = [
      [0, 10, 0, 0],
      [-5, 0, 0, 7],
    ];
    const later = past.map((changes) => [...changes.slice(0, 2), 99, -99]);
    const rows = { from: 4, to: 6 };
    const weights = { chances: 2, sizes: 2, group: 5 };
    const [one, other] = [past, later].map((changes) =>
      ownChangeDistributions(datasetOf(changes), rows, { weights, options: options([0, 0]) }),
    );
    expect(other).toEqual(one);
    // After 0 and 10: the own rise is possible, and so is the other series' fall.
    expect([...(one?.[0]?.values ?? [])]).toEqual([2005, 2010, 2020]);
  });

  test("without borrowed changes is the last value plus the own past changes", () => {
    const data = datasetOf([[0, 10, 0, 10, 0]]);
    const [last] = ownChangeDistributions(data, { from: 4, to: 5 }, { weights: noWeights, options: options([0]) });
    expect([...(last?.values ?? [])]).toEqual([2020, 2030]);
    expect(last && massAt(last, 2020)).toBe(0.5);
  });

  test("borrows from its group if series are alike, and not if every series has its own sizes", () => {
    const random = seededRandom(5);
    const sizes = (series: number, alike: boolean) =>
      alike ? [10, 20, -10, -30] : [5 * (series + 1), -7 * (series + 1)];
    const seriesOf = (alike: boolean) =>
      Array.from({ length: 20 }, (_, series) =>
        Array.from({ length: 60 }, () => {
          const choice = sizes(series, alike);
          return random() < 0.3 ? (choice[Math.floor(random() * choice.length)] ?? 0) : 0;
        }),
      );
    const weightsOf = (alike: boolean) => {
      const data = datasetOf(seriesOf(alike));
      return searchWeights(data, { from: 20 * 30, to: data.rows }, options(new Array(20).fill(0)));
    };
    expect(weightsOf(true).sizes).toBeGreaterThanOrEqual(4);
    expect(weightsOf(false).sizes).toBeLessThanOrEqual(1);
  });
});

test("series with the same texts are one group", () => {
  const data = datasetOf([[0], [0], [0]], ["shop", "market", "shop"]);
  expect(groupsOf(data, ["kind"])).toEqual([0, 1, 0]);
  expect(groupsOf(data, [])).toEqual([0, 0, 0]);
  expect(() => groupsOf(data, ["town"])).toThrow("no text column town");
});

test("scores are in the target's unit, of the median, the mean and the intervals of each row", () => {
  const data = datasetOf([[0, 10]]);
  const distributions = [distributionOf([2000], [1]), distributionOf([2000, 2010], [3, 1])];
  const distributionAt = (i: number) => distributions[i] ?? distributionOf([0], [1]);
  const scores = scoresOf(data, { from: 0, to: 2 }, { distributionAt, decimals: 2 });
  expect(distributions.map(medianOf)).toEqual([2000, 2000]);
  // Rows: 20.00 as predicted; then 20.10 with probability 1/4.
  expectClose(scores.mae, 0.05);
  expectClose(scores.rmse, Math.sqrt(0.075 ** 2 / 2));
  expectClose(scores.crps, (0.1 * 0.75 ** 2) / 2);
  expect(scores.exact).toBe(0.5);
  expect(scores.coverage).toEqual({ "50": 0.5, "80": 1, "90": 1, "95": 1 });
  expectClose(scores.width["95"] ?? null, 0.05);
  expectClose(scores.fractionalCoverage["50"] ?? null, (0.5 + 0) / 2);
  expectClose(scores.probabilities?.logLoss ?? null, -Math.log(0.25) / 2, { relative: 1e-3 });
});
