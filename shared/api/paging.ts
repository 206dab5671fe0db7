/** Query members of paged lists: range of periods, rows per page, cursor. */
import { z } from "zod";
import { granularities, granularityOf, periodExamples } from "../period.ts";

const examples = ["2026", ...granularities.map((granularity) => periodExamples[granularity])];

const periodField = z
  .string()
  // CSV writes an hour with its minutes.
  .transform((text) => text.replace(/^(\d{4}-\d{2}-\d{2}T\d{2}):00$/, "$1"))
  .refine(
    (text) => /^[1-9]\d{3}$/.test(text) || granularityOf(text) !== null,
    `expected an existing year, quarter, month, day or hour, such as ${examples.join(", ")}`,
  );

/** Decimal digits only: `Number` also accepts 0x10, 1e300 and an empty text. 15 digits are exact. */
const digits = /^-?\d{1,15}$/;

/** Returns the schema of a whole number in a query. Other texts fail with the code `invalid_type`. */
export function integerField(least: number, most: number) {
  const expected =
    most === Number.MAX_SAFE_INTEGER
      ? `expected a whole number from ${least}`
      : `expected a whole number from ${least} to ${most}`;
  const toNumber = (value: unknown) => (typeof value === "string" && digits.test(value) ? Number(value) : value);
  return z.preprocess(toNumber, z.int(expected).min(least, expected).max(most, expected));
}

/** Returns the schema of `limit`, the number of rows per page. */
export function limitField(most: number, usual: number) {
  return integerField(1, most).default(usual);
}

export const offsetField = integerField(0, Number.MAX_SAFE_INTEGER).default(0);

/** Query members of a list with a cursor, as JSON or CSV. */
export const pageFields = {
  from: periodField.optional(),
  to: periodField.optional(),
  cursor: z.string().optional().describe("`next` of the previous page"),
  limit: limitField(10_000, 1_000),
  format: z.enum(["json", "csv"], "expected json or csv").optional(),
  bom: z
    .enum(["0", "1"], "expected 0 or 1")
    .optional()
    .describe("Whether CSV begins with a byte order mark. By default only if a browser downloads it"),
};

export const nextField = z.string().nullable().describe("Cursor of the next page; null on the last page");
