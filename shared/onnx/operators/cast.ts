/** Casts between element types. A value that C++ leaves undefined or runtimes cast differently is an input problem. */
import type { Data, ElementType } from "../graph.ts";
import { elementTypeOf } from "../schema.ts";
import { asNumbers, asTexts, asTextsToFill } from "./data.ts";
import type { Operator, OperatorNode, Prepared } from "./operator.ts";

type Convert = (from: Data, to: Data) => void;

/** Complete numbers. onnxruntime would also read "12abc" as 12; this is refused here. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INTEGER = /^[+-]?\d+$/;

function numberOfText(node: OperatorNode, text: string, pattern: RegExp): number {
  if (/^nan$/i.test(text) && pattern === DECIMAL) return Number.NaN;
  const value = pattern.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(value) || (pattern === INTEGER && !Number.isSafeInteger(value))) {
    return node.refuse("input", `the text ${JSON.stringify(text)}`, "a number");
  }
  return value;
}

function fromTexts(node: OperatorNode, type: ElementType): Convert | null {
  if (type !== "float" && type !== "int64") return null;
  const pattern = type === "float" ? DECIMAL : INTEGER;
  return (from, to) => {
    const texts = asTexts(from);
    const numbers = asNumbers(to);
    for (let i = 0; i < numbers.length; i++) numbers[i] = numberOfText(node, texts[i] ?? "", pattern);
  };
}

function toTexts(from: Data, to: Data): void {
  const numbers = asNumbers(from);
  const texts = asTextsToFill(to);
  for (let i = 0; i < texts.length; i++) texts[i] = String(numbers[i]);
}

function copy(from: Data, to: Data): void {
  asNumbers(to).set(asNumbers(from));
}

function toBools(from: Data, to: Data): void {
  const numbers = asNumbers(from);
  const bools = asNumbers(to);
  for (let i = 0; i < bools.length; i++) bools[i] = numbers[i] === 0 ? 0 : 1;
}

/** Rounds towards zero. Refuses numbers outside the range of the type. */
function toIntegers(node: OperatorNode, type: "int64" | "int32"): Convert {
  const limit = type === "int64" ? 2 ** 53 : 2 ** 31;
  return (from, to) => {
    const numbers = asNumbers(from);
    const integers = asNumbers(to);
    for (let i = 0; i < integers.length; i++) {
      const value = Math.trunc(numbers[i] ?? 0);
      if (!(value < limit && (value > -limit || (type === "int32" && value === -limit)))) {
        node.refuse("input", `${numbers[i]}`, `a number that fits ${type}`);
      }
      // Adding 0 turns −0 into 0.
      integers[i] = value + 0;
    }
  };
}

function convertFor(node: OperatorNode, from: ElementType, to: ElementType): Convert | null {
  if (from === "string") return fromTexts(node, to);
  if (to === "string") return from === "int64" || from === "int32" ? toTexts : null;
  if (to === "bool") return toBools;
  if (to === "float") return copy;
  return to === "int64" || to === "int32" ? toIntegers(node, to) : null;
}

export const cast: Operator = {
  name: "Cast",
  domain: "",
  attributes: ["to", "saturate", "round_mode"],
  note: "between float, int64, int32 and bool; texts to float or int64; integers to texts",
  prepare(node): Prepared {
    const from = node.typedInput(0, "float", "int64", "int32", "bool", "string");
    const number = node.int("to", 0);
    const to = elementTypeOf(number);
    if (to === from.type) return { kind: "view", shape: from.shape };
    const convert = to === null ? null : convertFor(node, from.type, to);
    if (to === null || convert === null)
      return node.unsupported(`${from.type} to ${to ?? `type ${number}`}`, cast.note);
    const run = (inputs: readonly Data[], outputs: readonly Data[]) => convert(inputs[0] ?? [], outputs[0] ?? []);
    return { kind: "compute", outputs: [{ type: to, shape: from.shape }], run };
  },
};
