/** The gate of further steps: may the learners serve them, tested over all further headline steps at once? */
import { combineSteps } from "../judging/step-losses.ts";
import { randomBitsOf } from "../models/random.ts";
import { blockMeans } from "../stats/block-means.ts";
import { blocksMin, testBlocks } from "../stats/block-tests.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import { type ContestedStep, pickedLosses, type StepContest } from "./step-learners.ts";

export interface StepGate {
  /** The headline steps after the first. Step 1 is served by the champion, which has its own test. */
  readonly steps: readonly number[];
  readonly origins: number;
  /** Number of blocks of as many origins as the longest of these steps. */
  readonly blocks: number;
  /** Share by which the chosen contenders' mean loss is below that of the baselines, each step in multiples of its baseline's. */
  readonly skill: number;
  /** One-sided p against the baselines, and against the last value or the base rate; null with fewer than six blocks. */
  readonly pBaseline: number | null;
  readonly pReference: number | null;
}

/** The same flips in every test. */
const flipSeed = 1;

/** Tests what was chosen before each stretch. Null without headline steps after the first. O(steps × origins). */
export function testSteps(
  headline: readonly number[],
  contest: Pick<StepContest, "steps" | "periods">,
): StepGate | null {
  const steps = contest.steps.filter(({ step }) => step > 1 && headline.includes(step));
  if (steps.length === 0) return null;
  const longest = Math.max(...steps.map(({ step }) => step));
  const against = (opponent: "reference" | "baseline") => testAgainst(contest, steps, { opponent, longest });
  const [baseline, reference] = [against("baseline"), against("reference")];
  return {
    steps: steps.map(({ step }) => step),
    origins: baseline.origins,
    blocks: baseline.blocks,
    skill: baseline.skill,
    pBaseline: baseline.p,
    pReference: reference.p,
  };
}

function testAgainst(
  contest: Pick<StepContest, "periods">,
  steps: readonly ContestedStep[],
  { opponent, longest }: { readonly opponent: "reference" | "baseline"; readonly longest: number },
) {
  const { losses, baseline } = combineSteps(steps.map((step) => pickedLosses(contest, step, opponent)));
  const advantages = losses.map((loss, i) => at(baseline, i) - loss);
  const blocks = blockMeans(advantages, longest);
  const [p = 1] = testBlocks([blocks], { randomBits: randomBitsOf(flipSeed) });
  const skill = losses.length === 0 ? 0 : 1 - mean(losses) / mean(baseline);
  return { origins: losses.length, blocks: blocks.length, skill, p: blocks.length < blocksMin ? null : p };
}
