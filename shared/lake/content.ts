import { sha256Hex } from "../lib/hash.ts";
import type { Fact } from "./fact.ts";

/** A hash of what sorted facts say, independent of the file format that holds them. */
export function contentHash(sorted: readonly Fact[]): string {
  return sha256Hex(
    sorted.map(({ period, series, variable, value }) => `${period}\t${series}\t${variable}\t${value}\n`).join(""),
  );
}
