/** Queries and answers of `/forecasts/:forecast/predictions` and `/forecasts/:forecast/inputs`. */
import { z } from "zod";
import { nextField, pageFields } from "./paging.ts";
import { origins, protocols } from "./prediction-message.ts";

const number = z.number().nullable();

export const predictionsQueryShape = z.strictObject({
  series: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .describe("`Dimension=Value`; may be given more than once"),
  version: z.string().optional(),
  ...pageFields,
});

export const inputsQueryShape = z.strictObject({
  version: z.string().optional(),
  feature: z.string().optional(),
  ...pageFields,
});

export const storedPredictionShape = z
  .object({
    answer: z.string().describe("The same for all instances of one request"),
    position: z.number().describe("Of the instance in its request, from 0"),
    requestId: z.string().describe("`X-Request-Id` of the answer"),
    at: z.string().describe("ISO 8601, UTC"),
    forecast: z.string(),
    version: z.string(),
    number: z.number().describe("Of the change of champion that made the version serve"),
    protocol: z.enum(protocols),
    series: z.array(z.string()).nullable().describe("Values of the dimensions; null where the features do not say"),
    targetPeriod: z.string().nullable().describe("Null where raw features were sent"),
    prediction: number,
    intervals: z.record(z.string(), z.tuple([z.number(), z.number()]).nullable()),
    changeProbability: number,
    features: z.record(z.string(), z.union([z.number(), z.string()]).nullable()),
    given: z.array(z.string()).nullable().describe("Features that the caller set; null: all of them"),
    hypothetical: z.boolean(),
    origin: z.enum(origins).describe("Who asked; only callers are counted in `inputs`"),
  })
  .meta({ id: "StoredPrediction" });

export const predictionsPageShape = z
  .object({ forecast: z.string(), predictions: z.array(storedPredictionShape), next: nextField })
  .meta({ id: "PredictionsPage" });
export type PredictionsPage = z.infer<typeof predictionsPageShape>;

export const inputHourShape = z
  .object({
    version: z.string(),
    feature: z.string(),
    hour: z.string().describe("YYYY-MM-DDTHH, UTC"),
    hypothetical: z.boolean(),
    bin: z
      .string()
      .describe(
        "A number's: its position in `counts` of the card's profile, or `under`, `over`; a text's: `=` and the category, or `other`; `missing`",
      ),
    count: z.number(),
  })
  .meta({ id: "InputHour" });

export const inputsPageShape = z
  .object({ forecast: z.string(), inputs: z.array(inputHourShape), next: nextField })
  .meta({ id: "InputsPage" });
export type InputsPage = z.infer<typeof inputsPageShape>;
