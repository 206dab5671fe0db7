import { messageOf } from "./error-reason.ts";
import { exceededJsonLimit, type JsonLimits } from "./json-limits.ts";
import { failure, type Result, success } from "./result.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Parses JSON text, within limits if given. The error is the exceeded limit or the parser's message. */
export function parseJson(text: string, limits: JsonLimits | null = null): Result<unknown> {
  const exceeded = limits && exceededJsonLimit(text, limits);
  if (exceeded !== null) return failure(exceeded);
  try {
    return success(JSON.parse(text));
  } catch (error) {
    return failure(messageOf(error));
  }
}

/** Parses UTF-8 bytes as JSON. A byte order mark is not allowed (RFC 8259). */
export function parseJsonBytes(bytes: Uint8Array): Result<unknown> {
  const text = decodeUtf8(bytes);
  return text === null ? failure("the bytes are not UTF-8") : parseJson(text);
}
