import type { StepModels } from "../candidates/step-models.ts";
import type { StepPool } from "./step-job.ts";
import type { LearnerKind, StepContestTask } from "./step-learners.ts";

/** Fits the learners that serve to all rows: the pooled model if it serves any step, and the own models of their steps. */
export async function fitServedSteps(
  { rows, recipe, seed }: Pick<StepContestTask, "rows" | "recipe" | "seed">,
  kinds: ReadonlyMap<number, LearnerKind>,
  pool: StepPool,
): Promise<StepModels | null> {
  const steps = new Set([...kinds].map(([step, kind]) => (kind === "pooled" ? null : step)));
  const known = rows.data.periods.length - 1;
  const fits = await Promise.all(
    [...steps].map(async (step) => {
      const fit = await pool.run({ recipe, step, known, origins: null, seed, wantsModel: true });
      return fit.ok && fit.value.model !== null ? { step, model: fit.value.model } : null;
    }),
  );
  const models = fits.filter((fit) => fit !== null);
  return models.length === fits.length ? models : null;
}
