import { at } from "../stats/numbers.ts";
import { type Distribution, distributionOf } from "./distribution.ts";

/** Returns the distribution of the sum of `count` independent changes. Equal sums are merged. O(count · sums · changes). */
export function sumOfChanges(change: Distribution, count: number): Distribution {
  let sum = change;
  for (let added = 1; added < count; added++) sum = sumOfTwo(sum, change);
  return sum;
}

function sumOfTwo(a: Distribution, b: Distribution): Distribution {
  const masses = new Map<number, number>();
  for (let i = 0; i < a.values.length; i++) {
    for (let j = 0; j < b.values.length; j++) {
      const value = at(a.values, i) + at(b.values, j);
      masses.set(value, (masses.get(value) ?? 0) + at(a.masses, i) * at(b.masses, j));
    }
  }
  return distributionOf(Float64Array.from(masses.keys()), Float64Array.from(masses.values()));
}
