/**
 * The gate: decides whether a version may become the champion, from its card and the current champion.
 *
 * It has three rules. A *replacement* (another recipe) must be significantly better than the baseline and the champion,
 * on periods that were not used to judge an earlier replacement, because repeated tests on one window eventually pass
 * by chance. A *refresh* (the same recipe on newer data) serves unless it is significantly worse. A *baseline* is the
 * first champion without a test, because some version has to serve.
 */
import type { PromotionRule } from "../forecasts/forecast.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import type { Card, Contender, Recipe } from "./card.ts";
import { evidenceAfter } from "./evidence.ts";
import { ownLine } from "./summary.ts";

/** Accepted probability of promoting a version that is not better (one-sided). */
export const significance = 0.05;
/** Minimum number of unused periods to judge another recipe. */
export const replacementPeriodsMin = 30;
/** The default rule of a forecast. */
const usualRule: PromotionRule = { significance, periodsMin: replacementPeriodsMin };
/**
 * The candidates that can be the baseline: the last value, or for a classification the base rate and the frequency of the
 * event after a state like the last one. Of these two the better on validation is the baseline.
 */
export const naiveCandidates: readonly string[] = ["naive", "base-rate", "state-frequency"];

export function isNaive(candidate: string): boolean {
  return naiveCandidates.includes(candidate);
}

/** The members of a card that the gate reads. */
export interface Challenger {
  readonly version: string;
  readonly recipe: Pick<Recipe, "id" | "candidate"> & {
    /** All ids of the recipe, including those by earlier rules for fingerprints. By default only `id`. */
    readonly ids?: readonly string[];
  };
  readonly judged: Pick<Card["judged"], "naive" | "incumbent" | "evidence"> & {
    /** The leaderboard, if there is one. */
    readonly contenders?: readonly Pick<Contender, "recipe" | "candidate" | "classification">[];
  };
}

export interface Incumbent {
  readonly version: string;
  /** Id of the recipe. */
  readonly recipe: string;
  readonly candidate: string;
  /** Last period of the published model's training data. */
  readonly publishedTo: string;
}

export interface Situation {
  readonly incumbent: Incumbent | null;
  /** Last period on which an earlier replacement of this forecast was judged. */
  readonly usedThrough: string | null;
}

export const gateRules = ["first", "replacement", "refresh", "naive", "person"] as const;
export type GateRule = (typeof gateRules)[number];
export const verdictKinds = ["promote", "hold", "reject"] as const;

export interface Verdict {
  /** `hold`: not judged yet, for the given reason. `reject`: judged, and may not serve. */
  readonly kind: (typeof verdictKinds)[number];
  readonly rule: GateRule;
  /** Number of periods in the decision: those after `usedThrough`, or for a refresh the whole test window. */
  readonly periods: number;
  /** One-sided p of the rule's test against the baseline and the incumbent; null if it was not tested. */
  readonly pNaive: number | null;
  readonly pIncumbent: number | null;
  /** Last period that this decision uses up; null if it uses none. */
  readonly usedThrough: string | null;
  /** The reason, for people. */
  readonly reason: string;
}

export function decide(challenger: Challenger, situation: Situation, limits: PromotionRule = usualRule): Verdict {
  const { recipe, judged } = challenger;
  const { incumbent } = situation;
  const rule = ruleFor(recipe, incumbent);
  if (rule === "naive") {
    return verdict("promote", rule, {
      reason: incumbent
        ? `The champion is a baseline, and so is this version: ${baselineName(recipe.candidate)}. A newer baseline serves without a test.`
        : `There is no champion yet. Without one, ${baselineName(recipe.candidate)} serves without a test.`,
    });
  }
  if (judged.incumbent !== (incumbent?.version ?? null)) {
    const judgedAgainst = judged.incumbent ?? "the baseline only";
    const now = incumbent ? `the champion is ${incumbent.version}` : "there is no champion";
    const reason = `The version was judged against ${judgedAgainst}, but ${now}. Judge it again against ${incumbent?.version ?? "the baseline only"}.`;
    return verdict("hold", rule, { reason });
  }
  if (incumbent && !judged.evidence.incumbent) {
    const reason = `The card has no losses of the champion ${incumbent.version}. Judge the version again against ${incumbent.version}.`;
    return verdict("hold", rule, { reason });
  }
  if (rule === "refresh" && incumbent) return refresh(judged, incumbent, limits);
  return replacement(challenger, situation, limits);
}

/** Returns the verdict for a promotion that a person decided instead of the gate. */
export function decidedByPerson(why: string): Verdict {
  return verdict("promote", "person", { reason: `A person decided: ${why}` });
}

function ruleFor(recipe: Challenger["recipe"], incumbent: Incumbent | null): GateRule {
  if (isNaive(recipe.candidate) && (incumbent === null || isNaive(incumbent.candidate))) return "naive";
  if (incumbent === null) return "first";
  const { ids = [recipe.id] } = recipe;
  return ids.includes(incumbent.recipe) ? "refresh" : "replacement";
}

