/** How the inputs were distributed where the model learned, in bins that never move. */
import type { Dataset } from "../features/dataset.ts";
import type { Card } from "../registry/card.ts";

type Profile = Card["profile"][number];

const binsMax = 20;

/** One entry a column, over all rows. O(rows × columns × log rows). */
export function profileOf(data: Dataset): Profile[] {
  return data.columns.map((column): Profile => {
    const { name, dtype } = column;
    if (dtype === "string") {
      const counts: Record<string, number> = Object.create(null);
      for (const code of column.codes) {
        const category = column.categories[code] ?? "";
        counts[category] = (counts[category] ?? 0) + 1;
      }
      return { name, dtype, count: column.codes.length, missing: 0, counts };
    }
    return { name, dtype, ...floatProfile(column.values) };
  });
}

function floatProfile(values: Float32Array) {
  const present = values.filter((value) => !Number.isNaN(value)).sort();
  const edges = edgesOf(present);
  const counts = new Array<number>(edges.length + 1).fill(0);
  let bin = 0;
  for (const value of present) {
    while (bin < edges.length && value > (edges[bin] ?? 0)) bin++;
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

/** Quantiles of equal share, each once; a bin holds what is above one edge and at most the next. */
function edgesOf(sorted: Float32Array): number[] {
  const edges = new Set<number>();
  for (let cut = 1; cut < binsMax; cut++) {
    const edge = sorted[Math.floor((sorted.length * cut) / binsMax)];
    if (edge !== undefined && edge < (sorted.at(-1) ?? edge)) edges.add(edge);
  }
  return [...edges];
}
