import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distributionOf, massAt, massBelow } from "../../shared/distributions/distribution.ts";
import { centredShapeOf, locationScale, shapeOf } from "../../shared/distributions/location-scale.ts";
import { chancesAround, expectedValueOf, PROBABILITY_MIN, quantilesOf } from "../../shared/distributions/summary.ts";
import { symmetricDistribution } from "../../shared/distributions/symmetric.ts";
import { fromUnits, toUnits } from "../../shared/distributions/units.ts";
import golden from "../golden/distributions.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { anyDistribution } from "./any-distribution.ts";
import { intervalsOf, medianOf } from "./intervals.ts";

const quantileLevels = golden.levels;

test("quantiles and the mean equal those of the plain Python implementation", () => {
  for (const { values, masses, quantiles, mean } of golden.scores) {
    const distribution = distributionOf(values, masses);
    expect(quantilesOf(distribution, quantileLevels)).toEqual(quantiles);
    expectClose(expectedValueOf(distribution), mean, { absolute: 1e-9 });
  }
});

describe("for any distribution", () => {
  test("values ascend without repetition, and probabilities are positive with sum 1", () => {
    fc.assert(
      fc.property(anyDistribution, ({ values, masses }) => {
        values.forEach((value, i) => {
          if (i > 0) expect(value).toBeGreaterThan(values[i - 1] ?? Number.NaN);
          expect(masses[i]).toBeGreaterThan(0);
        });
        expectClose(
          masses.reduce((sum, mass) => sum + mass, 0),
          1,
        );
      }),
    );
  });

  test("the order of values and a common factor of the weights have no effect", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 9 })), { minLength: 1 });
    fc.assert(
      fc.property(pairs, (list) => {
        const of = (some: readonly (readonly [number, number])[], factor: number) =>
          distributionOf(
            some.map(([value]) => value),
            some.map(([, weight]) => weight * factor),
          );
        const [one, other] = [of(list, 1), of([...list].reverse(), 4)];
        expect(other.values).toEqual(one.values);
        other.masses.forEach((mass, i) => {
          expectClose(mass, one.masses[i] ?? Number.NaN);
        });
      }),
    );
  });

  test("quantiles ascend, are possible values, and have their level at or below them and no level before them", () => {
    fc.assert(
      fc.property(anyDistribution, (distribution) => {
        const quantiles = quantilesOf(distribution, quantileLevels);
        quantiles.forEach((quantile, i) => {
          const level = quantileLevels[i] ?? Number.NaN;
          expect(quantile).toBeGreaterThanOrEqual(quantiles[i - 1] ?? quantile);
          expect(massAt(distribution, quantile)).toBeGreaterThan(0);
          expect(massBelow(distribution, quantile)).toBeLessThan(level);
          expect(massBelow(distribution, quantile) + massAt(distribution, quantile)).toBeGreaterThanOrEqual(
            level - 1e-9,
          );
        });
      }),
    );
  });

  test("an interval of width 0 has at least its level's probability at one value", () => {
    fc.assert(
      fc.property(anyDistribution, (distribution) => {
        for (const { level, low, high } of intervalsOf(distribution, [0.5, 0.8, 0.9, 0.95])) {
          if (low === high) expect(massAt(distribution, low)).toBeGreaterThanOrEqual(level - 1e-9);
        }
      }),
    );
  });

  test("the probabilities of a fall, no change and a rise sum to 1, and none is 0 or 1", () => {
    fc.assert(
      fc.property(anyDistribution, fc.integer({ min: -60, max: 60 }), (distribution, last) => {
        const { down, same, up } = chancesAround(distribution, last);
        expectClose(down + same + up, 1);
        for (const chance of [down, same, up]) expect(chance).toBeGreaterThanOrEqual(PROBABILITY_MIN);
        expectClose(down, massBelow(distribution, last), { absolute: 3 * PROBABILITY_MIN });
        expectClose(same, massAt(distribution, last), { absolute: 3 * PROBABILITY_MIN });
      }),
    );
  });
});

test("weights that are negative, all 0 or not numbers are refused", () => {
  expect(() => distributionOf([1, 2], [1, -1])).toThrow("weight 1 is -1: expected 0 or more");
  expect(() => distributionOf([1, 2], [0, 0])).toThrow("all weights are 0");
  expect(() => distributionOf([1, Number.NaN], [1, 1])).toThrow("expected a finite number");
  expect(() => distributionOf([], [])).toThrow("expected at least one value");
  expect(() => quantilesOf(distributionOf([1], [1]), [0.5, 0.1])).toThrow("expected ascending levels");
});

test("every price with two decimals survives the conversion to whole units and back", () => {
  for (let units = 1; units < 20_000; units++) expect(toUnits(fromUnits(units, 2), 2)).toBe(units);
  expect(Object.is(toUnits(-0.001, 2), 0)).toBe(true);
});

const equallyProbable = (values: readonly number[]) => distributionOf(values, new Float64Array(values.length).fill(1));

describe("location and scale", () => {
  test("earlier errors are multiplied by the scale and added to the prediction, in whole units", () => {
    const shape = equallyProbable([-1, 0, 0, 2]);
    const distribution = locationScale({ location: 100.4, scale: 10 }, shape, { positive: true });
    expect([...distribution.values]).toEqual([90, 100, 120]);
    expect([...distribution.masses]).toEqual([0.25, 0.5, 0.25]);
    expect(medianOf(distribution)).toBe(100);
  });

  test("a positive target has no value below one unit", () => {
    const distribution = locationScale({ location: 2, scale: 1 }, equallyProbable([-9, -1, 0]), { positive: true });
    expect([...distribution.values]).toEqual([1, 2]);
    const free = locationScale({ location: 2, scale: 1 }, equallyProbable([-9, -1, 0]), { positive: false });
    expect([...free.values]).toEqual([-7, 1, 2]);
    expect(() => locationScale({ location: 2, scale: 0 }, equallyProbable([1]), { positive: true })).toThrow(
      "more than 0",
    );
  });

  test("the shape of many errors has at most 201 values and nearly their quantiles", () => {
    const errors = Float64Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 10_000);
    const shape = shapeOf(errors);
    expect(shape.length).toBe(201);
    quantilesOf(equallyProbable(shape), quantileLevels).forEach((quantile, i) => {
      expect(Math.abs(quantile - 10_000 * (quantileLevels[i] ?? 0))).toBeLessThan(60);
    });
  });

  test("with a centred shape the median is the point prediction, although the errors are not centred", () => {
    for (const count of [1, 3, 61, 201, 400, 1_000]) {
      const shape = centredShapeOf(Float64Array.from({ length: count }, (_, i) => 5 + i * i));
      const distribution = locationScale({ location: 700, scale: 3 }, equallyProbable(shape), { positive: false });
      expect(quantilesOf(distribution, [0.5])).toEqual([700]);
    }
  });
});

test("the distribution of a prediction with intervals has the prediction as its median, and contains the last value", () => {
  const misses = equallyProbable([0, 0, 0, 0, 0, 0, 0, 0, 20, 50]);
  const centre = { prediction: 104, low: 100, high: 104 };
  const distribution = symmetricDistribution(centre, misses, { positive: true });
  expect(medianOf(distribution)).toBe(104);
  expect(intervalsOf(distribution, [0.5, 0.75, 0.95])).toEqual([
    { level: 0.5, low: 100, high: 104 },
    { level: 0.75, low: 100, high: 104 },
    { level: 0.95, low: 50, high: 154 },
  ]);
});
