/** Decides what serves each step after the first, with the reason for people. */
import type { Forecast } from "../forecasts/forecast.ts";
import type { FurtherSteps } from "../registry/further-steps.ts";
import { blocksMin } from "../stats/block-tests.ts";
import { mean } from "../stats/mean.ts";
import { type StepGate, testSteps } from "./step-gate.ts";
import type { ContestedStep, LearnerKind, StepContest, StepServer } from "./step-learners.ts";

export interface StepSituation {
  /** The level of the look of this training; null if it makes none. */
  readonly level: number | null;
  /** The steps that the champion's learner serves. */
  readonly served: readonly number[];
}

export interface StepDecision extends Pick<FurtherSteps, "steps"> {
  /** The test; null if nothing was tested. */
  readonly gate: StepGate | null;
}

/**
 * Returns what serves each declared step after the first. With a look, the learners serve the steps where they are the best on all
 * rolling origins, if what was chosen passes the gate. Without a look, they serve only steps that the champion's learner serves.
 * O(steps × origins).
 */
export function decideSteps(
  { steps, headline }: Pick<Forecast, "steps" | "headline">,
  contest: StepContest | null,
  { level, served }: StepSituation,
): StepDecision {
  const further = steps.filter((step) => step > 1);
  const baselines = (reason: string, gate: StepGate | null = null): StepDecision => ({
    gate,
    steps: further.map((step) => ({ step, serves: "baseline", reason })),
  });
  if (level === null && served.length === 0) return baselines(notLooked);
  if (contest === null) return baselines("No candidate of this forecast learns several steps.");
  const gate = level === null ? null : testSteps(headline, contest);
  if (level !== null) {
    const refusal = refusalOf(gate, level);
    if (refusal !== null) return baselines(refusal, gate);
  }
  const decided = further.map((step) => {
    const found = serverOf(contest, step);
    if (level !== null || found.serves === "baseline" || served.includes(step)) return { step, ...found };
    const reason = "The champion's learner does not serve this step, and this training made no look at new periods.";
    return { step, serves: "baseline" as const, reason };
  });
  return { gate, steps: decided };
}

const notLooked = "The learners were not tested, because this training made no look at new periods.";

/** Returns why the learners may not serve; null if they passed. */
function refusalOf(gate: StepGate | null, level: number): string | null {
  if (gate === null) return "There is no headline step after the first, so the learners were not tested.";
  const { pBaseline, pReference, blocks, steps } = gate;
  if (pBaseline === null || pReference === null)
    return `The learners were not tested: ${blocks} blocks of ${Math.max(...steps)} origins, and ${blocksMin} are needed.`;
  if (Math.max(pBaseline, pReference) < level) return null;
  return `The learners are not better beyond chance at the steps ${steps.join(", ")}: p ${pBaseline.toFixed(4)} against the baselines and ${pReference.toFixed(4)} against the reference, and both must be below ${level}.`;
}

interface Served {
  readonly serves: StepServer;
  readonly reason: string;
}

function serverOf({ recipe, steps }: StepContest, step: number): Served {
  const contested = steps.find((one) => one.step === step);
  if (contested === undefined) return betweenSteps(steps, step, recipe.candidate);
  const { pick } = contested;
  const blocks = Math.floor(testedOrigins(contested) / step);
  if (blocks < blocksMin)
    return { serves: "baseline", reason: `${blocks} blocks of ${step} origins, and ${blocksMin} are needed.` };
  const text = `over ${contested.origins.length} rolling origins the error is`;
  if (pick === "baseline") {
    const best = Math.min(...(["pooled", "own"] as const).map((kind) => errorOf(contested, kind)));
    const learned = Number.isFinite(best) ? `, and ${short(best)} of the best learner` : "";
    return { serves: pick, reason: `The baseline: ${text} ${short(errorOf(contested, "baseline"))}${learned}.` };
  }
  const name = `${recipe.candidate}, ${pick === "pooled" ? "one model for all steps" : "a model of this step"}`;
  return {
    serves: pick,
    reason: `${name}: ${text} ${short(errorOf(contested, pick))}, and ${short(errorOf(contested, "baseline"))} of the baseline.`,
  };
}

/** A step between two contested steps is served by the model of all steps, if that is better than the baseline at both. */
function betweenSteps(steps: readonly ContestedStep[], step: number, candidate: string): Served {
  const before = steps.filter((one) => one.step < step).at(-1);
  const after = steps.find((one) => one.step > step);
  const isBetter = (one: ContestedStep | undefined) =>
    one !== undefined && errorOf(one, "pooled") < errorOf(one, "baseline");
  const around = `the steps ${before?.step ?? "–"} and ${after?.step ?? "–"} around it`;
  if (isBetter(before) && isBetter(after))
    return {
      serves: "pooled",
      reason: `${candidate}, one model for all steps: better than the baseline at ${around}.`,
    };
  return { serves: "baseline", reason: `The baseline: the model of all steps is not better at ${around}.` };
}

function errorOf({ losses }: ContestedStep, name: string): number {
  const own = losses.get(name);
  return own === undefined ? Number.POSITIVE_INFINITY : mean(own);
}

function testedOrigins({ picks }: ContestedStep): number {
  return picks.filter((pick) => pick !== null).length;
}

function short(error: number): string {
  return error.toPrecision(4);
}

/** Returns the kind of learner of each step that a learner serves. */
export function learnedKinds({ steps }: Pick<FurtherSteps, "steps">): Map<number, LearnerKind> {
  return new Map(steps.flatMap(({ step, serves }) => (serves === "baseline" ? [] : [[step, serves]])));
}
