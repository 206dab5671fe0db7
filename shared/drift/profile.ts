/** The reference profile: how each input was distributed in training, in bins that never move. Drift is measured against it. */
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
    /** The smallest and the largest; null where there is none, and on cards that were made before the range was recorded. */
    minimum: finite.nullable().default(null),
    maximum: finite.nullable().default(null),
    /** Inner edges, ascending; counts has one more entry: below the first, between, above the last. */
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

/** Quantiles of equal share, each once. */
function edgesOf(sorted: Float32Array): number[] {
  const edges = new Set<number>();
  for (let cut = 1; cut < binsMax; cut++) {
    const edge = sorted[Math.floor((sorted.length * cut) / binsMax)];
    if (edge !== undefined && edge < (sorted.at(-1) ?? edge)) edges.add(edge);
  }
  return [...edges];
}

/** The bin rule: a bin holds what is above one edge and at most the next. O(bins). */
function binAt(edges: readonly number[], value: number): number {
  const bin = edges.findIndex((edge) => value <= edge);
  return bin < 0 ? edges.length : bin;
}

/** A number's bin is its position in the profile's counts, a category's its name after `=`; the rest are these words. */
export const missingBin = "missing";
/** Below, or above, everything that the model was trained on. */
export const [underBin, overBin] = ["under", "over"] as const;
/** A text that the model was not trained on. */
export const otherBin = "other";

/**
 * Returns the bin of an input. Null, NaN and the empty text are missing. A profile without a range has no `under` and `over`:
 * its outer bins hold them. O(bins).
 *
 * @example binOf(profile, 23.4) // "7"
 */
export function binOf(profile: Profile, value: number | string | null): string {
  if (value === null || value === "") return missingBin;
  if (profile.dtype === "string") return Object.hasOwn(profile.counts, value) ? `=${value}` : otherBin;
  // As the model sees it: edges are float32 too, and an answer's decimals are shorter than that.
  const number = Math.fround(Number(value));
  if (Number.isNaN(number)) return missingBin;
  const { edges, minimum, maximum } = profile;
  if (minimum !== null && number < minimum) return underBin;
  if (maximum !== null && number > maximum) return overBin;
  return String(binAt(edges, number));
}
