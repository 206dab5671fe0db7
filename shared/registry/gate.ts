/**
 * The gate: decides whether a version may become the champion, from its card, the current champion and the earlier looks.
 *
 * It has three rules. A *replacement* (another recipe) must be better than the baseline and the champion beyond chance, in
 * a look at the test window (`look.ts`). A *refresh* (the same recipe on newer data) serves unless it is worse beyond
 * chance. A *baseline* serves without a test where no learned model does, because some version has to serve. docs/GATE.md
 * has the rules as a table.
 */
import { baselines } from "../candidates/baselines.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import type { Card, Contender, FieldEntry } from "./card.ts";
import { evidenceAfter, evidenceOf } from "./evidence.ts";
import { type FieldTest, testField } from "./field.ts";
import { type Look, type LookHistory, type LookPlan, type LookRule, planLook, planOf } from "./look.ts";
import { noLookText, testText } from "./look-words.ts";
import type { Recipe } from "./recipe-shape.ts";
import { ownLine } from "./summary.ts";
import { baselineName, periodsText, pText } from "./words.ts";

/** Level of the test whether a refresh is worse. Such a test rejects; it promotes nothing, so it is not a look. */
const refreshLevel = 0.05;
/** The candidates that can be the baseline of a forecast, of any task. */
export const naiveCandidates: readonly string[] = Object.values(baselines).flat();

export function isNaive(candidate: string): boolean {
  return naiveCandidates.includes(candidate);
}

/** The members of a card that the gate reads. */
export interface Challenger {
  /** Id of the forecast, for the command that a reason names. Not set where no person reads the reason. */
  readonly forecast?: string;
  readonly version: string;
  /** Key of the look of its training: its run, or its version if there was no run. */
  readonly lookKey: string;
  readonly recipe: Pick<Recipe, "id" | "candidate"> & {
    /** All ids of the recipe, including those by earlier rules for fingerprints. By default only `id`. */
    readonly ids?: readonly string[];
  };
  readonly judged: Pick<Card["judged"], "naive" | "incumbent" | "evidence"> & {
    /** The leaderboard, if there is one. */
    readonly contenders?: readonly (Pick<Contender, "recipe" | "candidate" | "classification"> &
      Partial<Pick<Contender, "name" | "validationRmse" | "distribution" | "gateP">>)[];
    /** What the contenders are compared by. */
    readonly metric?: Card["judged"]["metric"];
    /** The contenders of a look. Without it the version is the only one. */
    readonly field?: readonly FieldEntry[];
    /** The look that its training made. */
    readonly look?: Card["judged"]["look"];
  };
  /** The tests of the field, if the caller has them. By default they are computed. */
  readonly tests?: readonly FieldTest[];
}

export interface Incumbent {
  readonly version: string;
  /** Id of the recipe. */
  readonly recipe: string;
  readonly candidate: string;
  /** Last period of the published model's training data. */
  readonly publishedTo: string;
}

export interface Situation extends LookHistory {
  readonly incumbent: Incumbent | null;
}

export const gateRules = ["first", "replacement", "refresh", "naive", "person"] as const;
export type GateRule = (typeof gateRules)[number];
export const verdictKinds = ["promote", "hold", "reject"] as const;

export interface Verdict {
  /** `hold`: not tested, for the given reason. `reject`: tested, and may not serve. */
  readonly kind: (typeof verdictKinds)[number];
  readonly rule: GateRule;
  /**
   * Number of periods in the decision: those of the look of its training, those that a look could use if there was none, or for a
   * refresh the whole test window.
   */
  readonly periods: number;
  /** One-sided p of the rule's test against the baseline and the incumbent; null if it was not tested. */
  readonly pNaive: number | null;
  readonly pIncumbent: number | null;
  /**
   * Of the training: how many models were ahead of the baseline on validation, and how many of them its look tested. Null without a
   * leaderboard.
   */
  readonly ahead: number | null;
  readonly tested: number | null;
  /** The look of the version's training, which this decision records; null if it made none. */
  readonly look: Look | null;
  /** The reason, for people. */
  readonly reason: string;
}

export function decide(challenger: Challenger, situation: Situation, rule: LookRule): Verdict {
  return { ...decideByRule(challenger, situation, rule), ...contestOf(challenger.judged) };
}

