/** Tests the rows on which a file is compared with training. */
import { expect, test } from "vitest";
import { encode, rankEncoding } from "../../shared/candidates/encoding.ts";
import { evenlySpaced } from "../../shared/lib/evenly-spaced.ts";
import { nextFloat32 } from "../../shared/models/float32.ts";
import { fitRandomForest } from "../../shared/models/random-forest.ts";
import { LEAF } from "../../shared/models/tree.ts";
import { edgeInputs, inputsOf, unknownCategory } from "../../shared/training/inputs.ts";
import { forecastOf, restlessDataset } from "./publishing.ts";

const data = restlessDataset(forecastOf("level"));
const rows = { from: 0, to: data.rows };
const encoding = rankEncoding(data, rows, data.target);
const fit = fitRandomForest(
  { trees: 4, depthMax: 4, leafRowsMin: 10, seed: 1 },
  { features: encode(encoding, data, rows), target: data.target },
);
if (!fit.ok) throw new Error(fit.error.kind);
const { ensemble } = fit.value;
const value = { kind: "trees", encoding, ensemble } as const;
const ordinary = inputsOf(data, { from: 300, to: 304 });
const edges = edgeInputs(ordinary, { value, chance: null }, "last");

test("each threshold on a number has rows exactly at it, one float32 below and one above", () => {
  for (const tree of ensemble.trees) {
    tree.feature.forEach((feature, node) => {
      const column = encoding.columns[feature];
      if (feature === LEAF || column?.how !== "number") return;
      const threshold = tree.threshold[node] ?? Number.NaN;
      const tried = [...(edges.thresholds[column.name] ?? [])];
      expect(tried).toEqual(expect.arrayContaining([threshold, nextFloat32(threshold, -1), nextFloat32(threshold, 1)]));
    });
  }
});

test("gaps contain each missing input, each unknown category, and one row with only the last value", () => {
  const names = data.columns.map(({ name }) => name).filter((name) => name !== "last");
  const isMissing = (name: string, row: number) => {
    const one = edges.gaps[name]?.[row];
    return one === "" || Number.isNaN(one);
  };
  const count = edges.gaps.last?.length ?? 0;
  const gaps = Array.from({ length: count }, (_, row) => names.filter((name) => isMissing(name, row)).join());
  for (const name of names) expect(gaps).toContain(name);
  expect(gaps.at(-1)).toBe(names.join());
  expect(edges.gaps.region).toContain(unknownCategory);
  expect([...(edges.gaps.last ?? [])].every(Number.isFinite)).toBe(true);
});

test("edge cases are derived from more than one ordinary row", () => {
  expect(new Set([...(edges.thresholds.last ?? [])]).size).toBeGreaterThan(1);
  expect(new Set([...(edges.gaps.last ?? [])]).size).toBeGreaterThan(1);
});

test("a model without trees has gaps but no thresholds", () => {
  const none = edgeInputs(ordinary, { value: { kind: "last" }, chance: null }, "last");
  expect(none.thresholds.last).toEqual(new Float32Array());
  expect(none.thresholds.region).toEqual([]);
  expect(none.gaps).toEqual(edges.gaps);
});

test("nextFloat32 returns the adjacent number, also across zero and at the ends", () => {
  expect(nextFloat32(1, 1)).toBe(1 + 2 ** -23);
  expect(nextFloat32(1, -1)).toBe(1 - 2 ** -24);
  expect(nextFloat32(-1, 1)).toBe(-1 + 2 ** -24);
  expect(nextFloat32(0, 1)).toBe(2 ** -149);
  expect(nextFloat32(-0, -1)).toBe(-(2 ** -149));
  expect(nextFloat32(2 ** -149, -1)).toBe(0);
  expect(nextFloat32(3.4028234663852886e38, 1)).toBe(Number.POSITIVE_INFINITY);
});

test("spread returns a short list whole and evenly spaced elements of a long one", () => {
  expect(evenlySpaced(["a", "b"], 5)).toEqual(["a", "b"]);
  expect(evenlySpaced([...Array(10).keys()], 5)).toEqual([0, 2, 4, 6, 8]);
  expect(evenlySpaced([], 3)).toEqual([]);
});
