/** Finds the group of series that a request names: by the dimensions of a group rule, or by the name of the rule. */
import type { Instance } from "../api/predict.ts";
import type { Refusal } from "../api/problem.ts";
import { seriesSet } from "../judging/step-sets.ts";
import { didYouMean } from "../lib/did-you-mean.ts";
import { cleanName } from "../lib/fold-text.ts";
import { failure, type Result, success } from "../lib/result.ts";
import { aboveField } from "./above.ts";
import { describeValue } from "./describe-value.ts";
import type { Snapshot } from "./snapshot.ts";
import { type SteppedSet, setsOfSnapshot } from "./step-forecasts.ts";

export const groupOption = "group";

export interface NamedGroup {
  readonly set: SteppedSet;
  readonly member: number;
  /** The value whose probability to be exceeded is asked for; absent if none is. */
  readonly above?: number;
}

/**
 * Returns the group that an instance names: its dimensions are exactly those of a rule. `rule` is the name of a rule, which a rule
 * without dimensions needs. Null if the instance names no group: it is then an instance of a single series. Never throws.
 */
export function readGroup(
  snapshot: Snapshot,
  instance: Instance,
  rule: string | null,
): Result<NamedGroup, Refusal> | null {
  const sets = setsOfSnapshot(snapshot).filter(({ name }) => name !== seriesSet);
  const named = fieldsNamed(snapshot, instance);
  if (rule !== null) {
    const set = sets.find(({ name }) => name === rule.trim());
    if (set === undefined) return failure(unknownRule(rule, sets));
    return named === null || !isSame(set.by, [...named.keys()]) ? failure(wrongFields(set)) : memberOf(set, named);
  }
  if (named === null || named.size === 0) return null;
  const set = sets.find(({ by }) => isSame(by, [...named.keys()]));
  return set === undefined ? null : memberOf(set, named);
}

/** Returns the texts of the dimensions that an instance names; null if it has any other field than `above`. */
function fieldsNamed({ fields }: Snapshot, instance: Instance): Map<string, string> | null {
  const named = new Map<string, string>();
  for (const [name, value] of Object.entries(instance)) {
    if (value === null || value === undefined || name === aboveField) continue;
    const field = fields.find(name);
    if (field?.kind !== "dimension" || typeof value !== "string" || named.has(field.name)) return null;
    named.set(field.name, cleanName(value));
  }
  return named;
}

function isSame(by: readonly string[], names: readonly string[]): boolean {
  return by.length === names.length && by.every((name) => names.includes(name));
}

/** Finds the member by its dimensions, one after the other, so that a refusal names the wrong one. */
function memberOf(set: SteppedSet, named: ReadonlyMap<string, string>): Result<NamedGroup, Refusal> {
  let candidates = set.members.map((values, member) => ({ values, member }));
  for (const [at, name] of set.by.entries()) {
    const value = named.get(name) ?? "";
    const allowed = [...new Set(candidates.map(({ values }) => values[at] ?? ""))].sort();
    candidates = candidates.filter(({ values }) => values[at] === value);
    if (candidates.length === 0) return failure(unknownValue(name, value, allowed));
  }
  const [found] = candidates;
  return found === undefined ? failure(unknownRule(set.name, [])) : success({ set, member: found.member });
}

function unknownValue(name: string, value: string, allowed: readonly string[]): Refusal {
  const found = describeValue(value);
  const suggestion = didYouMean(value, allowed);
  const more = suggestion.didYouMean === undefined ? "" : ` Did you mean ${suggestion.didYouMean}?`;
  const detail = value === "" ? `${name} is empty.` : `${name} has no value ${found}.${more}`;
  return { kind: "unprocessable", detail, field: name, found, allowed, ...suggestion };
}

function unknownRule(rule: string, sets: readonly SteppedSet[]): Refusal {
  const allowed = sets.map(({ name }) => name);
  const found = describeValue(rule);
  const detail = `There are no groups by ${found}.`;
  return { kind: "unprocessable", detail, field: groupOption, found, allowed, ...didYouMean(rule, allowed) };
}

function wrongFields({ name, by }: SteppedSet): Refusal {
  const expected = by.length === 0 ? "no other fields" : `only the fields ${by.join(", ")}`;
  const detail = `A group by ${name} is named by ${by.length === 0 ? "no fields" : by.join(", ")}.`;
  return { kind: "unprocessable", detail, field: groupOption, found: "other fields", expected };
}
