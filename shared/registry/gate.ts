/**
 * The gate: may this model serve? It reads what the card says was measured and what serves now, and answers in words.
 *
 * Three questions, three rules. A *replacement* (another recipe) claims to be better, so it must show it beyond chance,
 * and on periods that no earlier replacement was judged by: a window that is asked again and again says yes in the end.
 * A *refresh* (the same recipe on newer data) claims nothing new, so only evidence against it stops it. *Naive* needs
 * no evidence to be the first, because something must serve.
 */
import type { PromotionRule } from "../forecasts/forecast.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import type { Card, Contender, Recipe } from "./card.ts";
import { evidenceAfter } from "./evidence.ts";
import { ownLine } from "./summary.ts";

/** Chance of calling noise an advantage that is accepted, one-sided. */
export const significance = 0.05;
/** Fewer unused periods than this say too little about another recipe. */
export const replacementPeriodsMin = 30;
/** What holds where a forecast declares nothing else. */
export const usualRule: PromotionRule = { significance, periodsMin: replacementPeriodsMin };
/**
 * The candidates that everything else has to beat: the last value, or, of a classification, the base rate and how often an
 * event follows a state like the last one, of which the better on validation is the naive forecast.
 */
export const naiveCandidates: readonly string[] = ["naive", "base-rate", "state-frequency"];

export function isNaive(candidate: string): boolean {
  return naiveCandidates.includes(candidate);
}

/** What the gate reads of a card; a `Card` is one. */
export interface Challenger {
  readonly version: string;
  readonly recipe: Pick<Recipe, "id" | "candidate"> & {
    /** Every id that the recipe has, by an earlier rule for fingerprints too; left out where there is only the one. */
    readonly ids?: readonly string[];
  };
  readonly judged: Pick<Card["judged"], "naive" | "incumbent" | "evidence"> & {
    /** The leaderboard, where there is one. */
    readonly contenders?: readonly Pick<Contender, "recipe" | "candidate" | "classification">[];
  };
}

export interface Incumbent {
  readonly version: string;
  /** Id of its recipe. */
  readonly recipe: string;
  readonly candidate: string;
  /** Last period that its published fit has seen. */
  readonly publishedTo: string;
}

export interface Situation {
  readonly incumbent: Incumbent | null;
  /** Last period that an earlier replacement gate of this forecast looked at. */
  readonly usedThrough: string | null;
}

export const gateRules = ["first", "replacement", "refresh", "naive", "person"] as const;
export type GateRule = (typeof gateRules)[number];
export const verdictKinds = ["promote", "hold", "reject"] as const;

export interface Verdict {
  /** Hold: nothing was decided, and why; reject: it was looked at and may not serve. */
  readonly kind: (typeof verdictKinds)[number];
  readonly rule: GateRule;
  /** Periods that counted: all later ones than `usedThrough`, or for a refresh the whole window. */
  readonly periods: number;
  /** One-sided p of the rule's question against naive and against the incumbent; null where it was not asked. */
  readonly pNaive: number | null;
  readonly pIncumbent: number | null;
  /** Last period that this gate has used up; null where it used none. */
  readonly usedThrough: string | null;
  /** Sentences for a person. */
  readonly reason: string;
}

export function decide(challenger: Challenger, situation: Situation, limits: PromotionRule = usualRule): Verdict {
  const { recipe, judged } = challenger;
  const { incumbent } = situation;
  const rule = ruleFor(recipe, incumbent);
  if (rule === "naive") {
    return verdict("promote", rule, {
      reason: incumbent
        ? `It is ${naiveName(recipe.candidate)}, as is what serves now: newer data needs no proof.`
        : `Nothing serves yet, and ${naiveName(recipe.candidate)} needs no proof: something must serve.`,
    });
  }
  if (judged.incumbent !== (incumbent?.version ?? null)) {
    const found = judged.incumbent === null ? "against naive alone" : `against ${judged.incumbent}`;
    const now = incumbent ? `${incumbent.version} serves now` : "nothing serves now";
    const ask = incumbent ? `judge it again against ${incumbent.version}` : "judge it again against naive alone";
    return verdict("hold", rule, { reason: `It was judged ${found}, but ${now}: ${ask}.` });
  }
  if (incumbent && !judged.evidence.incumbent) {
    const reason = `Its card holds no losses of ${incumbent.version}, which serves now: judge it again against that.`;
    return verdict("hold", rule, { reason });
  }
  if (rule === "refresh" && incumbent) return refresh(judged, incumbent, limits);
  return replacement(challenger, situation, limits);
}

