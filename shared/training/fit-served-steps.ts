import type { StepModels } from "../candidates/step-models.ts";
import type { StepJob, StepPool } from "./step-job.ts";
import type { LearnerKind, StepContestTask } from "./step-learners.ts";

/** Returns the job that fits the learner of a step, or with null of all steps, to all rows. */
export function servedJob(
  { rows, recipe, seed }: Pick<StepContestTask, "rows" | "recipe" | "seed">,
  step: number | null,
): StepJob {
  return { recipe, step, known: rows.data.periods.length - 1, origins: null, seed, wantsModel: true };
}

/** Fits the learners that serve to all rows: the pooled model if it serves any step, and the own models of their steps. */
export async function fitServedSteps(
  task: Pick<StepContestTask, "rows" | "recipe" | "seed">,
  kinds: ReadonlyMap<number, LearnerKind>,
  pool: StepPool,
): Promise<StepModels | null> {
  const steps = new Set([...kinds].map(([step, kind]) => (kind === "pooled" ? null : step)));
  const fits = await Promise.all(
    [...steps].map(async (step) => {
      const fit = await pool.run(servedJob(task, step));
      return fit.ok && fit.value.model !== null ? { step, model: fit.value.model } : null;
    }),
  );
  const models = fits.filter((fit) => fit !== null);
  return models.length === fits.length ? models : null;
}
