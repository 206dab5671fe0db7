/** Checks an engine with the card's golden rows: the file must return the outputs of the training. */
import { failure, type Result, success } from "../lib/result.ts";
import type { Card } from "./card.ts";

/** One value per row. A missing value is NaN or the empty string. */
export type InputColumn = Float32Array | readonly string[];

/** One list of numbers per output. */
export type Outputs = Readonly<Record<string, ArrayLike<number>>>;

export interface EvaluationProblem {
  readonly reason: string;
  /** The file uses something that this engine does not support. Another engine may run it. */
  readonly isOutside?: true;
}

export type Evaluated = Result<Outputs, EvaluationProblem>;

/** An engine: maps a model file and one column per input to one list of numbers per output. */
export type Evaluate = (model: Uint8Array, inputs: Readonly<Record<string, InputColumn>>) => Evaluated;

/** The number of golden rows, or what differs. */
export type GoldenResult = Result<number>;

interface CheckedCard extends Pick<Card, "golden"> {
  readonly features: readonly Pick<Card["features"][number], "name" | "dtype">[];
}

/** Compares every output of every golden row. O(rows) evaluations in one call of the engine. */
export function runGolden(model: Uint8Array, card: CheckedCard, evaluate: Evaluate): GoldenResult {
  const read = goldenInputs(card);
  if (!read.ok) return read;
  return checkGolden(card, evaluate(model, read.value));
}

/** Returns the golden rows as inputs of an engine. */
export function goldenInputs(card: CheckedCard): Result<Readonly<Record<string, InputColumn>>> {
  const rows = rowsOf(card);
  if (rows === 0 || Object.keys(card.golden.outputs).length === 0) {
    return failure("the card has no golden rows to check");
  }
  const inputs: Record<string, InputColumn> = {};
  for (const feature of card.features) {
    const values = card.golden.inputs[feature.name];
    if (values?.length !== rows)
      return failure(`expected ${rows} values of ${feature.name} in the golden rows, found ${values?.length ?? 0}`);
    const column = feature.dtype === "float" ? floats(values) : texts(values);
    if (!column) return failure(`expected only ${feature.dtype} values of ${feature.name} in the golden rows`);
    inputs[feature.name] = column;
  }
  return success(inputs);
}

const rowsOf = ({ golden }: CheckedCard) => Object.values(golden.inputs)[0]?.length ?? 0;

/** Compares the outputs of an engine with those of the card. */
export function checkGolden(card: CheckedCard, evaluated: Evaluated): GoldenResult {
  if (!evaluated.ok) return failure(evaluated.error.reason);
  const { outputs, tolerance } = card.golden;
  for (const [name, wanted] of Object.entries(outputs)) {
    const found = evaluated.value[name];
    if (!found) return failure(`the file has no output ${name}; it has ${Object.keys(evaluated.value).join(", ")}`);
    if (found.length !== wanted.length) {
      return failure(`${name}: found ${found.length} numbers, expected ${wanted.length}`);
    }
    const at = wanted.findIndex((value, index) => !isSame(value, found[index] ?? Number.NaN, tolerance));
    const row = Math.floor(at / (wanted.length / rowsOf(card))) + 1;
    if (at >= 0) return failure(`golden row ${row}: ${name} is ${found[at]}, expected ${wanted[at]}`);
  }
  return success(rowsOf(card));
}

function isSame(expected: number, found: number, tolerance: number): boolean {
  return Math.abs(expected - found) <= tolerance * Math.max(Math.abs(expected), Math.abs(found));
}

type GoldenValues = Card["golden"]["inputs"][string];

function floats(values: GoldenValues): Float32Array | null {
  if (values.some((value) => typeof value === "string")) return null;
  return Float32Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN));
}

function texts(values: GoldenValues): string[] | null {
  if (values.some((value) => typeof value === "number")) return null;
  return values.map((value) => (typeof value === "string" ? value : ""));
}
