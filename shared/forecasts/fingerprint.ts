/**
 * The fingerprint of a forecast's features: a hash of everything that changes a value of one. It tells whether a model was
 * trained on the numbers that this code computes, and whether two recipes are the same.
 *
 * Its text says by which rule it was made: `2-` and sixteen hexadecimal digits by the rule that holds now, the digits alone by
 * the rule of before. Models that were registered under an earlier rule stay valid by that rule.
 */

import { type Feature, kindOf } from "../features/feature.ts";
import { sha256Hex } from "../lib/hash.ts";
import { type Forecast, toleranceOf } from "./forecast.ts";

/** The part of a declaration that changes a feature's value. */
export type Fingerprinted = Pick<
  Forecast,
  "features" | "sources" | "events" | "variable" | "dimensions" | "schedule" | "target"
>;

interface Rule {
  readonly prefix: string;
  /** What is hashed. */
  textOf(forecast: Fingerprinted): string;
}

/** A kind goes by name and version; the order in which a declaration was typed does not matter, the order of the features does. */
const currentRule: Rule = {
  prefix: "2-",
  textOf(forecast) {
    const { features, sources, events = [], variable, dimensions, schedule } = forecast;
    const kinds = features.map((feature) => ({ ...feature, kind: kindOf(feature) }));
    const tolerance = toleranceOf(forecast);
    return JSON.stringify(
      { features: kinds, sources, events, variable, dimensions, schedule, tolerance },
      sortedMembers,
    );
  },
};

/** Covers the features alone. Version 1 of a kind goes by its name, as before kinds had versions. */
const firstRule: Rule = {
  prefix: "",
  textOf: ({ features }) => JSON.stringify([1, features.map(sortedEntries)]),
};

function sortedEntries(feature: Feature): [string, unknown][] {
  return entriesByName({ ...feature, kind: kindOf(feature).replace(/@1$/, "") });
}

/** For `JSON.stringify`: writes the members of every object by name. */
function sortedMembers(_: string, value: unknown): unknown {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlain ? Object.fromEntries(entriesByName(value)) : value;
}

function entriesByName(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the fingerprint by the rule that holds now. */
export function fingerprintOf(forecast: Fingerprinted): string {
  return fingerprintBy(currentRule, forecast);
}

/** Returns the fingerprints by every rule that models were registered under, the current one first. */
export function fingerprintsOf(forecast: Fingerprinted): string[] {
  return [currentRule, firstRule].map((rule) => fingerprintBy(rule, forecast));
}

function fingerprintBy({ prefix, textOf }: Rule, forecast: Fingerprinted): string {
  return prefix + sha256Hex(textOf(forecast)).slice(0, 16);
}

/** What a fingerprint looks like, by any rule. */
export const fingerprintPattern = /^(2-)?[0-9a-f]{16}$/;
