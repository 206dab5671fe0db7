import type { Column, Dataset } from "../../shared/features/dataset.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";

/** Returns a digest of each column's values, by name. */
export function columnDigests({ columns }: Dataset): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column.name, sha256Hex(bytesOf(column)).slice(0, 16)]));
}

function bytesOf(column: Column): Uint8Array {
  if (column.dtype === "float") return new Uint8Array(column.values.buffer);
  const words = Array.from(column.codes, (code) => column.categories[code]);
  return new TextEncoder().encode(JSON.stringify(words));
}
