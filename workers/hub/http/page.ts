/** Answers a page of a long list as JSON or CSV, with a cursor. */
import type { HonoRequest } from "hono";
import type { z } from "zod";
import { writeCsv } from "../../../shared/lib/csv.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { refuse } from "./refuse.ts";

export interface Page<Row, Body> {
  /** At most `limit + 1` rows. The extra row shows that there is a next page. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly format: "json" | "csv" | undefined;
  /** Returns the values that order the list. The cursor contains those of the last row. */
  placeOf(row: Row): readonly (string | number)[];
  json(rows: readonly Row[], next: string | null): Body;
  readonly header: readonly string[];
  cells(row: Row): readonly (string | number | null)[];
}

/** Returns JSON with `next`, or CSV if the request prefers it. Both have a link to the next page. */
export function pageResponse<Row, Body>(request: HonoRequest, page: Page<Row, Body>): Response {
  const rows = page.rows.slice(0, page.limit);
  const last = rows.at(-1);
  const next = page.rows.length > page.limit && last !== undefined ? writeCursor(page.placeOf(last)) : null;
  const headers = new Headers(next === null ? {} : { Link: `<${nextUrl(request, next)}>; rel="next"` });
  const wantsCsv = page.format === "csv" || (!page.format && request.header("Accept")?.includes("text/csv"));
  headers.set("Content-Type", wantsCsv ? "text/csv; charset=utf-8" : "application/json; charset=utf-8");
  const body = wantsCsv ? writeCsv(page.header, rows.map(page.cells)) : JSON.stringify(page.json(rows, next));
  return new Response(body, { headers });
}

/** Parses a cursor. Returns null without one. Refuses a cursor that does not belong to this list. */
export function placeOfCursor<T>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
  const place = readCursor(cursor, shape);
  if (place !== null) return place;
  refuse({
    kind: "bad-request",
    detail: "The cursor does not belong to this list. Request the first page without a cursor.",
    found: cursor,
    expected: "the value of next from the previous page",
  });
}

function nextUrl(request: HonoRequest, cursor: string): string {
  const url = new URL(request.url);
  url.searchParams.set("cursor", cursor);
  return `${url.pathname}${url.search}`;
}
