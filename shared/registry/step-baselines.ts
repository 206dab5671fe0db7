/** The baselines of the steps in a card: what serving needs beside the history to predict every step. */
import { z } from "zod";

const weight = z.number().min(0);
const periods = z.int().min(1);

const pointShape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("persistence") }),
  z.object({ kind: z.literal("drift"), window: periods, scope: z.enum(["series", "group", "all"]) }),
  z.object({ kind: z.literal("seasonal"), periods }),
  z.object({ kind: z.literal("seasonal-growth"), periods, seasons: periods }),
  z.object({ kind: z.literal("base-rate") }),
  z.object({ kind: z.literal("state-frequency") }),
  z.object({ kind: z.literal("recent-share") }),
]);

const spreadShape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("changes"), weights: z.object({ chances: weight, sizes: weight, group: weight }) }),
  z.object({
    kind: z.literal("location-scale"),
    shape: z.array(z.number()).min(1),
    scale: z.literal("point").optional(),
  }),
  z.object({ kind: z.literal("probability"), after: z.tuple([z.number(), z.number()]).nullable() }),
]);

/** The baselines of the single series (`series`) and of each group rule by its name. */
export const stepBaselinesShape = z.array(
  z.object({
    of: z.string(),
    steps: z.array(z.object({ step: periods, point: pointShape, spread: spreadShape })),
  }),
);
export type StepBaselines = z.infer<typeof stepBaselinesShape>;
