/** What long lists share: periods to choose by, cursors, and JSON or CSV a page at a time. */
import type { HonoRequest } from "hono";
import { z } from "zod";
import { isIsoDay } from "../../../shared/lib/calendar.ts";
import { writeCsv } from "../../../shared/lib/csv.ts";
import { refuse } from "../refuse.ts";
import { readCursor, writeCursor } from "./cursor.ts";

export const period = z
  .string()
  .regex(/^\d{4}(-\d{2}(-\d{2}(T([01]\d|2[0-3]))?)?)?$/, "expected YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDTHH")
  .refine((text) => isIsoDay(`${text}${"0000-01-01".slice(text.length)}`.slice(0, 10)), "there is no such period");

/** How many of a list may be asked for at once. */
export function limitQuery(most: number, usual: number) {
  const expected = `expected a whole number from 1 to ${most}`;
  return z.coerce.number(expected).int(expected).min(1, expected).max(most, expected).default(usual);
}

export const pageQuery = {
  from: period.optional(),
  to: period.optional(),
  cursor: z.string().optional().describe("`next` of the page before"),
  limit: limitQuery(10_000, 1_000),
  format: z.enum(["json", "csv"], "expected json or csv").optional(),
};

export interface Page<Row> {
  /** One more than the limit, where there are more. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly format: "json" | "csv" | undefined;
  placeOf(row: Row): readonly (string | number)[];
  /** The body but for `next`. */
  json(rows: readonly Row[]): Record<string, unknown>;
  readonly header: readonly string[];
  cells(row: Row): readonly (string | number | null)[];
}

/** JSON with `next`, or CSV where that is asked for; both with a link to the next page. */
export function pageResponse<Row>(request: HonoRequest, page: Page<Row>): Response {
  const rows = page.rows.slice(0, page.limit);
  const last = rows.at(-1);
  const next = page.rows.length > page.limit && last !== undefined ? writeCursor(page.placeOf(last)) : null;
  const headers = new Headers(next === null ? {} : { Link: `<${nextUrl(request, next)}>; rel="next"` });
  const wantsCsv = page.format === "csv" || (!page.format && request.header("Accept")?.includes("text/csv"));
  headers.set("Content-Type", wantsCsv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8");
  const body = wantsCsv ? writeCsv(page.header, rows.map(page.cells)) : JSON.stringify({ ...page.json(rows), next });
  return new Response(body, { headers });
}

export function knownCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  const place = readCursor(cursor, shape);
  if (place !== null) return place;
  refuse({
    kind: "bad-request",
    detail: "The cursor is not one that a page of this list gave. Ask for the first page without one.",
    found: cursor,
    expected: "the cursor of the page before, as its next says it",
  });
}

function nextUrl(request: HonoRequest, cursor: string): string {
  const url = new URL(request.url);
  url.searchParams.set("cursor", cursor);
  return `${url.pathname}${url.search}`;
}
