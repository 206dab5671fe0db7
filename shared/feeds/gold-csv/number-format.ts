/**
 * Detects the number format of a file. A single cell can be ambiguous: `2.223` is two and a fraction in one format and two
 * thousand in the other. The cells that are valid in only one format decide for the whole file.
 */
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";

/** A decimal point and commas between thousands: `226.05`, `1,234,567`, `1,234.5`, `0.123`, `1234.567`. */
const onlyPoint =
  /^-?(?:\d+\.(?:\d{1,2}|\d{4,})|0\.\d{3}|\d{4,}\.\d{3}|[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,}))$/;
/** A decimal comma and dots between thousands: the same with dot and comma exchanged. */
const onlyComma =
  /^-?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d{3}|\d{4,},\d{3}|[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}))$/;
/** One dot with three digits after it: thousands or three decimals. */
const dotAndThree = /^-?[1-9]\d{0,2}\.\d{3}$/;
/** How many ambiguous numbers are allowed per number that certainly has a decimal point. */
const ambiguousPerCertainMax = 10;

export class NumberFormats {
  #point = 0;
  #comma = 0;
  #ambiguous = 0;
  #example: { readonly row: number; readonly column: string; readonly text: string } | null = null;

  /** Counts one cell as evidence for a format. O(text). */
  add(text: string, row: number, column: string): void {
    if (onlyPoint.test(text)) this.#point++;
    else if (onlyComma.test(text)) this.#comma++;
    else if (dotAndThree.test(text)) this.#ambiguous++;
    else return;
    if (!onlyPoint.test(text)) this.#example ??= { row, column, text };
  }

  /** Returns why the file's numbers cannot be read with a decimal point, or null if they can. */
  refusal(): Problem | null {
    const isComma = this.#comma > this.#point;
    const isUndecided = this.#ambiguous > ambiguousPerCertainMax * this.#point;
    if ((!isComma && !isUndecided) || this.#example === null) return null;
    const { row, column, text } = this.#example;
    const counts = `${this.#comma} numbers with a decimal comma or dots between thousands, ${this.#ambiguous} that may be either, ${this.#point} with a decimal point`;
    return problem("another-number-format", {
      row,
      column,
      found: `${text}, and ${counts}`,
      expected: "a decimal point, and commas between thousands, in the whole file",
    });
  }
}
