import { exceededJsonLimit, type JsonLimits } from "./json-limits.ts";
import { failure, type Result, success } from "./result.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Parses JSON text within limits, if there are any. The failure is the limit that it exceeds, or the parser's own message. */
export function parseJson(text: string, limits: JsonLimits | null = null): Result<unknown> {
  const exceeded = limits && exceededJsonLimit(text, limits);
  if (exceeded !== null) return failure(exceeded);
  try {
    return success(JSON.parse(text));
  } catch (error) {
    return failure(error instanceof Error ? error.message : String(error));
  }
}

/** Parses UTF-8 bytes as JSON. A byte order mark is not allowed, as RFC 8259 says. */
export function parseJsonBytes(bytes: Uint8Array): Result<unknown> {
  const text = decodeUtf8(bytes);
  return text === null ? failure("the bytes are not UTF-8") : parseJson(text);
}
