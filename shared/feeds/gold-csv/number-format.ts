/**
 * Which number format a file is written in. A single cell cannot say: `2.223` is two and a fraction in one format and two
 * thousand in the other. The cells that can mean only one thing decide for the whole file.
 */
import type { Problem } from "../feed.ts";
import { problem } from "../problem.ts";

/** A decimal point and commas between thousands: `226.05`, `1,234,567`, `1,234.5`, `0.123`, `1234.567`. */
const onlyPoint =
  /^-?(?:\d+\.(?:\d{1,2}|\d{4,})|0\.\d{3}|\d{4,}\.\d{3}|[1-9]\d{0,2}(?:(?:,\d{3})+\.\d+|(?:,\d{3}){2,}))$/;
/** A decimal comma and dots between thousands: the same the other way round. */
const onlyComma =
  /^-?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d{3}|\d{4,},\d{3}|[1-9]\d{0,2}(?:(?:\.\d{3})+,\d+|(?:\.\d{3}){2,}))$/;
/** One dot or comma with three digits after it: thousands or three decimals. */
const dotAndThree = /^-?[1-9]\d{0,2}\.\d{3}$/;
/** Among numbers of one decimal, a tenth of those with a dot may have three by chance. */
const ambiguousPerCertainMax = 10;

export class NumberFormats {
  #point = 0;
  #comma = 0;
  #ambiguous = 0;
  #example: { readonly row: number; readonly column: string; readonly text: string } | null = null;

  /** Counts what one cell says about the format. O(text). */
  add(text: string, row: number, column: string): void {
    if (onlyPoint.test(text)) this.#point++;
    else if (onlyComma.test(text)) this.#comma++;
    else if (dotAndThree.test(text)) this.#ambiguous++;
    else return;
    if (!onlyPoint.test(text)) this.#example ??= { row, column, text };
  }

  /** The reason why the file's numbers cannot be read with a decimal point; null where they can. */
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
