/** The distribution of the next change: its groups, how much a series borrows from them, and what it predicts. */
import { describe, expect, test } from "vitest";
import { fitChangeGroups } from "../../shared/candidates/change-groups.ts";
import { fitBorrowedSteps, fitSizes } from "../../shared/candidates/change-weights.ts";
import { graphOf } from "../../shared/candidates/graph.ts";
import { candidateNamed } from "../../shared/candidates/index.ts";
import { changesWidth, expectedChanges, predictChanges } from "../../shared/candidates/next-change.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { changeFeaturesOf } from "../../shared/forecasts/forecast.ts";
import { massesOutput } from "../../shared/onnx/outputs.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import { inputsOf } from "../../shared/training/inputs.ts";
import { seededRandom } from "../support/chance.ts";
import { changingForecast } from "../training/publishing.ts";
import { smallDataset } from "../training/support.ts";
import { fitted, taskOf } from "./support.ts";

const declared = changeFeaturesOf(changingForecast);
if (declared === null) throw new Error("the forecast declares no features of past changes");
const { inputs } = declared;
const tolerance = 0.005;

/** Series that change in a third of the periods. `sizeOf` returns the size of a change of a series. */
function panelData(sizeOf: (series: number, random: () => number) => number, series = 8): Dataset {
  const random = seededRandom(11);
  const periods = 120;
  const dates = Array.from({ length: periods }, (_, day) =>
    new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10),
  );
  return smallDataset(
    {
      dimensions: ["region", "item"],
      periods: dates,
      series: Array.from({ length: series }, (_, index) => {
        let value = 100;
        const values = Float64Array.from(dates, () => {
          if (random() < 1 / 3) value += sizeOf(index, random);
          return Math.round(value * 100) / 100;
        });
        return { is: [index % 2 ? "north" : "south", `item ${index}`], values };
      }),
    },
    changingForecast,
  );
}

const options = { names: ["region"], window: 60, tolerance };

describe("groups", () => {
  // Northern series change by 1, southern ones by 0.2, in both directions.
  const data = panelData((series, random) => (series % 2 ? 1 : 0.2) * (random() < 0.5 ? -1 : 1));
  const groups = fitChangeGroups(data, { from: 0, to: data.rows }, options);

  test("have mostly their own sizes, and some of all series", () => {
    const [north = []] = groups.dimensions[0]?.categories.map((_, at) => [
      ...groups.rises.subarray(at * groups.sizes, (at + 1) * groups.sizes),
    ]) ?? [[]];
    const share = north.filter((size) => Math.abs(size - 1) < 1e-3).length / groups.sizes;
    expect(share).toBeGreaterThan(0.8);
    // The last block is for any other text: its sizes are those of all series.
    const unknown = [...groups.rises.subarray(-groups.sizes)];
    expect(new Set(unknown.map((size) => size.toFixed(1)))).toEqual(new Set(["0.2", "1.0"]));
    expect([...groups.falls].every((size) => size < 0)).toBe(true);
  });

  test("have shares with sum 1, also for a text that did not occur", () => {
    groups.shares.down.forEach((down, at) => {
      expect(down + (groups.shares.same[at] ?? 0) + (groups.shares.up[at] ?? 0)).toBeCloseTo(1, 6);
    });
    expect(groups.shares.same[2]).toBeCloseTo(2 / 3, 1);
  });

  test("without any change have one unit as the only size", () => {
    const still = { ...data, target: data.last };
    const quiet = fitChangeGroups(still, { from: 0, to: data.rows }, options);
    expect(new Set(quiet.rises)).toEqual(new Set([Math.fround(0.01)]));
    expect(new Set(quiet.falls)).toEqual(new Set([Math.fround(-0.01)]));
  });
});

