/**
 * Describes which version serves, since when, by which decision, and what has to happen for it to change. `start`,
 * `models`, `/health`, `GET /models`, the champion pointer and so every answer use these sentences.
 */
import type { Verdict } from "./gate.ts";
import { isNaive } from "./gate.ts";
import type { LookRule } from "./look.ts";
import type { championRules } from "./states.ts";
import { baselineName, countText, pText } from "./words.ts";

/** The numbers of the gate's decision that made a version the champion. */
export type DecisionNumbers = Pick<Verdict, "periods" | "pNaive" | "pIncumbent" | "ahead" | "tested">;

/** The newest decision of the gate that did not change the champion. */
export interface RefusedVersion extends DecisionNumbers {
  readonly kind: "hold" | "reject";
  readonly rule: Verdict["rule"];
  readonly candidate: string;
  readonly reason: string;
}

/** A version that serves, with the change that made it the champion. */
export interface ServingFacts {
  readonly version: string;
  readonly candidate: string;
  readonly producer: string;
  /** Last period of its training data. */
  readonly publishedTo: string;
  /** Time of the change, ISO 8601. */
  readonly since: string;
  readonly rule: (typeof championRules)[number];
  readonly who: string;
  readonly why: string;
  /** Null for a rollback and a fallback. */
  readonly decision: DecisionNumbers | null;
  /** The newest version that was refused since the change; null if there is none. */
  readonly refused: RefusedVersion | null;
}

/** @example describeServing(facts, rule) // "The model \"average\" has served since 3 January 2026: it beat the baseline over 47 publications (p = 0.00200). Another …" */
export function describeServing(facts: ServingFacts, rule: LookRule): string {
  const since = `has served since ${dayText(facts.since)}`;
  return `${capital(nameOf(facts))} ${since}${whyText(facts, rule)} ${changeText(facts, rule)}`;
}

export interface ChampionFailure {
  readonly champion: string;
  /** The version that answers in its place; null if none can be loaded. */
  readonly served: string | null;
  readonly reason: string;
}

/** Describes a champion that predict cannot load. */
export function describeLoadFailure({ champion, served, reason }: ChampionFailure): string {
  const instead = served === null ? "nothing can be answered" : `${served} serves`;
  return `${champion} cannot be loaded, so ${instead} until it can: ${reason}.`;
}

/** Describes what predict answers with: the decision, and why the answers are stale. */
export function describeAnswers({
  model,
  stale_reason,
}: {
  readonly model: { readonly version: string; readonly decision?: string | undefined };
  readonly stale_reason?: string | undefined;
}): string {
  const decision = model.decision ?? `${model.version} serves.`;
  return stale_reason === undefined ? decision : `${decision} ${stale_reason}`;
}

/** Returns the reason of a change that makes a version serve again after it could not run. */
export function runsAgain(version: string): string {
  return `${version} can run again.`;
}

function nameOf({ candidate, version, producer }: Pick<ServingFacts, "candidate" | "version" | "producer">): string {
  if (candidate === "imported") return `the model ${version}, imported from ${producer},`;
  return isNaive(candidate) ? baselineName(candidate) : `the model "${candidate}"`;
}

function whyText(facts: ServingFacts, rule: LookRule): string {
  const { version, publishedTo, who, why, decision } = facts;
  const quoted = `"${why}"`;
  switch (facts.rule) {
    case "first":
    case "replacement":
      return `: it beat ${opponents(facts.rule, decision)}${testText(decision, rule)}.`;
    case "refresh":
      return `: it is the model of the champion before it, fitted to newer data (to ${publishedTo}), and not worse beyond chance.`;
    case "naive":
      return `: ${baselineText(decision, rule)}.`;
    case "person":
      return `: ${who} promoted it without the test (${quoted}).`;
    case "rollback":
      return `: ${who} rolled back to it (${quoted}).`;
    case "fallback":
      return why === runsAgain(version) ? " again: it can run again." : ` as a fallback. ${why}`;
  }
}

function opponents(kind: "first" | "replacement", decision: DecisionNumbers | null): string {
  const champion = "the champion before it";
  if (kind === "first" || decision === null || decision.pIncumbent === null) return "the baseline";
  return decision.pNaive === null ? champion : `the baseline and ${champion}`;
}

function testText(decision: DecisionNumbers | null, { noun }: LookRule): string {
  if (decision === null) return "";
  const { periods, pNaive, pIncumbent } = decision;
  const p = Math.max(pNaive ?? 0, pIncumbent ?? 0);
  return ` over ${countText(periods, noun)} (${pText(p)})`;
}

/** Returns why a baseline serves. */
function baselineText(decision: DecisionNumbers | null, { periodsMin, noun }: LookRule): string {
  const { ahead = null, tested = null, periods = 0 } = decision ?? {};
  if (ahead === null || tested === null) return "no model has replaced it";
  if (ahead === 0) return "no model was better on validation";
  const better = ahead === 1 ? "1 model was better on validation" : `${ahead} models were better on validation`;
  if (tested > 0) {
    const over = `on the test window (${countText(periods, noun)})`;
    return ahead === 1 ? `${better}, but not beyond chance ${over}` : `${better}, none beyond chance ${over}`;
  }
  if (periods >= periodsMin)
    return `${better}, but none was tested, because an earlier test used the test window or it contains one class`;
  return `${better}, but a test needs ${countText(periodsMin, noun)} that no test has used, and there ${periods === 1 ? "is" : "are"} ${periods}`;
}

/** Returns what has to happen for the version to change. */
function changeText(facts: ServingFacts, { periodsMin, noun }: LookRule): string {
  const { candidate, rule, why, version, refused } = facts;
  if (rule === "fallback" && why !== runsAgain(version)) return "The version before it serves again when it can run.";
  const unused = `over at least ${countText(periodsMin, noun)} that no test has used`;
  const than = isNaive(candidate) ? "it" : "it and the baseline";
  const general = `Another model replaces it if it beats ${than} ${unused}.`;
  if (refused === null) return general;
  if (refused.kind === "hold") return `The newest model, ${refused.candidate}, was not tested. ${refused.reason}`;
  const { periods, pNaive, pIncumbent } = refused;
  if (refused.rule === "refresh")
    return `The same model on newer data was worse beyond chance, so it stays. ${general}`;
  const p = pText(Math.max(pNaive ?? 0, pIncumbent ?? 0));
  return `The newest model, ${refused.candidate}, did not beat ${than} beyond chance over ${countText(periods, noun)} (${p}). ${general}`;
}

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** @example dayText("2026-01-03T12:00:00.000Z") // "3 January 2026" */
function dayText(time: string): string {
  const [year, month, day] = time.slice(0, 10).split("-").map(Number);
  return `${day} ${months[(month ?? 1) - 1]} ${year}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
