/** Describes a look of the gate for people: why there was none, and what its test showed. */
import type { FieldTest } from "./field.ts";
import type { LookPlan, LookRule } from "./look.ts";
import { baselineName, periodsText, pText } from "./words.ts";

/** Returns the sentence of a look that is not allowed: what is missing for it. */
export function noLookText({ periods, unused }: Extract<LookPlan, { kind: "none" }>, rule: LookRule): string {
  const { periodsMin, noun } = rule;
  const needs = `Another recipe is tested on at least ${periodsMin} ${noun}s that no earlier test has used`;
  if (periods < periodsMin || periods === unused) return `${needs}; the test window has ${unused}.`;
  return `${needs}; the test window has ${unused} of ${periods}. It can also be tested if the publisher corrects earlier data.`;
}

export interface TestParts {
  readonly plan: Extract<LookPlan, { kind: "look" }>;
  /** Number of contenders that were tested. */
  readonly tested: number;
  /** The baseline that the test compares with. */
  readonly baseline: string;
  /** The champion, and whether it could be computed on the test window; null without one. */
  readonly champion: { readonly version: string; readonly isCompared: boolean } | null;
  /** A period of the test window, such as week. */
  readonly noun: string;
}

/** Returns the sentences of a test: which opponents were beaten, over which periods and at which level. */
export function testText(own: FieldTest, { plan, tested, baseline, champion, noun }: TestParts): string {
  const { level, periods, halvings } = plan;
  const championName = `the champion ${champion?.version}`;
  const opponents = [
    ...(own.pNaive === null ? [] : [{ name: baselineName(baseline), p: own.pNaive }]),
    ...(own.pIncumbent === null ? [] : [{ name: championName, p: own.pIncumbent }]),
  ];
  const beaten = opponents.filter(({ p }) => p < level);
  const others = opponents.filter(({ p }) => p >= level);
  const list = (some: typeof opponents) => some.map(({ name, p }) => `${name} (${pText(p)})`).join(" and ");
  const over = `over ${periodsText(periods, noun)}`;
  const sentences =
    others.length === 0
      ? [`${own.name} beat ${list(beaten)} ${over}.`]
      : [
          `${own.name} did not beat ${list(others)} beyond chance ${over}: p must be below ${level}.`,
          ...(beaten.length === 0 ? [] : [`It beat ${list(beaten)}.`]),
        ];
  if (tested > 1) sentences.push(`p is corrected for the ${tested} contenders that were tested.`);
  if (halvings > 0) {
    const earlier = halvings === 1 ? "an earlier test" : `${halvings} earlier tests`;
    sentences.push(`The level is ${level}, because ${earlier} used the same ${noun}s before data was corrected.`);
  }
  if (champion?.isCompared === false)
    sentences.push(`It was not compared with ${championName}, which cannot be computed here.`);
  return sentences.join(" ");
}
