/** Compares the contenders of each step over all rolling origins. */
import { blockMeans } from "../stats/block-means.ts";
import { dieboldMariano } from "../stats/diebold-mariano.ts";
import { mean } from "../stats/mean.ts";
import { at } from "../stats/numbers.ts";
import { skill } from "../stats/skill.ts";
import type { ContestedStep, StepContest } from "./step-learners.ts";
import type { TestScores } from "./test-rows.ts";

/** One contender at one step, over the tested rolling origins. */
export interface LearnerLine {
  /** `reference`, `baseline`, `pooled` or `own`. */
  readonly contender: string;
  readonly step: number;
  readonly origins: number;
  /** Mean over the origins: the CRPS in the target's unit, or the Brier score of a classification. */
  readonly error: number;
  /** Against the baseline. */
  readonly skill: number | null;
  /** One-sided p against the baseline, from means of blocks of as many origins as the step; null for the baseline. */
  readonly pValue: number | null;
  readonly test: TestScores | null;
}

/** Returns a line per contender and step. */
export function learnerLines({ steps }: Pick<StepContest, "steps">): LearnerLine[] {
  return steps.flatMap((step) => [...step.losses.keys()].map((name) => lineOf(step, name)));
}

function lineOf({ step, losses, picks, scores }: ContestedStep, contender: string): LearnerLine {
  const tested = [...picks.keys()].filter((i) => picks[i] !== null);
  const lossesOf = (name: string) => tested.map((i) => losses.get(name)?.[i] ?? Number.NaN);
  const [own, baseline] = [lossesOf(contender), lossesOf("baseline")];
  const blocks = blockMeans(
    own.map((loss, i) => at(baseline, i) - loss),
    step,
  );
  const isBaseline = contender === "baseline";
  return {
    contender,
    step,
    origins: tested.length,
    error: mean(own),
    skill: isBaseline ? null : skill(mean(own), mean(baseline)),
    pValue: isBaseline || blocks.length < 2 ? null : dieboldMariano(blocks).pValue,
    test: scores?.get(contender) ?? null,
  };
}