function replacement({ recipe, judged }: Challenger, situation: Situation, limits: PromotionRule): Verdict {
  const { incumbent, usedThrough } = situation;
  const { significance, periodsMin } = limits;
  const rule = incumbent ? "replacement" : "first";
  const evidence = evidenceAfter(judged.evidence, usedThrough);
  const { periods, horizon } = evidence;
  if (periods.length < periodsMin) {
    const unused = usedThrough === null ? "" : ` after ${usedThrough}, the last period that an earlier decision used`;
    const reason = `The test window has ${plural(periods.length)}${unused}. At least ${periodsMin} are needed to judge another recipe.`;
    return verdict("hold", rule, { periods: periods.length, reason });
  }
  if (hasOneClass(recipe, judged)) {
    const reason = `The test window contains one class, so it cannot rank models: ${spanOf(judged.evidence.periods)}.`;
    return verdict("hold", rule, { periods: periods.length, reason });
  }
  const pNaive = isNaive(recipe.candidate) ? null : pBetter(evidence.challenger, evidence.naive, horizon);
  const pIncumbent = incumbent && evidence.incumbent ? pBetter(evidence.challenger, evidence.incumbent, horizon) : null;
  const rivals = [
    ...(pNaive === null ? [] : [{ name: baselineName(judged.naive), p: pNaive }]),
    ...(pIncumbent === null ? [] : [{ name: `the champion ${incumbent?.version}`, p: pIncumbent }]),
  ];
  const won = rivals.filter(({ p }) => p < significance);
  const lost = rivals.filter(({ p }) => p >= significance);
  const over = `Over ${spanOf(periods)} the version is`;
  const reason =
    lost.length === 0
      ? `${over} significantly better than ${listRivals(won)}.`
      : `${over} not significantly better than ${listRivals(lost)}: p must be below ${significance}.${
          won.length === 0 ? "" : ` It is significantly better than ${listRivals(won)}.`
        }`;
  const numbers = { periods: periods.length, pNaive, pIncumbent, usedThrough: periods.at(-1) ?? null };
  return verdict(lost.length === 0 ? "promote" : "reject", rule, { ...numbers, reason });
}

/** Returns true if the test window of a classification contains only one class. Then there is no AUC. */
function hasOneClass(recipe: Challenger["recipe"], { contenders = [] }: Challenger["judged"]): boolean {
  const line = ownLine({ recipe, judged: { contenders } })?.classification;
  return line?.auc === null;
}

function refresh(
  { evidence, naive }: Challenger["judged"],
  incumbent: Incumbent,
  { significance }: PromotionRule,
): Verdict {
  const since = evidenceAfter(evidence, incumbent.publishedTo);
  const pIncumbent =
    since.incumbent && since.periods.length > 0 ? pBetter(since.incumbent, since.challenger, evidence.horizon) : null;
  const pNaive = evidence.periods.length > 0 ? pBetter(evidence.naive, evidence.challenger, evidence.horizon) : null;
  const numbers = { periods: evidence.periods.length, pNaive, pIncumbent };
  if (pIncumbent !== null && pIncumbent < significance) {
    const reason = `The refresh is significantly worse than the champion ${incumbent.version} (${pText(pIncumbent)}) over ${spanOf(since.periods)} since the champion was fitted.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  if (pNaive !== null && pNaive < significance) {
    const reason = `The refresh is significantly worse than ${baselineName(naive)} (${pText(pNaive)}) over ${spanOf(evidence.periods)}.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  const againstIncumbent =
    pIncumbent === null
      ? `The refresh has no test periods since the champion ${incumbent.version} was fitted.`
      : `The refresh is not significantly worse than the champion ${incumbent.version} (${pText(pIncumbent)}) over ${spanOf(since.periods)} since the champion was fitted.`;
  const againstBaseline =
    pNaive === null ? "" : ` It is not significantly worse than ${baselineName(naive)} (${pText(pNaive)}).`;
  const reason = `${againstIncumbent}${againstBaseline}`;
  return verdict("promote", "refresh", { ...numbers, reason });
}

/** Returns the one-sided p of the test that `losses` are lower than `others`. */
function pBetter(losses: readonly number[], others: readonly number[], horizon: number): number {
  return dieboldMariano(
    losses.map((loss, index) => (others[index] ?? loss) - loss),
    horizon,
  ).pValue;
}

function verdict(kind: Verdict["kind"], rule: GateRule, rest: Partial<Verdict> & { readonly reason: string }): Verdict {
  return { kind, rule, periods: 0, pNaive: null, pIncumbent: null, usedThrough: null, ...rest };
}

/** Returns "the baseline", with its candidate if the task has several. */
export function baselineName(candidate: string): string {
  return candidate === "naive" ? "the baseline" : `the baseline (${candidate})`;
}

const listRivals = (rivals: readonly { readonly name: string; readonly p: number }[]) =>
  rivals.map(({ name, p }) => `${name} (${pText(p)})`).join(" and ");

function pText(p: number): string {
  if (p < 0.001) return "p < 0.001";
  return `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`;
}

const plural = (count: number) => `${count} ${count === 1 ? "period" : "periods"}`;
const spanOf = (periods: readonly string[]) => `${plural(periods.length)} (${periods[0]} to ${periods.at(-1)})`;
