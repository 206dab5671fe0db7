/** Encodes the position after a page as a cursor that needs no escaping in a URL. */
import type { z } from "zod";
import { parseJsonBytes } from "../../../shared/lib/parse-json.ts";
import { encodeUtf8 } from "../../../shared/lib/utf8.ts";

/** Encodes a position: JSON, then UTF-8, then base64url without padding. */
export function writeCursor(place: readonly (string | number)[]): string {
  const bytes = encodeUtf8(JSON.stringify(place));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Decodes a cursor of `writeCursor`. Returns null for any other text. */
export function readCursor<T>(cursor: string, shape: z.ZodType<T>): T | null {
  const bytes = decodeBase64Url(cursor);
  const json = bytes && parseJsonBytes(bytes);
  const parsed = shape.safeParse(json?.ok ? json.value : null);
  return parsed.success ? parsed.data : null;
}

function decodeBase64Url(text: string): Uint8Array | null {
  // A length of 4 n + 1 is no base64.
  if (!/^[A-Za-z0-9_-]+$/.test(text) || text.length % 4 === 1) return null;
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
}
