import { z } from "zod";
import { fingerprintPattern } from "../forecasts/fingerprint.ts";

/**
 * A recipe: a candidate, its parameters and the features that it reads. Its `id` is a hash of them, so that a refresh (the
 * same recipe on newer data) can be distinguished from a replacement.
 */
export const recipeShape = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  candidate: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  /** Fingerprint of the features' definitions and code. */
  features: z.string().regex(fingerprintPattern),
});
export type Recipe = z.infer<typeof recipeShape>;
