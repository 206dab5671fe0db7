import { failure, type Result, success } from "./result.ts";
import { decodeUtf8 } from "./utf8.ts";

/** Parses JSON text. The failure is the parser's own message. */
export function parseJson(text: string): Result<unknown> {
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
