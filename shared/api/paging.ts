/** Query members of paged lists: range of periods, rows per page, cursor. */
import { z } from "zod";
import { isIsoDay } from "../lib/calendar.ts";

const periodField = z
  .string()
  .regex(/^\d{4}(-\d{2}(-\d{2}(T([01]\d|2[0-3]))?)?)?$/, "expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH")
  .refine(
    (text) => isIsoDay(`${text}${"0000-01-01".slice(text.length)}`.slice(0, 10)),
    "expected an existing date, month or hour",
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
};

export const nextField = z.string().nullable().describe("Cursor of the next page; null on the last page");
