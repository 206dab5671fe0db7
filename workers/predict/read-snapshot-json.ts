import { parseJson } from "../../shared/lib/parse-json.ts";
import { type Shape, validateJson } from "../../shared/lib/validate-json.ts";

/** Parses and validates a value of KV. Throws if it does not have the shape. */
export function readSnapshotJson<T>(shape: Shape<T>, text: string, what: string): T {
  const json = parseJson(text);
  // Null does not have the shape either, so that invalid JSON is reported like a wrong value.
  const read = validateJson(shape, json.ok ? json.value : null);
  if (!read.ok) throw new Error(`the ${what} in KV cannot be read: ${read.error}`);
  return read.value;
}
