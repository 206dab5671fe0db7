import { z } from "zod";

/** Inputs and expected outputs, with which a Worker checks its engine before a model serves. Every list of inputs has one entry per row. */
export const goldenShape = z.object({
  /** Null is a missing value (NaN, or the empty string for a category). */
  inputs: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.null()]))),
  /** Row by row: an output [N, M] has M numbers per row. */
  outputs: z.record(z.string(), z.array(z.number())),
  /** Maximum accepted relative difference: 0 for sums of trees, which are exact. */
  tolerance: z.number().min(0),
});
export type Golden = z.infer<typeof goldenShape>;