/** A person's decision against or without the gate, in the same form. */
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
    const used = usedThrough === null ? "" : ` after ${usedThrough}, where an earlier gate stopped looking`;
    const reason = `${counted(periods.length)}${used}: at least ${periodsMin} are needed before another recipe is judged.`;
    return verdict("hold", rule, { periods: periods.length, reason });
  }
  if (sawOneClass(recipe, judged)) {
    const reason = `Only one class came in its test window (${spanOf(judged.evidence.periods)}): whoever names it more firmly is nearer there, and nothing was told apart.`;
    return verdict("hold", rule, { periods: periods.length, reason });
  }
  const pNaive = isNaive(recipe.candidate) ? null : pBetter(evidence.challenger, evidence.naive, horizon);
  const pIncumbent = incumbent && evidence.incumbent ? pBetter(evidence.challenger, evidence.incumbent, horizon) : null;
  const rivals = [
    ...(pNaive === null ? [] : [{ name: naiveName(judged.naive), p: pNaive }]),
    ...(pIncumbent === null ? [] : [{ name: `the incumbent ${incumbent?.version}`, p: pIncumbent }]),
  ];
  const won = rivals.filter(({ p }) => p < significance);
  const lost = rivals.filter(({ p }) => p >= significance);
  const over = `Over ${spanOf(periods)}`;
  const reason =
    lost.length === 0
      ? `${over} it beats ${named(won)} beyond chance.`
      : `${over} it does not beat ${named(lost)} beyond chance: p below ${significance} is needed${
          won.length === 0 ? "" : `. It does beat ${named(won)}`
        }.`;
  const numbers = { periods: periods.length, pNaive, pIncumbent, usedThrough: periods.at(-1) ?? null };
  return verdict(lost.length === 0 ? "promote" : "reject", rule, { ...numbers, reason });
}

/** Whether a classification was judged where nothing but events came, or none: there it has no AUC. */
function sawOneClass(recipe: Challenger["recipe"], { contenders = [] }: Challenger["judged"]): boolean {
  const line = ownLine({ recipe, judged: { contenders } })?.classification;
  return line?.auc === null;
}

function refresh(
  { evidence: whole, naive }: Challenger["judged"],
  incumbent: Incumbent,
  { significance }: PromotionRule,
): Verdict {
  const since = evidenceAfter(whole, incumbent.publishedTo);
  const pIncumbent =
    since.incumbent && since.periods.length > 0 ? pBetter(since.incumbent, since.challenger, whole.horizon) : null;
  const pNaive = whole.periods.length > 0 ? pBetter(whole.naive, whole.challenger, whole.horizon) : null;
  const numbers = { periods: whole.periods.length, pNaive, pIncumbent };
  if (pIncumbent !== null && pIncumbent < significance) {
    const reason = `The same recipe on newer data is worse than the incumbent ${incumbent.version} beyond chance (${inWords(pIncumbent)}) over ${spanOf(since.periods)} since that was fitted.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  if (pNaive !== null && pNaive < significance) {
    const reason = `The same recipe on newer data, but ${naiveName(naive)} beats it beyond chance (${inWords(pNaive)}) over ${spanOf(whole.periods)}.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  const incumbentSide =
    pIncumbent === null
      ? `no period since the incumbent ${incumbent.version} was fitted speaks against it`
      : `it is not worse than the incumbent ${incumbent.version} beyond chance (${inWords(pIncumbent)}) over ${spanOf(since.periods)} since that was fitted`;
  const naiveSide = pNaive === null ? "" : `, and ${naiveName(naive)} does not beat it (${inWords(pNaive)})`;
  const reason = `The same recipe on newer data: ${incumbentSide}${naiveSide}.`;
  return verdict("promote", "refresh", { ...numbers, reason });
}

/** p of "these losses are smaller than those, beyond chance". */
function pBetter(losses: readonly number[], than: readonly number[], horizon: number): number {
  return dieboldMariano(
    losses.map((loss, index) => (than[index] ?? loss) - loss),
    horizon,
  ).pValue;
}

function verdict(kind: Verdict["kind"], rule: GateRule, rest: Partial<Verdict> & { readonly reason: string }): Verdict {
  return { kind, rule, periods: 0, pNaive: null, pIncumbent: null, usedThrough: null, ...rest };
}

/** Says which one where there are several. */
export function naiveName(candidate: string): string {
  return candidate === "naive" ? "the naive forecast" : `the naive forecast (${candidate})`;
}

const named = (rivals: readonly { readonly name: string; readonly p: number }[]) =>
  rivals.map(({ name, p }) => `${name} (${inWords(p)})`).join(" and ");

function inWords(p: number): string {
  if (p < 0.001) return "p < 0.001";
  return `p = ${p < 0.1 ? p.toFixed(3) : p.toFixed(2)}`;
}

const plural = (count: number) => `${count} ${count === 1 ? "period" : "periods"}`;
const counted = (count: number) => `${plural(count)} ${count === 1 ? "counts" : "count"}`;
const spanOf = (periods: readonly string[]) => `${plural(periods.length)} (${periods[0]} to ${periods.at(-1)})`;
