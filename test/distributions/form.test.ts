import { expect, test } from "vitest";
import { rowDistribution } from "../../shared/distributions/form.ts";
import { intervalsOf, medianOf } from "./intervals.ts";

const row = { last: 23.5, prediction: 23.52, scale: 1, changes: null, masses: null };

test("changes in any order, some of them equal or without mass, are added to the last value in whole units", () => {
  const ofRow = rowDistribution({ kind: "changes", positive: true }, 2);
  const changes = Float32Array.of(0.25, -0.1, 0, 0.25, 7);
  const masses = Float32Array.of(0.125, 0.25, 0.5, 0.125, 0);
  const { values, masses: merged } = ofRow({ ...row, changes, masses });
  expect([...values]).toEqual([2340, 2350, 2375]);
  expect([...merged]).toEqual([0.25, 0.5, 0.25]);
});

test("a fall of a positive target ends at one unit; a target of any sign has no lower end", () => {
  const falls = { ...row, last: 0.03, changes: [-0.05, 0], masses: [0.5, 0.5] };
  expect([...rowDistribution({ kind: "changes", positive: true }, 2)(falls).values]).toEqual([1, 3]);
  expect([...rowDistribution({ kind: "changes", positive: false }, 2)(falls).values]).toEqual([-2, 3]);
});

test("a row without changes is refused, and the message names the outputs of the file", () => {
  const ofRow = rowDistribution({ kind: "changes", positive: true }, 2);
  expect(() => ofRow(row)).toThrow("expected the outputs changes and change_masses of the model file");
  expect(() => ofRow({ ...row, changes: [Number.NaN], masses: [1] })).toThrow("expected a finite number");
});

test("errors are multiplied by the scale of the row and added to the prediction", () => {
  const form = { kind: "location-scale", positive: true, scaledBy: "spread", shape: [-1, 0, 0, 2] } as const;
  const { values } = rowDistribution(form, 1)({ ...row, prediction: 100.04, scale: 1.5 });
  expect([...values]).toEqual([985, 1000, 1030]);
});

test("symmetric errors are outside the range of prediction and last value, and the prediction is the median", () => {
  const form = { kind: "symmetric", positive: true, scaledBy: null, shape: [0, 0, 0, 0.3] } as const;
  const distribution = rowDistribution(form, 2)(row);
  expect(medianOf(distribution)).toBe(2352);
  expect(intervalsOf(distribution, [0.5, 0.95])).toEqual([
    { level: 0.5, low: 2350, high: 2352 },
    { level: 0.95, low: 2320, high: 2382 },
  ]);
});
