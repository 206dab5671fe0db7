/** Ridge regression on categories: no 0/1 column is written out, and the coefficients are those of written-out columns. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Design, DesignBlock } from "../../shared/models/design.ts";
import { predictDesign } from "../../shared/models/design.ts";
import { fitRidge } from "../../shared/models/ridge.ts";
import golden from "../golden/sparse-ridge.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { modelOf } from "./support.ts";

const categories = (codes: readonly number[]): DesignBlock => ({
  kind: "categories",
  width: Math.max(...codes) + 1,
  codes: Int32Array.from(codes),
});
const number = (values: readonly (number | null)[]): DesignBlock => ({
  kind: "number",
  values: Float32Array.from(values, (value) => value ?? Number.NaN),
});

/** Returns the design with a column of numbers for each category. */
function writtenOut({ rows, blocks }: Design): Design {
  const columns = blocks.flatMap((block): DesignBlock[] =>
    block.kind === "number"
      ? [block]
      : Array.from({ length: block.width }, (_, code) => ({
          kind: "number",
          values: Float32Array.from(block.codes, (own) => Number(own === code)),
        })),
  );
  return { rows, blocks: columns };
}

const towns: Design = {
  rows: golden.target.length,
  blocks: [categories(golden.towns), number(golden.size), categories(golden.regions), number(golden.rain)],
};
const target = Float64Array.from(golden.target);

describe.each([
  ["a factorisation", {}],
  ["conjugate gradients", { directColumnsMax: 0 }],
])("solved by %s", (_, how) => {
  test.each(golden.fits)("it has the coefficients of scikit-learn's Ridge with alpha $alpha", (theirs) => {
    const model = modelOf(fitRidge({ alpha: theirs.alpha, ...how }, { features: towns, target }));
    expect(model.coefficients.length).toBe(theirs.coefficients.length);
    theirs.coefficients.forEach((coefficient, column) => {
      expectClose(model.coefficients[column] ?? Number.NaN, coefficient, { relative: 1e-9, absolute: 1e-9 });
    });
    expectClose(model.intercept, theirs.intercept, { relative: 1e-9 });
  });

  test("it has the coefficients and predictions of written-out columns, for any columns and missing values", () => {
    const rows = 30;
    const list = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rows, maxLength: rows });
    const someNumbers = list(fc.option(fc.double({ min: -50, max: 50, noNaN: true }), { freq: 9 })).filter(
      (values) => new Set(values).size > 2,
    );
    const block = fc.oneof(
      someNumbers.map(number),
      fc.integer({ min: 1, max: 12 }).chain((width) => list(fc.nat(width - 1)).map(categories)),
    );
    const designs = fc.array(block, { minLength: 1, maxLength: 4 }).map((blocks): Design => ({ rows, blocks }));
    const targets = list(fc.double({ min: -9, max: 9, noNaN: true })).filter((values) => new Set(values).size > 1);
    fc.assert(
      fc.property(designs, targets, fc.constantFrom(0.1, 1, 100), (features, values, alpha) => {
        const y = Float64Array.from(values);
        const model = modelOf(fitRidge({ alpha, ...how }, { features, target: y }));
        const plain = modelOf(fitRidge({ alpha }, { features: writtenOut(features), target: y }));
        model.coefficients.forEach((coefficient, column) => {
          expectClose(coefficient, plain.coefficients[column] ?? Number.NaN, { relative: 1e-9, absolute: 1e-9 });
        });
        const predictions = predictDesign(plain, writtenOut(features));
        predictDesign(model, features).forEach((prediction, row) => {
          expectClose(prediction, predictions[row] ?? Number.NaN, { relative: 1e-9, absolute: 1e-9 });
        });
      }),
      { numRuns: 60 },
    );
  });
});

test("a category that a prediction does not know gives 0 in all columns", () => {
  const model = modelOf(fitRidge({ alpha: 1 }, { features: towns, target }));
  const row = (town: number): Design => ({
    rows: 1,
    blocks: [
      { kind: "categories", width: 40, codes: Int32Array.of(town) },
      number([50]),
      { kind: "categories", width: 5, codes: Int32Array.of(2) },
      number([3]),
    ],
  });
  const [unknown] = predictDesign(model, row(-1));
  expectClose(unknown ?? Number.NaN, predictDesign(model, writtenOut(row(-1)))[0] ?? Number.NaN);
  expect(unknown).not.toBe(predictDesign(model, row(7))[0]);
});
