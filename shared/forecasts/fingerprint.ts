/**
 * The fingerprint of a forecast's features: a hash of everything that changes the value of a feature. It shows whether a model
 * was trained on the numbers that this code computes, and whether two recipes are equal.
 *
 * The prefix identifies the rule: `2-` and sixteen hexadecimal digits for the current rule, only the digits for the first rule.
 * Models that were registered with the first rule stay valid.
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
  /** Returns the text that is hashed. */
  textOf(forecast: Fingerprinted): string;
}

/** Kinds are written with their version. The order of an object's members has no effect; the order of the features has. */
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

/** Covers only the features. Version 1 of a kind is written without the version, as before kinds had versions. */
const firstRule: Rule = {
  prefix: "",
  textOf: ({ features }) => JSON.stringify([1, features.map(sortedEntries)]),
};

function sortedEntries(feature: Feature): [string, unknown][] {
  return entriesByName({ ...feature, kind: kindOf(feature).replace(/@1$/, "") });
}

/** A replacer for `JSON.stringify` that sorts the members of every object by name. */
function sortedMembers(_: string, value: unknown): unknown {
  const isPlain = typeof value === "object" && value !== null && !Array.isArray(value);
  return isPlain ? Object.fromEntries(entriesByName(value)) : value;
}

function entriesByName(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns the fingerprint by the current rule. */
export function fingerprintOf(forecast: Fingerprinted): string {
  return fingerprintBy(currentRule, forecast);
}

/** Returns the fingerprints by all rules with which models were registered, the current rule first. */
export function fingerprintsOf(forecast: Fingerprinted): string[] {
  return [currentRule, firstRule].map((rule) => fingerprintBy(rule, forecast));
}

function fingerprintBy({ prefix, textOf }: Rule, forecast: Fingerprinted): string {
  return prefix + sha256Hex(textOf(forecast)).slice(0, 16);
}

/** Matches a fingerprint of any rule. */
export const fingerprintPattern = /^(2-)?[0-9a-f]{16}$/;
