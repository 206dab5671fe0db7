import { parseJson } from "../../shared/lib/parse-json.ts";
import { type Shape, validateJson } from "../../shared/lib/validate-json.ts";

/** Parses and validates a value of KV. Throws where it is not what it should be. */
export function readSnapshotJson<T>(shape: Shape<T>, text: string, what: string): T {
  const json = parseJson(text);
  // Text that is not JSON has no shape either.
  const read = validateJson(shape, json.ok ? json.value : null);
  if (!read.ok) throw new Error(`the ${what} in KV cannot be read: ${read.error}`);
  return read.value;
}