/** Counts the models of a leaderboard that were ahead of the baseline on validation, and those that a look tested. */
function contestOf({ naive, contenders, metric }: Challenger["judged"]): Pick<Verdict, "ahead" | "tested"> {
  const errorOf = ({ validationRmse = null, distribution }: NonNullable<typeof contenders>[number]) =>
    metric === "crps" ? (distribution?.validationCrps ?? null) : validationRmse;
  const own = contenders?.find(({ candidate }) => candidate === naive);
  const baseline = own ? errorOf(own) : null;
  if (contenders === undefined || baseline === null) return { ahead: null, tested: null };
  const models = contenders.filter(({ candidate, recipe }) => !isNaive(candidate) && recipe !== null);
  const tested = models.filter(({ gateP = null }) => gateP !== null).length;
  const better = models.filter((model) => (errorOf(model) ?? baseline) < baseline);
  // A model that is ahead in the median period only is tested too.
  return { ahead: Math.max(tested, better.length), tested };
}

function decideByRule(challenger: Challenger, situation: Situation, rule: LookRule): Verdict {
  const { recipe, judged } = challenger;
  const { incumbent } = situation;
  const kind = ruleFor(recipe, incumbent);
  const look = lookOf(challenger);
  if (kind === "naive") {
    const why = incumbent
      ? "The champion is a baseline, and so is this version. A newer baseline serves without a test."
      : `There is no champion yet. Without one, ${baselineName(recipe.candidate)} serves without a test.`;
    const plan = planOfTraining(challenger, situation, rule);
    const periods = plan.kind === "look" ? plan.periods.length : plan.unused;
    return verdict("promote", kind, { periods, look, reason: why });
  }
  if (judged.incumbent !== (incumbent?.version ?? null)) {
    return verdict("hold", kind, { look, reason: outdatedReason(challenger, incumbent) });
  }
  if (kind === "refresh" && incumbent) return { ...refresh(judged, incumbent, rule), look };
  return replacement(challenger, situation, rule);
}

/** Returns why a version that was judged against another champion is held, and how to judge it again. */
function outdatedReason(
  { forecast = "FORECAST", judged, ...challenger }: Challenger,
  incumbent: Incumbent | null,
): string {
  const now = incumbent ? `the champion is ${incumbent.version}` : "there is no champion";
  const command = isImported(challenger)
    ? `\`almanac import ${forecast} FILE --trained-to PERIOD\``
    : `\`almanac train ${forecast}\``;
  const against = `against ${incumbent?.version ?? "the baseline only"}`;
  return `The version was judged against ${judged.incumbent ?? "the baseline only"}, but ${now}. Judge it again ${against} with ${command}.`;
}

/** A version without a run was imported. */
function isImported({ version, lookKey }: Pick<Challenger, "version" | "lookKey">): boolean {
  return lookKey === version;
}

