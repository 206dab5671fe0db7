/** The outcome of a judgement: which recipe is submitted to the gate, what the gate decides, and the reason for people. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { Contender } from "../registry/card.ts";
import { evidenceOf } from "../registry/evidence.ts";
import { type FieldTest, testField } from "../registry/field.ts";
import { decide, type Situation, type Verdict } from "../registry/gate.ts";
import { type Look, type LookPlan, lookRuleOf, planLook } from "../registry/look.ts";
import type { RecipeChoice } from "./job.ts";
import type { Judgement } from "./judgement.ts";
import { outcomeText } from "./outcome-text.ts";
import { recipeIdsOf, recipeOf } from "./recipe.ts";

export interface TrainingOutcome {
  /** The recipe that is submitted: the first on validation that passes the look, else the best on validation. */
  readonly recipe: RecipeChoice;
  readonly verdict: Verdict;
  /** The look; null if none was made. */
  readonly look: Look | null;
  /** The contenders of the look with their p-values, the best on validation first. */
  readonly tests: readonly FieldTest[];
  /** The leaderboard with the p-values of the look. */
  readonly contenders: readonly Contender[];
  /** Name of the contender that serves after the verdict: the submitted one, the previous champion or the baseline. */
  readonly champion: string;
  readonly reason: string;
}

/** Identifies a look before the training has a run. */
const ownKey = "this training";

/** Tests the field if a look is allowed, and submits the best recipe to the gate. */
export function outcomeOf(forecast: Forecast, judgement: Judgement, situation: Situation): TrainingOutcome {
  const { incumbent, field, evidence } = judgement;
  const rule = lookRuleOf(forecast);
  const plan = planLook(evidence.periods, situation, rule);
  const tests = testsOf(judgement, plan);
  const passing = plan.kind === "look" ? tests.find(({ p }) => p < plan.level) : undefined;
  const recipe = (passing && judgement.choiceOf(passing.recipe)) ?? bestOf(forecast, judgement, situation);
  const contenders = judgement.contenders.map((line) => ({ ...line, gateP: pOf(tests, line) }));
  const look = lookOf(plan, tests);
  const own = judgement.evidenceFor(recipe);
  if (own === null) throw new RangeError("the submitted recipe is not a contender of the judgement");
  const submitted = { ...recipeOf(forecast, recipe), ids: recipeIdsOf(forecast, recipe) };
  const naive = judgement.naive.candidate;
  const verdict = decide(
    {
      version: "challenger",
      lookKey: ownKey,
      recipe: submitted,
      judged: { metric: forecast.metric, naive, incumbent, evidence: own, contenders, field, look },
      tests,
    },
    situation,
    rule,
  );
  const line = contenders.find((contender) => contender.recipe === submitted.id) ?? null;
  const champion =
    verdict.kind === "promote" ? (line?.name ?? recipe.candidate) : (situation.incumbent?.version ?? naive);
  const facts = { forecast, judgement, situation, plan, tests, verdict, submitted: line, contenders, rule };
  return { recipe, verdict, look, tests, contenders, champion, reason: outcomeText(facts) };
}

/** Returns the best recipe on validation; the baseline, if the best one only equals it. */
function bestOf(forecast: Forecast, { chosen, naive, field }: Judgement, { incumbent }: Situation): RecipeChoice {
  const ids = recipeIdsOf(forecast, chosen);
  const isKnown = field.some(({ recipe }) => ids.includes(recipe)) || ids.includes(incumbent?.recipe ?? "");
  return isKnown ? chosen : naive;
}

/** Tests the field on the periods of a look. Without a look, or if the window has one class, nothing is tested. */
function testsOf({ field, evidence, contenders, naive }: Judgement, plan: LookPlan): FieldTest[] {
  const hasOneClass = contenders.some(({ classification }) => classification?.auc === null);
  if (plan.kind === "none" || field.length === 0 || hasOneClass) return [];
  const used = new Set(plan.periods);
  const entries = field.map((entry) => ({
    ...entry,
    losses: entry.losses.filter((_, index) => used.has(evidence.periods[index] ?? "")),
  }));
  return testField({ ...evidenceOf(evidence, plan.periods), baseline: naive.candidate }, entries);
}

function lookOf(plan: LookPlan, tests: readonly FieldTest[]): Look | null {
  if (plan.kind === "none" || tests.length === 0) return null;
  const [from = "", to = ""] = [plan.periods[0], plan.periods.at(-1)];
  return { key: ownKey, from, to, halvings: plan.halvings };
}

function pOf(tests: readonly FieldTest[], { recipe }: Contender): number | null {
  return tests.find((test) => test.recipe === recipe)?.p ?? null;
}
