import fc from "fast-check";
import { expect, test } from "vitest";
import type { Panel } from "../../shared/features/panel.ts";
import { groupRows } from "../../shared/judging/rows.ts";
import { panels } from "../features/support.ts";

const nothing = Number.NaN;

function panelWith(values: readonly (readonly number[])[]): Panel {
  return {
    dimensions: ["name"],
    periods: (values[0] ?? []).map((_, index) => `2026-01-0${index + 1}`),
    series: values.map((one, index) => ({ is: [`${index}`], values: Float64Array.from(one) })),
  };
}

test("a series that is missing at an end of a step does not move the level of its group", () => {
  const panel = panelWith([
    [10, 11, 12],
    [100, nothing, 100],
    [nothing, nothing, 500],
  ]);
  const one = groupRows(panel, [0, 0, 0], 1);
  expect([...one.last]).toEqual([10, 11]);
  expect([...one.target]).toEqual([11, 12]);
  const two = groupRows(panel, [0, 0, 0], 2);
  expect([[...two.last], [...two.target], [...two.period]]).toEqual([[55], [56], [2]]);
});

test("a group's change is the mean change of its series with a value at both ends, and other groups have no effect", () => {
  fc.assert(
    fc.property(panels(["name"], { min: 3, max: 12 }), fc.integer({ min: 1, max: 3 }), (panel, step) => {
      const groupOf = panel.series.map((_, index) => (index === 0 ? null : index % 2));
      const rows = groupRows(panel, groupOf, step);
      const expected = panel.periods.flatMap((_, end) =>
        [0, 1].flatMap((group) => {
          const changes = panel.series.flatMap(({ values }, series) => {
            const change = (values[end] ?? nothing) - (values[end - step] ?? nothing);
            return groupOf[series] === group && !Number.isNaN(change) ? [change] : [];
          });
          const mean = changes.reduce((sum, change) => sum + change, 0) / changes.length;
          return changes.length === 0 ? [] : [{ end, group, mean }];
        }),
      );
      expect(Array.from(rows.period, (end, row) => [end, rows.series[row]])).toEqual(
        expected.map(({ end, group }) => [end, group]),
      );
      expected.forEach(({ mean }, row) => {
        expect((rows.target[row] ?? nothing) - (rows.last[row] ?? nothing)).toBeCloseTo(mean, 9);
      });
    }),
  );
});
