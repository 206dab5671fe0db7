/** Queries and answers of `/forecasts/:forecast/predictions` and `/forecasts/:forecast/inputs`. */
import { z } from "zod";
import { nextField, pageFields } from "./paging.ts";
import { origins, protocols } from "./prediction-message.ts";

const number = z.number().nullable();

export const predictionsQueryShape = z.strictObject({
  series: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("`Dimension=Value`. May be repeated"),
  version: z.string().optional(),
  ...pageFields,
});

export const inputsQueryShape = z.strictObject({
  version: z.string().optional(),
  feature: z.string().optional(),
  ...pageFields,
});

/** A further step of an answer, as it is stored. */
const storedStepShape = z.object({
  step: z.number().describe("Number of periods ahead of the origin, from 2"),
  target: z.string().describe("The target period of the step"),
  prediction: number.describe("The median, or the probability of a classification"),
  intervals: z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()).describe("As in the answer"),
  probabilities: z
    .object({ down: z.number(), same: z.number(), up: z.number() })
    .nullable()
    .describe("Null for a classification, and without a distribution"),
  servedBy: z.string().describe("The learner or baseline that serves the step"),
});
export type StoredStep = z.infer<typeof storedStepShape>;

const storedPredictionShape = z
  .object({
    answer: z.string().describe("Id of the answer, the same for all instances of one request"),
    position: z.number().describe("Position of the instance in its request, from 0"),
    requestId: z.string().describe("`X-Request-Id` of the answer"),
    at: z.string().describe("ISO 8601, UTC"),
    forecast: z.string(),
    version: z.string(),
    number: z.number().describe("Number of the champion change since which the version serves"),
    protocol: z.enum(protocols),
    series: z
      .array(z.string())
      .nullable()
      .describe("Values of the dimensions; null if the features do not include them"),
    targetPeriod: z.string().nullable().describe("Null for raw features"),
    prediction: number,
    intervals: z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()),
    changeProbability: number,
    features: z.record(z.string(), z.union([z.number(), z.string()]).nullable()),
    given: z.array(z.string()).nullable().describe("Features that the caller set; null if the caller set all"),
    hypothetical: z.boolean(),
    origin: z.enum(origins).describe("Origin of the request. `inputs` counts only callers"),
    path: z
      .array(storedStepShape)
      .nullable()
      .describe(
        "The further steps of a request with `steps` or `until`, ascending from 2; else null. The row is step 1",
      ),
  })
  .meta({ id: "StoredPrediction" });

export const predictionsPageShape = z
  .object({ forecast: z.string(), predictions: z.array(storedPredictionShape), next: nextField })
  .meta({ id: "PredictionsPage" });
export type PredictionsPage = z.infer<typeof predictionsPageShape>;

const inputHourShape = z
  .object({
    version: z.string(),
    feature: z.string(),
    hour: z.string().describe("YYYY-MM-DDTHH, UTC"),
    hypothetical: z.boolean(),
    bin: z
      .string()
      .describe(
        "For a number: its position in `counts` of the card's profile, `under` or `over`. For a text: `=` and the category, or `other`. For both: `missing`",
      ),
    count: z.number(),
  })
  .meta({ id: "InputHour" });

export const inputsPageShape = z
  .object({ forecast: z.string(), inputs: z.array(inputHourShape), next: nextField })
  .meta({ id: "InputsPage" });
export type InputsPage = z.infer<typeof inputsPageShape>;
