import { sha256Hex } from "../hash.ts";
import { featureCodeVersion } from "./compute.ts";
import type { Feature } from "./feature.ts";

/** Sixteen hexadecimal digits that change with any feature's name, definition, order, or the code that computes them. */
export function fingerprintOf(features: readonly Feature[]): string {
  return sha256Hex(JSON.stringify([featureCodeVersion, features.map(sortedEntries)])).slice(0, 16);
}

/** The order in which a declaration was typed does not matter. */
function sortedEntries(feature: Feature): [string, unknown][] {
  return Object.entries(feature).sort(([a], [b]) => (a < b ? -1 : 1));
}
