/** The outputs of a model file, as `predict` and its protocols read and list them. */
import { changesOutput, massesOutput, outputNames } from "../onnx/outputs.ts";
import type { ServedCard } from "../registry/served.ts";

/** One output: float32 [N, columns]. */
export interface ModelOutput {
  readonly name: string;
  readonly columns: number;
}

/** Returns the known ones of a file's outputs, in the order of `outputNames`. */
export function knownOutputs(all: readonly ModelOutput[]): readonly ModelOutput[] {
  return outputNames.flatMap((name) => all.find((output) => output.name === name) ?? []);
}

/** Returns what a file lacks for the distribution of its card; null if it has everything. */
export function lackingOutputs(
  { distribution }: Pick<ServedCard, "distribution">,
  outputs: readonly ModelOutput[],
): string | null {
  if (distribution?.kind !== "changes") return null;
  const columnsOf = (wanted: string) => outputs.find(({ name }) => name === wanted)?.columns;
  const [changes, masses] = [columnsOf(changesOutput), columnsOf(massesOutput)];
  if (changes !== undefined && changes === masses) return null;
  return `the distribution needs the outputs ${changesOutput} and ${massesOutput} with the same number of columns; model.onnx has ${changes ?? "none"} and ${masses ?? "none"}`;
}

/** Returns the values of one row of an output [N, columns]; null without the output. O(columns). */
export function rowOf(values: ArrayLike<number> | undefined, row: number, rows: number): ArrayLike<number> | null {
  if (values === undefined) return null;
  const columns = values.length / rows;
  const found = new Float64Array(columns);
  for (let at = 0; at < columns; at++) found[at] = values[row * columns + at] ?? Number.NaN;
  return found;
}
