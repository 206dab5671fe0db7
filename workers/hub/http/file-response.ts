/** Sends a stored file: whole, one range of it, or only its headers. Answers conditional requests (RFC 9110, section 13). */
import type { HonoRequest } from "hono";
import type { StoredFile } from "../actions/stored-file.ts";
import { readRange } from "./byte-range.ts";
import { refusalResponse, unwrap } from "./refuse.ts";

/** `Cache-Control` of a file that never changes. */
export const immutable = "public, max-age=31536000, immutable";

export interface FileHeaders {
  readonly contentType: string;
  readonly cacheControl?: string;
  /** BCP 47, of a file with texts. */
  readonly language?: string;
  /** The name under which a browser saves the file. */
  readonly fileName?: string;
}

/** A file that is replaced between the reads of its size and of its bytes is read again. */
const attemptsMax = 3;

/** Answers a request for a file. A request without conditions takes one read of R2. */
export async function fileResponse(request: HonoRequest, file: StoredFile, headers: FileHeaders): Promise<Response> {
  const isConditional = ["If-None-Match", "If-Modified-Since", "Range"].some(
    (name) => request.header(name) !== undefined,
  );
  if (request.raw.method !== "HEAD" && !isConditional) {
    const object = unwrap(await file.get());
    if ("body" in object) return new Response(object.body, { headers: headersOf(object, headers) });
  }
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const answer = await conditionalResponse(request, file, headers);
    if (answer !== null) return answer;
  }
  return refusalResponse(
    { kind: "unavailable", detail: "The file was replaced while it was read. Try again." },
    { "Retry-After": "1" },
  );
}

/** Returns null if the file was replaced meanwhile. */
async function conditionalResponse(
  request: HonoRequest,
  file: StoredFile,
  headers: FileHeaders,
): Promise<Response | null> {
  const object = unwrap(await file.head());
  const all = headersOf(object, headers);
  if (isUnchanged(request, object)) {
    const { "Content-Length": _, ...unsent } = all;
    return new Response(null, { status: 304, headers: unsent });
  }
  const range = isRangeOfThis(request, object) ? readRange(request.header("Range"), object.size) : null;
  if (range === "unsatisfiable") {
    const detail = `The file has ${object.size} bytes.`;
    const refusal = { kind: "range-not-satisfiable", detail, found: request.header("Range") ?? "" } as const;
    return refusalResponse(refusal, { "Content-Range": `bytes */${object.size}`, "Accept-Ranges": "bytes" });
  }
  const status = range === null ? 200 : 206;
  const ranged = range === null ? all : { ...all, ...rangeHeaders(range, object.size) };
  if (request.raw.method === "HEAD") return new Response(null, { status, headers: ranged });
  const read = unwrap(await file.get({ onlyIf: { etagMatches: object.etag }, ...(range !== null && { range }) }));
  return "body" in read ? new Response(read.body, { status, headers: ranged }) : null;
}

function headersOf(
  object: R2Object,
  { contentType, cacheControl, language, fileName }: FileHeaders,
): Record<string, string> {
  return {
    "Content-Type": contentType,
    "Content-Length": String(object.size),
    "Accept-Ranges": "bytes",
    ETag: object.httpEtag,
    "Last-Modified": object.uploaded.toUTCString(),
    ...(cacheControl !== undefined && { "Cache-Control": cacheControl }),
    ...(language !== undefined && { "Content-Language": language }),
    ...(fileName !== undefined && { "Content-Disposition": `attachment; filename="${fileName}"` }),
  };
}

function rangeHeaders({ offset, length }: { readonly offset: number; readonly length: number }, size: number) {
  return { "Content-Length": String(length), "Content-Range": `bytes ${offset}-${offset + length - 1}/${size}` };
}

/** Returns whether the client has this version of the file. `If-None-Match` takes precedence over the date. */
function isUnchanged(request: HonoRequest, { httpEtag, uploaded }: R2Object): boolean {
  const tags = request.header("If-None-Match");
  if (tags !== undefined) return tags.split(",").some((tag) => ["*", httpEtag, `W/${httpEtag}`].includes(tag.trim()));
  const since = Date.parse(request.header("If-Modified-Since") ?? "");
  return secondsOf(uploaded.getTime()) <= secondsOf(since);
}

/** Returns whether the range may be sent: `If-Range` states the version that the client has the rest of. */
function isRangeOfThis(request: HonoRequest, { httpEtag, uploaded }: R2Object): boolean {
  const version = request.header("If-Range")?.trim();
  return (
    version === undefined || version === httpEtag || secondsOf(Date.parse(version)) === secondsOf(uploaded.getTime())
  );
}

/** Dates of HTTP have no milliseconds. */
const secondsOf = (ms: number): number => Math.floor(ms / 1000);
