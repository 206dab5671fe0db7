/** Selects the golden rows of a file: inputs with the outputs that every runtime must return. */
import { evenlySpaced } from "../lib/evenly-spaced.ts";
import type { Golden } from "../registry/golden-shape.ts";
import { type Inputs, pickInputs } from "./inputs.ts";

/** Number of golden rows of a file. */
const goldenRowsMax = 24;

/**
 * Selects golden rows evenly from each part. `parts` are the lengths of the consecutive parts of `inputs`, of which the first
 * `hidden` ones give no row. Of more parts than there are golden rows, evenly spaced ones give a row each. An output may have
 * several numbers per row.
 */
export function goldenOf(
  inputs: Inputs,
  outputs: Readonly<Record<string, Float32Array>>,
  {
    parts,
    hidden = 0,
    tolerance,
  }: { readonly parts: readonly number[]; readonly hidden?: number; readonly tolerance: number },
): Golden {
  const count = parts.reduce((sum, length) => sum + length, 0);
  const present = placedParts(parts)
    .slice(hidden)
    .filter(({ length }) => length > 0);
  const used = evenlySpaced(present, goldenRowsMax);
  const each = Math.floor(goldenRowsMax / used.length);
  const positions = used.flatMap(({ from, length }) =>
    evenlySpaced(
      Array.from({ length }, (_, row) => from + row),
      each,
    ),
  );
  return {
    inputs: Object.fromEntries(
      Object.entries(pickInputs(inputs, positions)).map(([name, values]) => [name, withNulls(values)]),
    ),
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, values]) => {
        const width = values.length / count;
        return [
          name,
          positions.flatMap((at) => Array.from(values.subarray(at * width, (at + 1) * width), positiveZero)),
        ];
      }),
    ),
    tolerance,
  };
}

/** Returns the position of the first row of each part, and its length. */
function placedParts(parts: readonly number[]): { readonly from: number; readonly length: number }[] {
  let end = 0;
  return parts.map((length) => {
    end += length;
    return { from: end - length, length };
  });
}

/** Returns 0 for −0, which JSON does not have. */
const positiveZero = (value: number) => value + 0;

/** Replaces NaN by null, because JSON has no NaN. */
function withNulls(values: Inputs[string]): (number | string | null)[] {
  return values instanceof Float32Array
    ? Array.from(values, (value) => (Number.isNaN(value) ? null : value))
    : [...values];
}
