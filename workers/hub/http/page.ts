/** Pages of long lists: cursors, and JSON or CSV. */
import type { HonoRequest } from "hono";
import type { z } from "zod";
import { writeCsv } from "../../../shared/lib/csv.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { refuse } from "./refuse.ts";

export interface Page<Row, Body> {
  /** One more than the limit, where there are more. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly format: "json" | "csv" | undefined;
  /** The values that order the list; the cursor holds those of the last row. */
  placeOf(row: Row): readonly (string | number)[];
  json(rows: readonly Row[], next: string | null): Body;
  readonly header: readonly string[];
  cells(row: Row): readonly (string | number | null)[];
}

/** Answers JSON with `next`, or CSV where that is asked for; both with a link to the next page. */
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

/** Parses a cursor. Returns null without one, and refuses one that no page of this list gave. */
export function placeOfCursor<T>(cursor: string | undefined, shape: z.ZodType<T>): T | null {
  if (cursor === undefined) return null;
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
