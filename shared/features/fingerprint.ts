import { sha256Hex } from "../lib/hash.ts";
import { type Feature, kindOf } from "./feature.ts";

/** Sixteen hexadecimal digits that change with any feature's name, definition, order, or the code that computes them. */
export function fingerprintOf(features: readonly Feature[]): string {
  return fingerprintFrom(sha256Hex(fingerprintText(features)));
}

/** What is hashed: a runtime with a hash of its own need not run ours. */
export function fingerprintText(features: readonly Feature[]): string {
  return JSON.stringify([1, features.map(sortedEntries)]);
}

/** Of the text's SHA-256 in hexadecimal. */
export function fingerprintFrom(sha256: string): string {
  return sha256.slice(0, 16);
}

/** The order in which a declaration was typed does not matter. */
function sortedEntries(feature: Feature): [string, unknown][] {
  // Version 1 of a kind goes by its name alone, as before kinds had versions.
  const kind = kindOf(feature).replace(/@1$/, "");
  return Object.entries({ ...feature, kind }).sort(([a], [b]) => (a < b ? -1 : 1));
}
