/** Answers a page of a long list as JSON or CSV, with a cursor. */
import type { HonoRequest } from "hono";
import type { z } from "zod";
import { writeCsv } from "../../../shared/lib/csv.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { refuse } from "./refuse.ts";

export interface Page<Row, Body> {
  /** At most `limit + 1` rows. The extra row shows that there is a next page. */
  readonly rows: readonly Row[];
  readonly limit: number;
  readonly format: "json" | "csv" | undefined;
  /** Whether CSV begins with a byte order mark. By default only for a browser that downloads it. */
  readonly bom: "0" | "1" | undefined;
  /** Name of the downloaded CSV, without its extension. */
  readonly fileName: string;
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
  if (!wantsCsv) {
    headers.set("Content-Type", "application/json; charset=utf-8");
    return textResponse(JSON.stringify(page.json(rows, next)), headers);
  }
  headers.set("Content-Type", "text/csv; charset=utf-8");
  headers.set("Content-Disposition", `attachment; filename="${page.fileName}.csv"`);
  headers.set("Vary", "Accept, Accept-Encoding, Origin, Sec-Fetch-Mode");
  const hasMark = page.bom === "1" || (page.bom === undefined && isBrowserDownload(request));
  return textResponse((hasMark ? byteOrderMark : "") + writeCsv(page.header, rows.map(page.cells)), headers);
}

/** States the length, because polars asks for it with HEAD before it reads CSV from an address. */
function textResponse(text: string, headers: Headers): Response {
  const bytes = encodeUtf8(text);
  headers.set("Content-Length", String(bytes.length));
  return new Response(bytes, { headers });
}

/** Excel reads a CSV file as UTF-8 only if it begins with this character. Programs may take it for a part of the first name. */
const byteOrderMark = "\uFEFF";

/** Returns whether a person opened the address in a browser. Scripts in pages send another mode, and programs send none. */
function isBrowserDownload(request: HonoRequest): boolean {
  const mode = request.header("Sec-Fetch-Mode");
  // Browsers before 2023 do not send the mode, but ask for HTML.
  return mode === undefined ? (request.header("Accept") ?? "").includes("text/html") : mode === "navigate";
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
