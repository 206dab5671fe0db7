/** The steps after the first in a card: what serves each and why, and the file `steps.onnx` if a learner serves any. */
import { z } from "zod";
import { goldenShape } from "./golden-shape.ts";
import { recipeShape } from "./recipe-shape.ts";

const finite = z.number();
const count = z.int().min(0);
const step = z.int().min(1);

/** A learner that serves at least one step. */
const stepLearnerShape = z.object({
  recipe: recipeShape,
  model: z.object({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(1), nodes: count, trees: count }),
  /** The inputs of the file: features, computed for the target of the step, and the number of periods ahead. */
  features: z.array(z.object({ name: z.string(), dtype: z.enum(["float", "string"]) })),
  /** For distributions around a point: equally probable errors of each step divided by their scale, ascending. */
  shapes: z.array(z.object({ step, shape: z.array(finite).min(1) })),
  golden: goldenShape,
  /** Last period whose targets it was fitted to. In cards of earlier versions it is that of the model. */
  trainedTo: z.string().exactOptional(),
});
export type StepLearner = z.infer<typeof stepLearnerShape>;

export const furtherStepsShape = z.object({
  /** The test of what was chosen at the headline steps after the first; null if nothing was tested. */
  gate: z
    .object({
      steps: z.array(step),
      origins: count,
      blocks: count,
      skill: finite,
      pBaseline: finite.nullable(),
      pReference: finite.nullable(),
    })
    .nullable(),
  /** `pooled`: one model for all steps; `own`: a model of this step. */
  steps: z.array(z.object({ step, serves: z.enum(["baseline", "pooled", "own"]), reason: z.string() })),
  learner: stepLearnerShape.nullable(),
});
export type FurtherSteps = z.infer<typeof furtherStepsShape>;

/** What `predict` needs of a learner. `steps`: those that it serves. */
export const servedLearnerShape = stepLearnerShape.pick({ features: true, shapes: true, golden: true }).extend({
  candidate: z.string(),
  model: stepLearnerShape.shape.model.pick({ sha256: true, bytes: true }),
  steps: z.array(step),
});
export type ServedLearner = z.infer<typeof servedLearnerShape>;

/** Returns the served part of a learner; null if the baselines serve all steps. */
export function servedLearnerOf(further: FurtherSteps | null): ServedLearner | null {
  const learner = further?.learner ?? null;
  if (further === null || learner === null) return null;
  const { recipe, model, features, shapes, golden } = learner;
  const steps = further.steps.flatMap(({ step, serves }) => (serves === "baseline" ? [] : [step]));
  return { candidate: recipe.candidate, model, features, shapes, golden, steps };
}
