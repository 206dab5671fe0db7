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

/** Returns the schema of `limit`, the number of rows per page. */
export function limitField(most: number, usual: number) {
  const expected = `expected a whole number from 1 to ${most}`;
  return z.coerce.number(expected).int(expected).min(1, expected).max(most, expected).default(usual);
}

export const offsetField = z.coerce.number().int().min(0).default(0);

/** Query members of a list with a cursor, as JSON or CSV. */
export const pageFields = {
  from: periodField.optional(),
  to: periodField.optional(),
  cursor: z.string().optional().describe("`next` of the previous page"),
  limit: limitField(10_000, 1_000),
  format: z.enum(["json", "csv"], "expected json or csv").optional(),
};

export const nextField = z.string().nullable().describe("Cursor of the next page; null on the last page");
