import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holdOut } from "../../shared/candidates/candidate.ts";
import {
  encode,
  featureValues,
  oneHotEncoding,
  rankEncoding,
  widthOfEncoding,
  withMeans,
} from "../../shared/candidates/encoding.ts";
import type { Dataset } from "../../shared/features/dataset.ts";
import { smallData, taskOf } from "./support.ts";

/** Makes one text column with these values, and one period per row. */
function textData(values: readonly string[], numbers: readonly number[] = []): Dataset {
  const categories = [...new Set(values)].sort();
  const rows = values.length;
  return {
    step: 1,
    rows,
    periods: values.map((_, row) => `2026-${String(row).padStart(4, "0")}`),
    period: Int32Array.from({ length: rows }, (_, row) => row),
    series: new Int32Array(rows),
    columns: [
      {
        name: "town",
        dtype: "string",
        categories,
        codes: Int32Array.from(values, (value) => categories.indexOf(value)),
      },
      { name: "number", dtype: "float", values: Float32Array.from(values, (_, row) => numbers[row] ?? row) },
    ],
    last: new Float64Array(rows),
    target: Float64Array.from({ length: rows }, (_, row) => row),
  };
}

const words = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { minLength: 2, maxLength: 30 });

describe("encodings", () => {
  test("are reversible: 0/1 columns and ranks identify the category, and an unknown category gives none", () => {
    fc.assert(
      fc.property(words, fc.nat(), (values, cut) => {
        const data = textData(values);
        const rows = { from: 0, to: 1 + (cut % (values.length - 1)) };
        const all = { from: 0, to: data.rows };
        const known = new Set(values.slice(0, rows.to));
        const expected = values.map((value) => (known.has(value) ? value : null));
        const hot = oneHotEncoding(data, rows);
        const ranked = rankEncoding(data, rows, data.target);
        const [hots, ranks] = [encode(hot, data, all), encode(ranked, data, all)];
        const [hotColumn, rankColumn] = [hot.columns[0], ranked.columns[0]];
        if (hotColumn?.how !== "one-hot" || rankColumn?.how !== "rank") throw new Error("the first column is text");
        expect(hots.columns).toBe(known.size + 1);
        expect(widthOfEncoding(hot)).toBe(hots.columns);
        values.forEach((_, row) => {
          const flags = hotColumn.categories.map((__, at) => hots.values[at * data.rows + row]);
          expect(flags.reduce<number>((sum, flag) => sum + (flag ?? 9), 0)).toBe(expected[row] === null ? 0 : 1);
          expect(hotColumn.categories[flags.indexOf(1)] ?? null).toBe(expected[row]);
          const rank = ranks.values[row] ?? 0;
          expect(rankColumn.categories[rankColumn.ranks.indexOf(rank)] ?? null).toBe(expected[row]);
        });
      }),
    );
  });

  test("ranks follow the mean target over the training rows", () => {
    const data = textData(["b", "a", "c", "a", "b", "c"]);
    const target = Float64Array.of(5, 1, 3, 2, -100, 900);
    const [column] = rankEncoding(data, { from: 0, to: 4 }, target).columns;
    expect(column).toMatchObject({ categories: ["a", "b", "c"], ranks: Float32Array.of(0, 2, 1) });
  });

  test("a missing number becomes the mean of the training rows, or 0 if all are missing", () => {
    const data = textData(["a", "a", "a", "a"], [1, Number.NaN, 3, 90]);
    const rows = { from: 0, to: 3 };
    const encoding = withMeans(rankEncoding(data, rows, data.target), data, rows);
    expect([...encode(encoding, data, { from: 1, to: 4 }).values.slice(3)]).toEqual([2, 3, 90]);
    const never = textData(["a", "a"], [Number.NaN, Number.NaN]);
    const empty = withMeans(rankEncoding(never, { from: 0, to: 2 }, never.target), never, { from: 0, to: 2 });
    expect(empty.imputed).toEqual(Float32Array.of(0, 0));
  });

  test("the error for a missing column or a wrong type names the column", () => {
    const data = textData(["a", "b"]);
    const encoding = oneHotEncoding(data, { from: 0, to: 2 });
    expect(() => encode(encoding, { ...data, columns: [] }, { from: 0, to: 1 })).toThrow(
      "the dataset has no column town",
    );
    const swapped = {
      ...data,
      columns: data.columns.map((column, at) => ({ ...column, name: at === 0 ? "number" : "town" })),
    };
    expect(() => encode(encoding, swapped, { from: 0, to: 1 })).toThrow(
      "column town has type float, which cannot be encoded as one-hot",
    );
    expect(() => featureValues(data, "town", { from: 0, to: 1 })).toThrow("feature town is text: expected a number");
  });
});

describe("holdOut", () => {
  test("splits the training rows at a period, with about the requested share in the late part", () => {
    const data = smallData();
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 5, max: 19 }), (first, periods) => {
        const rows = { from: first * 12, to: (first + periods) * 12 };
        const { early, late } = holdOut(taskOf(data, rows), 0.2);
        expect([early.from, early.to, late.to]).toEqual([rows.from, late.from, rows.to]);
        expect(data.period[late.from]).toBeGreaterThan(data.period[late.from - 1] ?? -1);
        expect((late.to - late.from) / 12).toBe(Math.floor(periods * 0.2 + 1e-9));
      }),
    );
  });
});
