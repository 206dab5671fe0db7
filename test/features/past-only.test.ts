/** Invariant 1: a feature is computed only from observations before its period and within its reach. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { datasetOf } from "../../shared/features/dataset.ts";
import { dtypeOf, reachOf } from "../../shared/features/feature.ts";
import type { Panel, PanelSeries } from "../../shared/features/panel.ts";
import { toleranceOf } from "../../shared/forecasts/forecast.ts";
import { forecasts } from "../../shared/forecasts/index.ts";
import { eventsRuleOf } from "../../shared/forecasts/source.ts";
import { otherVariables } from "../../shared/sources/facts.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { cell, everyKind, panels, tableOf } from "./support.ts";

const dimensions = ["region", "product"];
const declarations = [
  { id: "every kind", dimensions, features: everyKind(dimensions), variable: "target", tolerance: 0.025 },
  // event-features.test.ts has the tests of events.
  ...forecasts
    .filter((forecast) => eventsRuleOf(forecast) === null)
    .map((forecast) => ({ ...forecast, tolerance: toleranceOf(forecast) })),
];

/** Generates a panel, one of its periods, and different values of every variable for this and all later periods. */
function futures(panel: Panel) {
  return fc.integer({ min: 0, max: panel.periods.length - 1 }).chain((end) => {
    const length = panel.periods.length - end;
    const column = fc.array(cell, { minLength: length, maxLength: length });
    const names = Object.keys(panel.series[0]?.others ?? {});
    const others = fc.record(Object.fromEntries(names.map((name) => [name, column])));
    const columns = panel.series.map(() => fc.record({ values: column, others }));
    return fc.record({ panel: fc.constant(panel), end: fc.constant(end), future: fc.tuple(...columns) });
  });
}

/** Returns a series with a function applied to each of its variables. */
function mapped(
  series: PanelSeries,
  map: (values: Float64Array, variable: string | null) => Float64Array,
): PanelSeries {
  const others = Object.entries(series.others ?? {}).map(([name, values]) => [name, map(values, name)]);
  return { is: series.is, values: map(series.values, null), others: Object.fromEntries(others) };
}

describe.each(declarations)("features of $id", ({ features, tolerance, ...forecast }) => {
  const reach = reachOf(features);
  const others = otherVariables({ ...forecast, features });
  const someReach = panels(forecast.dimensions, { min: 6, max: Math.min(reach + 6, 70) }, others);
  const runs = { numRuns: (reach > 20 ? 40 : 200) / (isMatrix ? 1 : 4) };

  test("do not change with observations after the origin, at any step", () => {
    fc.assert(
      fc.property(someReach.chain(futures), fc.integer({ min: 1, max: 4 }), ({ panel, end, future }, step) => {
        const series = panel.series.map((one, index) =>
          mapped(one, (values, variable) => {
            const changed = values.slice();
            const later = variable === null ? future[index]?.values : future[index]?.others[variable];
            changed.set(later ?? [], end);
            return changed;
          }),
        );
        const before = tableOf(datasetOf(panel, { features, tolerance, step }));
        const after = tableOf(datasetOf({ ...panel, series }, { features, tolerance, step }));
        const until = panel.periods[end] ?? "";
        const earlier = (rows: typeof before) => rows.filter(({ period }) => period < until);
        expect(earlier(after)).toEqual(earlier(before));
        // Rows with an earlier origin and a later target: only the target may differ, and whether it exists.
        const laterOrigin = panel.periods[end + step] ?? "9999";
        const between = (rows: typeof before) => rows.filter(({ period }) => period >= until && period < laterOrigin);
        const known = new Map(between(before).map((row) => [`${row.period} ${row.series}`, row]));
        for (const { period, series: index, last, inputs } of between(after)) {
          const same = known.get(`${period} ${index}`);
          if (same) expect({ last, inputs }).toEqual({ last: same.last, inputs: same.inputs });
        }
      }),
      runs,
    );
  });

  test("are the same from a history of only their reach as from the whole history in training", () => {
    fc.assert(
      fc.property(panels(forecast.dimensions, { min: reach + 1, max: reach + 8 }, others), (panel) => {
        const fromWholeHistory = tableOf(datasetOf(panel, { features, tolerance }));
        for (let end = reach; end < panel.periods.length; end++) {
          const from = end - reach;
          const series = panel.series.map((series) => mapped(series, (values) => values.slice(from, end + 1)));
          const window = { ...panel, periods: panel.periods.slice(from, end + 1), series };
          const target = panel.periods[end];
          const served = tableOf(datasetOf(window, { features, tolerance })).filter(({ period }) => period === target);
          expect(served).toEqual(fromWholeHistory.filter(({ period }) => period === target));
        }
      }),
      { numRuns: (reach > 20 ? 20 : 100) / (isMatrix ? 1 : 4) },
    );
  });

  test("have unique names, and columns of their type", () => {
    const [panel] = fc.sample(someReach, { numRuns: 1, seed: 1 });
    const { columns } = datasetOf(panel ?? { dimensions: [], periods: [], series: [] }, { features, tolerance });
    expect(columns.map(({ name, dtype }) => [name, dtype])).toEqual(
      features.map((feature) => [feature.name, dtypeOf(feature)]),
    );
    expect(new Set(features.map(({ name }) => name)).size).toBe(features.length);
  });
});
