import fc from "fast-check";
import { distributionOf } from "../../shared/distributions/distribution.ts";

/** Any distribution of up to 8 values from −50 to 50; values may repeat and weights may be 0. */
export const anyDistribution = fc
  .array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: 0, max: 20 })), { minLength: 1, maxLength: 8 })
  .filter((pairs) => pairs.some(([, weight]) => weight > 0))
  .map((pairs) =>
    distributionOf(
      pairs.map(([value]) => value),
      pairs.map(([, weight]) => weight),
    ),
  );
