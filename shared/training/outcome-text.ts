/** The reason of an outcome, for people: which model serves, and what the tests found. Every claim is read from the tests. */
import type { Forecast, Metric } from "../forecasts/forecast.ts";
import { errorBy } from "../judging/score.ts";
import type { Contender, FieldEntry } from "../registry/card.ts";
import type { FieldTest } from "../registry/field.ts";
import { isNaive, type Situation, type Verdict } from "../registry/gate.ts";
import type { LookPlan, LookRule } from "../registry/look.ts";
import { noLookText } from "../registry/look-words.ts";
import { baselineName, countText, periodsText, pText } from "../registry/words.ts";
import type { Judgement } from "./judgement.ts";

export interface OutcomeFacts {
  readonly forecast: Pick<Forecast, "metric">;
  readonly judgement: Pick<Judgement, "naive" | "field" | "validation">;
  readonly situation: Pick<Situation, "incumbent">;
  readonly plan: LookPlan;
  readonly tests: readonly FieldTest[];
  readonly verdict: Verdict;
  readonly contenders: readonly Contender[];
  /** The row of the submitted recipe. */
  readonly submitted: Contender | null;
  readonly rule: LookRule;
}

/** Returns the reason: which model serves, and why no other contender does. */
export function outcomeText(facts: OutcomeFacts): string {
  const { verdict, submitted, situation } = facts;
  const name = submitted?.name ?? "The version";
  const isPromoted = verdict.kind === "promote";
  if (isPromoted && verdict.rule === "refresh") {
    return join(`${name} stays the champion.`, verdict.reason, capital(contestText(facts)));
  }
  if (isPromoted && verdict.rule !== "naive") return join(servesText(name, verdict), scoresText(facts));
  if (verdict.rule === "refresh")
    return join(`${remaining(facts)} stays.`, verdict.reason, capital(contestText(facts)));
  const verb = situation.incumbent && !isPromoted ? "stays" : "serves";
  return join(`${remaining(facts)} ${verb}:`, contestText(facts));
}

/** Puts the name of the model before the gate's reason, which starts with it. */
function servesText(name: string, { reason }: Verdict): string {
  return reason.startsWith(`${name} `) ? `${name} serves: it${reason.slice(name.length)}` : `${name} serves. ${reason}`;
}

/** Returns the subject of a sentence about the model that serves where no other recipe passed. */
function remaining({ situation: { incumbent }, judgement }: OutcomeFacts): string {
  if (incumbent === null || isNaive(incumbent.candidate)) return capital(baselineName(judgement.naive.candidate));
  return `The champion ${incumbent.version}`;
}

/** Returns what happened to the contenders that are ahead of the baseline on validation. */
function contestText(facts: OutcomeFacts): string {
  const { judgement, plan, tests, situation, rule, contenders } = facts;
  const { from, to, periods } = judgement.validation;
  const ahead = judgement.field.filter(({ candidate }) => !isNaive(candidate));
  const window = `${countText(periods, rule.noun)}, ${from} to ${to}`;
  const { incumbent } = situation;
  const isChampionLearned = incumbent !== null && !isNaive(incumbent.candidate);
  const than = isChampionLearned ? ` than ${baseline(facts)}` : "";
  if (ahead.length === 0) return `no other contender was better${than} on validation (${window}).`;
  const were = ahead.length === 1 ? "contender was" : "contenders were";
  const better = `${ahead.length} other ${were} better${than} on validation${onlyMedian(ahead)}`;
  if (plan.kind === "none") {
    const they = ahead.length === 1 ? "it was" : "they were";
    return `${better}, but ${they} not tested. ${noLookText(plan, rule)}`;
  }
  if (tests.length === 0 || contenders.some(({ classification }) => classification?.auc === null)) {
    return `${better}. The test window contains one class, so it cannot rank models: ${periodsText(plan.periods, rule.noun)}.`;
  }
  const lowest = tests.reduce((best, test) => (test.p < best.p ? test : best));
  const both = isChampionLearned ? `${baseline(facts)} and the champion ${incumbent.version}` : "it";
  const none = `none beat ${both} beyond chance on the test window, ${periodsText(plan.periods, rule.noun)}`;
  const line = contenders.find(({ recipe }) => recipe === lowest.recipe) ?? null;
  const best = `The best is ${lowest.name} (${pText(lowest.p)}), and p must be below ${plan.level}.`;
  return join(`${better}; ${none}.`, best, scoresText({ ...facts, submitted: line }));
}

/** Returns how many contenders are ahead only in the median period; empty for none. */
function onlyMedian(ahead: readonly FieldEntry[]): string {
  const count = ahead.filter(({ aheadBy }) => aheadBy === "median").length;
  if (count === 0) return "";
  return count === ahead.length ? " in the median period" : ` (${count} of them only in the median period)`;
}

const baseline = ({ judgement }: OutcomeFacts) => baselineName(judgement.naive.candidate);

/** Compares the submitted recipe with the baseline on the test window. */
function scoresText({ forecast, judgement, contenders, submitted }: OutcomeFacts): string {
  const line = contenders.find(({ candidate }) => candidate === judgement.naive.candidate);
  if (submitted === null || line === undefined) return "";
  const error = (contender: Contender) => round(errorBy(forecast.metric, contender));
  return `On the test window ${submitted.name} has ${metricNames[forecast.metric]} ${error(submitted)}, ${baselineName(judgement.naive.candidate)} has ${error(line)}.`;
}

const metricNames: Readonly<Record<Metric, string>> = {
  rmse: "RMSE",
  mae: "MAE",
  crps: "a CRPS of",
  brier: "a Brier score of",
};

const join = (...sentences: readonly string[]) => sentences.filter((one) => one !== "").join(" ");
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function round(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : value.toPrecision(4);
}
