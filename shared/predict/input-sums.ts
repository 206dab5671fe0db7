/** Counts the inputs of an answer in the bins of the model's profile, so that the counts are exact if not all rows are recorded. */
import type { InputSum } from "../api/prediction-message.ts";
import { type BinReference, binOf } from "../drift/bins.ts";
import { memoizeByObject } from "../lib/memoize-by-object.ts";
import type { ServedModel } from "./load-model.ts";

/** The rows to count. */
export interface CountedRows {
  readonly count: number;
  /** Returns the value of an input in a row. */
  valueOf(row: number, input: string): number | string | null;
  isHypothetical(row: number): boolean;
}

/** Null for an input without a profile, which is not counted. */
type References = readonly (BinReference | null)[];

/** The references of all inputs; null if served.json is of a version that did not contain the bins. */
const referencesOf = memoizeByObject(({ card, inputs }: ServedModel): References | null => {
  const references = inputs.map(({ name }): BinReference | null | undefined => {
    const profile = card.profile.find((one) => one.name === name);
    if (profile === undefined) return null;
    if (profile.dtype === "string") return profile;
    const { edges, minimum = null, maximum = null } = profile;
    return edges === undefined ? undefined : { dtype: "float", edges, minimum, maximum };
  });
  return references.includes(undefined) ? null : references.map((reference) => reference ?? null);
});

/** Returns whether the inputs of a model can be counted here. */
export function canCountInputs(model: ServedModel): boolean {
  return referencesOf(model) !== null;
}

/** Returns the number of rows in each bin of each input; empty if `canCountInputs` is false. O(rows × inputs × log bins). */
export function countInputs(model: ServedModel, rows: CountedRows): InputSum[] {
  const references = referencesOf(model) ?? [];
  return references.flatMap((reference, at): InputSum[] => {
    const input = model.inputs[at];
    if (reference === null || input === undefined) return [];
    const [observed, hypothetical] = [new Map<string, number>(), new Map<string, number>()];
    for (let row = 0; row < rows.count; row++) {
      const counts = rows.isHypothetical(row) ? hypothetical : observed;
      const bin = binOf(reference, rows.valueOf(row, input.name));
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    const sums = (counts: Map<string, number>, isHypothetical: boolean) =>
      Array.from(counts, ([bin, count]): InputSum => [at, isHypothetical, bin, count]);
    return [...sums(observed, false), ...sums(hypothetical, true)];
  });
}
