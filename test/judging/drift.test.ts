import fc from "fast-check";
import { expect, test } from "vitest";
import { datasetOf } from "../../shared/features/dataset.ts";
import { Drifts, driftScopes } from "../../shared/judging/drift.ts";
import { panels } from "../features/support.ts";

const last = { name: "last", kind: "lag", periods: 1 } as const;

test("a drift is the mean of the changes in its window, and a series borrows as many of its group", () => {
  const windows = fc.integer({ min: 1, max: 8 });
  fc.assert(
    fc.property(panels(["name"], { min: 3, max: 14 }), windows, fc.nat({ max: 13 }), (panel, window, end) => {
      const origin = Math.min(end, panel.periods.length - 1);
      const data = datasetOf(panel, { features: [last], tolerance: 0.025, reach: 3 });
      const groupOf = panel.series.map((_, index) => index % 2);
      const drifts = new Drifts(data, groupOf, "difference");
      const changesOf = (isWanted: (series: number) => boolean) =>
        [...data.target].flatMap((target, row) => {
          const period = data.period[row] ?? 0;
          const isInside = period <= origin && period > origin - window && isWanted(data.series[row] ?? -1);
          return isInside ? [target - (data.last[row] ?? 0)] : [];
        });
      const mean = (changes: readonly number[]) =>
        changes.length === 0 ? 0 : changes.reduce((sum, change) => sum + change, 0) / changes.length;
      panel.series.forEach((_, series) => {
        const own = changesOf((one) => one === series);
        const group = mean(changesOf((one) => groupOf[one] === groupOf[series]));
        const expected = {
          series: (own.reduce((sum, change) => sum + change, 0) + window * group) / (own.length + window),
          group,
          all: mean(changesOf(() => true)),
        };
        for (const scope of driftScopes)
          expect(drifts.at(series, origin, { window, scope })).toBeCloseTo(expected[scope], 9);
      });
    }),
  );
});
