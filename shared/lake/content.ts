import { sha256Hex } from "../lib/hash.ts";
import type { Fact } from "./fact.ts";

/** Returns a hash of sorted facts. It does not depend on the file format. */
export function contentHash(sorted: readonly Fact[]): string {
  return sha256Hex(
    sorted.map(({ period, series, variable, value }) => `${period}\t${series}\t${variable}\t${value}\n`).join(""),
  );
}
