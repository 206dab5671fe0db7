/** The decision table of docs/GATE.md: a decision belongs to exactly one of its rows. */
import type { Verdict } from "../../shared/registry/gate.ts";
import type { championRules } from "../../shared/registry/states.ts";

/** A decision of the gate, or a change of the champion without the gate. */
export interface Decided {
  readonly rule: (typeof championRules)[number];
  readonly kind: Verdict["kind"];
  /** The champion at the time of the decision; null if there was none. */
  readonly champion: string | null;
  readonly pNaive: number | null;
  readonly pIncumbent: number | null;
  /** The halvings of the level in the look of the decision; null without a look. */
  readonly halvings: number | null;
  readonly reason: string;
}

const isTested = ({ rule, kind }: Decided) => (rule === "first" || rule === "replacement") && kind !== "hold";
const isHeld = ({ kind, reason }: Decided, why: RegExp) => kind === "hold" && why.test(reason);
/** True if the decision compared the version with everything that it had to beat. */
const isComplete = ({ champion, pIncumbent }: Decided) => champion === null || pIncumbent !== null;

/** The rows by their first column. Each returns whether a decision belongs to it. */
const rows: Readonly<Record<string, (decided: Decided) => boolean>> = {
  "no champion; at least `periodsMin` unused test periods": (decided) =>
    isTested(decided) && decided.champion === null && decided.halvings === 0,
  "a champion; at least `periodsMin` unused test periods": (decided) =>
    isTested(decided) && decided.champion !== null && isComplete(decided) && decided.halvings === 0,
  "fewer unused periods; the publisher corrected data that the newest look read": (decided) =>
    isTested(decided) && isComplete(decided) && (decided.halvings ?? 0) > 0,
  "fewer unused periods; other data, seed or declaration": (decided) =>
    isHeld(decided, /^Another recipe is tested on at least/),
  "the champion's own recipe on newer data (*refresh*)": ({ rule, kind }) => rule === "refresh" && kind !== "hold",
  "the baseline, where no learned model serves": ({ rule, kind }) => rule === "naive" && kind === "promote",
  "the champion cannot be computed here": (decided) => isTested(decided) && !isComplete(decided),
  "the test window of a classification has one class": (decided) => isHeld(decided, /one class/),
  "the champion has changed since the training": (decided) => isHeld(decided, /was judged against/),
  "a person promotes with `--force`": ({ rule, kind }) => rule === "person" && kind === "promote",
  "a person rolls back": ({ rule }) => rule === "rollback",
  "the champion cannot run": ({ rule }) => rule === "fallback",
};

export const situations = Object.keys(rows);

/** Returns the row of a decision. Throws if it belongs to none or to several. */
export function rowOf(decided: Decided): string {
  const found = situations.filter((situation) => rows[situation]?.(decided));
  const [row] = found;
  if (row !== undefined && found.length === 1) return row;
  throw new Error(`${JSON.stringify(decided)} belongs to ${found.length} rows of docs/GATE.md: ${found.join("; ")}`);
}

/** The p-value and the level that decided a tested version. */
export function passes({ pNaive, pIncumbent, halvings }: Decided, level: number): boolean {
  return Math.max(pNaive ?? 0, pIncumbent ?? 0) < level / 2 ** (halvings ?? 0);
}

/** Periods and halvings of a look, from the periods of a forecast and its earlier looks, as docs/GATE.md states the rule. */
export type RequiredLook =
  | { readonly kind: "look"; readonly periods: number; readonly halvings: number }
  | { readonly kind: "none" };

export interface LookSituation {
  /** All periods of the data, oldest first. */
  readonly periods: readonly string[];
  readonly looks: readonly { readonly from: string; readonly to: string }[];
  /** Whether the publisher corrected data that the newest look read. */
  readonly isCorrected: boolean;
  readonly periodsMin: number;
  readonly testShare: number;
}

export function requiredLook({ periods, looks, isCorrected, periodsMin, testShare }: LookSituation): RequiredLook {
  const window = periods.slice(-Math.ceil(periods.length * testShare));
  const unused = window.filter((period) => looks.every(({ to }) => period > to));
  if (unused.length >= periodsMin) return { kind: "look", periods: unused.length, halvings: 0 };
  if (!isCorrected || window.length < periodsMin) return { kind: "none" };
  const isShared = ({ from, to }: { readonly from: string; readonly to: string }) =>
    window.some((period) => from <= period && period <= to);
  return { kind: "look", periods: window.length, halvings: looks.filter(isShared).length };
}

/**
 * Returns what is wrong with a decision on a training; null if it made exactly the look that is required. A version that was not
 * judged against the champion of today makes no look.
 */
export function lookMistake(decided: Decided & { readonly periods: number }, required: RequiredLook): string | null {
  const isTest = isTested(decided);
  if (!isTest && rowOf(decided) !== "fewer unused periods; other data, seed or declaration") return null;
  const found: RequiredLook = isTest
    ? { kind: "look", periods: decided.periods, halvings: decided.halvings ?? 0 }
    : { kind: "none" };
  if (JSON.stringify(found) === JSON.stringify(required)) return null;
  return `found ${JSON.stringify(found)}, expected ${JSON.stringify(required)}: ${JSON.stringify(decided)}`;
}