/** Returns the look that the training of a version made, or null. */
function lookOf({ lookKey, judged }: Challenger): Look | null {
  return judged.look ? { key: lookKey, ...judged.look } : null;
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

/** Returns the look that the training of a version made, or else may make. */
function planOfTraining(challenger: Challenger, situation: Situation, rule: LookRule): LookPlan {
  const { judged, lookKey } = challenger;
  const { periods } = judged.evidence;
  const { looks } = situation;
  const made = looks.findIndex(({ key }) => key === lookKey);
  const look = looks[made];
  return look
    ? planOf(periods, look, looks.slice(0, made))
    : planLook(periods, situation, { ...rule, earlier: isImported(challenger) });
}

function replacement(challenger: Challenger, situation: Situation, rule: LookRule): Verdict {
  const { recipe, judged, lookKey } = challenger;
  const { incumbent, looks } = situation;
  const kind = incumbent ? "replacement" : "first";
  const made = looks.find(({ key }) => key === lookKey);
  const plan = planOfTraining(challenger, situation, rule);
  if (plan.kind === "none") {
    const look = lookOf(challenger);
    return verdict("hold", kind, { periods: plan.unused, look, reason: noLookText(plan, rule) });
  }
  if (hasOneClass(recipe, judged)) {
    const reason = `The test window contains one class, so it cannot rank models: ${periodsText(judged.evidence.periods, rule.noun)}.`;
    return verdict("hold", kind, { periods: plan.periods.length, reason });
  }
  const opponents = { ...evidenceOf(judged.evidence, plan.periods), baseline: judged.naive };
  const tested = challenger.tests ?? testField(opponents, fieldOf(challenger, plan.periods));
  const own = tested.find(({ recipe: id }) => id === recipe.id);
  if (own === undefined) throw new RangeError(`${challenger.version} is not in the field of its card`);
  const [from = "", to = ""] = [plan.periods[0], plan.periods.at(-1)];
  return verdict(own.p < plan.level ? "promote" : "reject", kind, {
    periods: plan.periods.length,
    pNaive: own.pNaive,
    pIncumbent: own.pIncumbent,
    look: made ?? { key: lookKey, from, to, halvings: plan.halvings },
    reason: testText(own, {
      plan,
      tested: tested.length,
      baseline: judged.naive,
      champion: incumbent && { version: incumbent.version, isCompared: judged.evidence.incumbent !== null },
      noun: rule.noun,
    }),
  });
}

/** Returns the contenders of a look on its periods. A version that is not in the field, for example an imported one, is added. */
function fieldOf({ recipe, judged }: Challenger, periods: readonly string[]): FieldEntry[] {
  const { evidence, field = [] } = judged;
  const used = new Set(periods);
  const { id, candidate } = recipe;
  const own = { name: candidate, candidate, recipe: id, aheadBy: "error", losses: evidence.challenger } as const;
  const all = field.some((entry) => entry.recipe === id) ? field : [...field, own];
  return all.map((entry) => ({
    ...entry,
    losses: entry.losses.filter((_, index) => used.has(evidence.periods[index] ?? "")),
  }));
}

/** Returns true if the test window of a classification contains only one class. Then there is no AUC. */
function hasOneClass(recipe: Challenger["recipe"], { contenders = [] }: Challenger["judged"]): boolean {
  const line = ownLine({ recipe, judged: { contenders } })?.classification;
  return line?.auc === null;
}

function refresh({ evidence, naive }: Challenger["judged"], incumbent: Incumbent, { noun }: LookRule): Verdict {
  const since = evidenceAfter(evidence, incumbent.publishedTo);
  const pIncumbent =
    since.incumbent && since.periods.length > 0 ? pBetter(since.incumbent, since.challenger, evidence.horizon) : null;
  const pNaive = evidence.periods.length > 0 ? pBetter(evidence.naive, evidence.challenger, evidence.horizon) : null;
  const numbers = { periods: evidence.periods.length, pNaive, pIncumbent };
  const sinceFit = `over ${periodsText(since.periods, noun)} since the champion was fitted`;
  if (pIncumbent !== null && pIncumbent < refreshLevel) {
    const reason = `The refresh is worse than the champion ${incumbent.version} beyond chance (${pText(pIncumbent)}) ${sinceFit}.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  if (pNaive !== null && pNaive < refreshLevel) {
    const reason = `The refresh is worse than ${baselineName(naive)} beyond chance (${pText(pNaive)}) over ${periodsText(evidence.periods, noun)}.`;
    return verdict("reject", "refresh", { ...numbers, reason });
  }
  const againstIncumbent =
    pIncumbent === null
      ? `The refresh has no test ${noun}s since the champion ${incumbent.version} was fitted.`
      : `The refresh is not worse than the champion ${incumbent.version} beyond chance (${pText(pIncumbent)}) ${sinceFit}.`;
  const againstBaseline =
    pNaive === null ? "" : ` It is not worse than ${baselineName(naive)} beyond chance (${pText(pNaive)}).`;
  return verdict("promote", "refresh", { ...numbers, reason: `${againstIncumbent}${againstBaseline}` });
}

/** Returns the one-sided p of the test that `losses` are lower than `others`. */
function pBetter(losses: readonly number[], others: readonly number[], horizon: number): number {
  return dieboldMariano(
    losses.map((loss, index) => (others[index] ?? loss) - loss),
    horizon,
  ).pValue;
}

function verdict(kind: Verdict["kind"], rule: GateRule, rest: Partial<Verdict> & { readonly reason: string }): Verdict {
  return { kind, rule, periods: 0, pNaive: null, pIncumbent: null, ahead: null, tested: null, look: null, ...rest };
}
