/** The backfill of a version: predictions of past periods, each by a model that was fitted to earlier periods only. */
import { z } from "zod";

export const backfillShape = z.array(
  z.object({
    /** The predicted period. */
    period: z.string().min(4),
    /** In the target's unit, in published digits. Of an event its probability. */
    prediction: z.number(),
    /** The last period of the training data of the model. */
    trainedTo: z.string().min(4),
  }),
);
export type Backfill = z.infer<typeof backfillShape>;
