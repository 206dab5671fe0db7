/** Requests and answers in the form of an original service that Almanac replaces. */
import { z } from "zod";
import { integerField } from "./paging.ts";

export const pastPredictionQueryShape = z.object({
  year: integerField(1000, 9999).describe("Year of the predicted month"),
  month: integerField(1, 12).describe("1 to 12"),
});

export const pastPredictionShape = z
  .object({
    prediction: z.number(),
    period: z.string(),
    record: z
      .enum(["published", "backfill"])
      .describe("Published before the month, or predicted later by a model that was fitted to earlier months only"),
    published_at: z.string().optional().describe("Only if it was published"),
    trained_to: z.string().optional().describe("Only for a backfill: the last month of the model's training data"),
    version: z.string(),
  })
  .meta({ id: "PastPrediction" });
export type PastPrediction = z.infer<typeof pastPredictionShape>;

export const onlinePredictionRequestShape = z
  .object({
    data: z.record(z.string(), z.array(z.number())).describe("The newest three values of columns, oldest first"),
  })
  .meta({ id: "OnlinePredictionRequest" });

export const onlinePredictionShape = z
  .object({ prediction: z.number(), period: z.string(), hypothetical: z.literal(true), version: z.string() })
  .meta({ id: "OnlinePrediction" });
export type OnlinePrediction = z.infer<typeof onlinePredictionShape>;
