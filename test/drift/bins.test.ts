import fc from "fast-check";
import { expect, test } from "vitest";
import { binOf } from "../../shared/drift/bins.ts";
import { type Profile, profileOf } from "../../shared/drift/profile.ts";
import { shortestDecimal } from "../../shared/predict/decimal.ts";
import { cardShape } from "../../shared/registry/card.ts";

function profiled(values: readonly number[]): Extract<Profile, { dtype: "float" }> {
  const columns = [{ name: "x", dtype: "float" as const, values: Float32Array.from(values) }];
  const [profile] = profileOf({ columns } as unknown as Parameters<typeof profileOf>[0]);
  if (profile?.dtype !== "float") throw new Error("expected a float profile");
  return profile;
}

const numbers = fc.array(fc.oneof(fc.float({ noDefaultInfinity: true }), fc.integer({ min: 0, max: 5 })), {
  minLength: 1,
  maxLength: 200,
});

test("the values of a profile fall into the bins in which it counted them, also as shortened decimals", () => {
  fc.assert(
    fc.property(numbers, fc.boolean(), (values, isDecimal) => {
      const profile = profiled(values);
      const counts = profile.counts.map(() => 0);
      let missing = 0;
      for (const value of values) {
        const bin = binOf(profile, isDecimal ? shortestDecimal(value) : Math.fround(value));
        if (bin === "missing") missing++;
        else counts[Number(bin)] = (counts[Number(bin)] ?? 0) + 1;
      }
      expect(counts).toEqual(profile.counts);
      expect(missing).toBe(profile.missing);
    }),
  );
});

test("values outside the training range and missing values have their own bins", () => {
  const profile = profiled([1, 2, 3, 4]);
  const values = [0.99, 1, 2, 4, 4.01, null, Number.NaN, "", "Infinity", "-Infinity"];
  expect(values.map((value) => binOf(profile, value))).toEqual([
    ...["under", "0", "1", "3", "over"],
    ...["missing", "missing", "missing", "over", "under"],
  ]);
});

test("without a range in the card, outside values are counted in the outer bins", () => {
  const { profile } = cardShape.pick({ profile: true }).parse({
    profile: [
      { name: "x", dtype: "float", count: 2, missing: 0, mean: 1, standardDeviation: 1, edges: [1], counts: [1, 1] },
    ],
  });
  expect(profile.flatMap((column) => [binOf(column, -9), binOf(column, 9)])).toEqual(["0", "1"]);
});

test("category bins differ from the reserved names, and all unknown categories share one bin", () => {
  const counts = { other: 1, missing: 1, "": 1, here: 2 };
  const profile: Profile = { name: "place", dtype: "string", count: 5, missing: 0, counts };
  const found = ["here", "other", "missing", "there", "toString", "", null].map((value) => binOf(profile, value));
  expect(found).toEqual(["=here", "=other", "=missing", "other", "other", "missing", "missing"]);
});
