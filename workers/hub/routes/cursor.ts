/** Cursors of pages: where a page ended, as text that goes into a URL as it is. */
import { z } from "zod";
import type { ObservationPlace } from "../../../shared/db/observations.ts";

const shape = z.tuple([z.string(), z.number().int(), z.string()]);

/** Base64url, without padding, of the UTF-8 of a JSON array: names may be in any script. */
export function writeCursor({ period, seriesId, variable }: ObservationPlace): string {
  const bytes = new TextEncoder().encode(JSON.stringify([period, seriesId, variable]));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The place that `writeCursor` wrote down; null for any other text. */
export function readCursor(cursor: string): ObservationPlace | null {
  const parsed = shape.safeParse(decode(cursor));
  if (!parsed.success) return null;
  const [period, seriesId, variable] = parsed.data;
  return { period, seriesId, variable };
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
