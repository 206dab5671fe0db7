/** The reference profile: the distribution of each input in training, in fixed bins. Drift is measured against it. */
import { z } from "zod";
import type { Dataset } from "../features/dataset.ts";

const count = z.int().min(0);
const finite = z.number();

export const profileShape = z.discriminatedUnion("dtype", [
  z.object({
    name: z.string(),
    dtype: z.literal("float"),
    count,
    missing: count,
    mean: finite.nullable(),
    standardDeviation: finite.nullable(),
    /** The range of values; null if there are none, and in cards from before the range was recorded. */
    minimum: finite.nullable().default(null),
    maximum: finite.nullable().default(null),
    /** Inner edges, ascending. `counts` has one more entry: below the first edge, between edges, above the last. */
    edges: z.array(finite),
    counts: z.array(count),
  }),
  z.object({
    name: z.string(),
    dtype: z.literal("string"),
    count,
    missing: count,
    counts: z.record(z.string(), count),
  }),
]);
export type Profile = z.infer<typeof profileShape>;

const binsMax = 20;

/** Returns one profile for each column, over all rows. O(rows × columns × log rows). */
export function profileOf(data: Pick<Dataset, "columns">): Profile[] {
  return data.columns.map((column): Profile => {
    const { name, dtype } = column;
    if (dtype === "float") return { name, dtype, ...floatProfile(column.values) };
    const counts: Record<string, number> = Object.create(null);
    for (const code of column.codes) {
      const category = column.categories[code] ?? "";
      counts[category] = (counts[category] ?? 0) + 1;
    }
    return { name, dtype, count: column.codes.length, missing: 0, counts };
  });
}

function floatProfile(values: Float32Array) {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = edgesOf(present);
  const counts = new Array<number>(edges.length + 1).fill(0);
  for (const value of present) {
    const bin = binAt(edges, value);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  const mean = present.length === 0 ? null : present.reduce((sum, value) => sum + value, 0) / present.length;
  const squares = mean === null ? 0 : present.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    count: present.length,
    missing: values.length - present.length,
    mean,
    standardDeviation: mean === null ? null : Math.sqrt(squares / present.length),
    minimum: present[0] ?? null,
    maximum: present.at(-1) ?? null,
    edges,
    counts,
  };
}

/** Returns the distinct quantiles of equal share. */
function edgesOf(sorted: Float32Array): number[] {
  const edges = new Set<number>();
  for (let cut = 1; cut < binsMax; cut++) {
    const edge = sorted[Math.floor((sorted.length * cut) / binsMax)];
    if (edge !== undefined && edge < (sorted.at(-1) ?? edge)) edges.add(edge);
  }
  return [...edges];
}

/** Returns the position of a value's bin. A bin contains the values above one edge and up to the next, inclusive. O(bins). */
function binAt(edges: readonly number[], value: number): number {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin < 0 ? edges.length : bin;
}

/** Bin of a missing value. The bin of a number is its position in `counts`; that of a category is `=` and its name. */
const missingBin = "missing";
/** Bins of numbers below and above the range of the training data. */
export const [underBin, overBin] = ["under", "over"] as const;
/** Bin of a category that is not in the training data. */
const otherBin = "other";

/**
 * Returns the bin of an input. Null, NaN and the empty text are missing. For a profile without a range, numbers outside it
 * are counted in the outer bins. O(bins).
 *
 * @example binOf(profile, 23.4) // "7"
 */
export function binOf(profile: Profile, value: number | string | null): string {
  if (value === null || value === "") return missingBin;
  if (profile.dtype === "string") return Object.hasOwn(profile.counts, value) ? `=${value}` : otherBin;
  // Rounds to float32 like the model's input and the edges, because answers contain shortened decimals.
  const number = Math.fround(Number(value));
  if (Number.isNaN(number)) return missingBin;
  const { edges, minimum, maximum } = profile;
  if (minimum !== null && number < minimum) return underBin;
  if (maximum !== null && number > maximum) return overBin;
  return String(binAt(edges, number));
}
