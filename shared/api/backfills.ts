/** Answer of `GET /forecasts/:forecast/backfill`. */
import { z } from "zod";
import { backfillShape } from "../registry/backfill.ts";

export const backfillAnswerShape = z
  .object({
    forecast: z.string(),
    version: z.string().describe("The champion, whose recipe predicted"),
    unit: z.string(),
    predictions: backfillShape.describe("Oldest first. Every model was fitted to periods up to `trainedTo` only"),
  })
  .meta({ id: "Backfill" });
export type BackfillAnswer = z.infer<typeof backfillAnswerShape>;
