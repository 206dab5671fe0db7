/** The reference profile: the distribution of each input in training, in fixed bins. Drift is measured against it. */
import { z } from "zod";
import type { Dataset } from "../features/dataset.ts";
import { binAt } from "./bins.ts";

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
  // Loops: a training profiles every column over all rows.
  let sum = 0;
  for (let i = 0; i < present.length; i++) sum += present[i] ?? 0;
  const mean = present.length === 0 ? null : sum / present.length;
  let squares = 0;
  for (let i = 0; i < present.length; i++) squares += ((present[i] ?? 0) - (mean ?? 0)) ** 2;
  return {
    count: present.length,
    missing: values.length - present.length,
    mean,
    standardDeviation: mean === null ? null : Math.sqrt(squares / present.length),
    minimum: present[0] ?? null,
    maximum: present.at(-1) ?? null,
    edges,
    counts: countsBetween(edges, present),
  };
}

/** Returns the number of values in each bin. Both lists ascend, so a bin ends where the next one begins. */
function countsBetween(edges: readonly number[], sorted: Float32Array): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0);
  let from = 0;
  while (from < sorted.length) {
    const bin = binAt(edges, sorted[from] ?? 0);
    let to = from + 1;
    const edge = edges[bin] ?? Number.POSITIVE_INFINITY;
    while (to < sorted.length && (sorted[to] ?? 0) <= edge) to++;
    counts[bin] = to - from;
    from = to;
  }
  return counts;
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
