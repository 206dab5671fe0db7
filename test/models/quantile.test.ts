import fc from "fast-check";
import { expect, test } from "vitest";
import { quantileInPlace } from "../../shared/models/quantile.ts";

test("selection gives the same quantile as sorting, also with ties", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 80 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (given, q) => {
        const sorted = Float64Array.from(given).sort();
        const position = q * (given.length - 1);
        const low = sorted[Math.floor(position)] ?? 0;
        const high = sorted[Math.ceil(position)] ?? 0;
        expect(quantileInPlace(Float64Array.from(given), q)).toBeCloseTo(low + (high - low) * (position % 1), 6);
      },
    ),
  );
});

test("numpy.percentile([1, 2, 3, 4], 80) is 3.4", () => {
  expect(quantileInPlace(Float64Array.of(3, 1, 4, 2), 0.8)).toBeCloseTo(3.4, 12);
});