describe("what a series borrows", () => {
  const borrowedOf = (data: Dataset) => {
    const cut = Math.floor(data.rows * 0.7);
    const groups = fitChangeGroups(data, { from: 0, to: cut }, options);
    return fitSizes({ data, rows: { from: cut, to: data.rows }, inputs, groups, tolerance });
  };

  test("is much if series are alike, and little if each has its own size", () => {
    const alike = borrowedOf(panelData((_, random) => Math.ceil(random() * 8) / 4 - 1.125));
    const apart = borrowedOf(panelData((series, random) => (0.1 + 0.4 * series) * (random() < 0.5 ? -1 : 1)));
    expect(alike.borrowed).toBeGreaterThanOrEqual(16);
    expect(apart.borrowed).toBeLessThanOrEqual(2);
  });

  test("includes the return to the level before the last change, if values return", () => {
    const [wandering, returning] = [panelData((_, random) => random() - 0.5), alternating()].map(borrowedOf);
    expect(wandering?.returnShare).toBeLessThanOrEqual(0.05);
    expect(returning?.returnShare).toBeGreaterThanOrEqual(0.3);
  });

  test("of shares of changes is much if all series change equally often", () => {
    const data = panelData((_, random) => random() - 0.5);
    const groups = fitChangeGroups(data, { from: 0, to: data.rows }, options);
    const rows = { from: Math.floor(data.rows * 0.7), to: data.rows };
    expect(fitBorrowedSteps({ data, rows, inputs, groups, tolerance })).toBeGreaterThanOrEqual(24);
    expect(fitBorrowedSteps({ data, rows: { from: 0, to: 0 }, inputs, groups, tolerance })).toBeGreaterThan(0);
  });
});

/** Series that leave their level by a random size and return to it at the next change. */
function alternating(): Dataset {
  const away = new Map<number, number>();
  return panelData((series, random) => {
    const step = away.get(series) ?? 0;
    const next = step === 0 ? random() - 0.5 : 0;
    away.set(series, next);
    return next - step;
  });
}

test("a model of changes predicts the mean of its distribution, and the baseline the last value", () => {
  const data = panelData((_, random) => random() - 0.5);
  const rows = { from: 0, to: Math.floor(data.rows * 0.7) };
  const later = { from: rows.to, to: data.rows };
  const task = { ...taskOf(data, rows, { parameters: { leafRowsMin: 20 }, last: "last" }), changes: declared };
  for (const id of ["changes", "naive"]) {
    const model = fitted(candidateNamed(id), task);
    if (model.kind !== "changes" && model.kind !== "last") throw new Error(model.kind);
    if (model.next === undefined) throw new Error(`${id} has no distribution`);
    const predicted = predictChanges(model.next, data, later);
    expect(predicted.width).toBe(changesWidth(model.next));
    expect(predicted.masses).toHaveLength(predicted.width * (later.to - later.from));
    const expected = expectedChanges(predicted);
    predicted.either.forEach((either, row) => {
      expect(either).toBeCloseTo((predicted.down[row] ?? 0) + (predicted.up[row] ?? 0), 5);
      expect(Math.abs(expected[row] ?? 1)).toBeLessThan(0.5);
    });
  }
});

test("the model file and the model agree on last changes that are smaller than every published digit", () => {
  const data = alternating();
  const rows = { from: 0, to: data.rows };
  const task = { ...taskOf(data, rows, { parameters: { leafRowsMin: 20 }, last: "last" }), changes: declared };
  const value = fitted(candidateNamed("changes"), task);
  if (value.kind !== "changes") throw new Error(value.kind);
  const { name, features } = { name: "small", features: changingForecast.features };
  const parts = { features, last: "last", transform: "difference", value, change: null, name } as const;
  const model = writeModel(graphOf({ ...parts, producer: "test", metadata: {} }));
  const smallest = 2 ** -149;
  const lastChanges = [-smallest, 0, smallest, -(2 ** -126), -0.01, 0.01];
  const few = { from: 0, to: lastChanges.length };
  const columns = data.columns.map((column) =>
    column.name === inputs.lastChange ? { ...column, values: Float32Array.from(lastChanges) } : column,
  ) as Dataset["columns"];
  const edges = { ...data, columns };
  const evaluated = evaluateOnnx(model, inputsOf(edges, few));
  if (!evaluated.ok) throw new Error(evaluated.error.reason);
  const expected = predictChanges(value.next, edges, few).masses;
  const masses = Array.from(evaluated.value[massesOutput] ?? []);
  expect(value.next.sizes.returnShare).toBeGreaterThan(0);
  expect(masses).toHaveLength(expected.length);
  masses.forEach((mass, at) => {
    expect(Math.abs(mass - (expected[at] ?? 0))).toBeLessThanOrEqual(1e-6 * mass);
  });
});
