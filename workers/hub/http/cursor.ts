/** Encodes the position after a page as a cursor that needs no escaping in a URL. */
import type { z } from "zod";

/** Encodes a position: JSON, then UTF-8, then base64url without padding. */
export function writeCursor(place: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(place));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Decodes a cursor of `writeCursor`. Returns null for any other text. */
export function readCursor<T>(cursor: string, shape: z.ZodType<T>): T | null {
  const parsed = shape.safeParse(decode(cursor));
  return parsed.success ? parsed.data : null;
}

function decode(cursor: string): unknown {
  if (!/^[A-Za-z0-9_-]+$/.test(cursor)) return null;
  try {
    const bytes = Uint8Array.from(atob(cursor.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return null;
  }
}
