/** Requests and answers of `/predict`: one truth for the Worker, whoever asks it, and the tests. */
import { z } from "zod";

/** One instance: fields by name. Which fields there are is up to the forecast and its model. */
export type Instance = Record<string, unknown>;

const number = z.number().nullable();
const interval = z.tuple([z.number(), z.number()]).nullable();

export const modelNameShape = z.object({
  version: z.string(),
  /** The contender's name on the leaderboard. */
  name: z.string(),
  stage: z.literal("champion"),
});

/** One answered instance; the prediction itself stands under the name that the forecast gives it. */
export const predictionShape = z.looseObject({
  series: z.record(z.string(), z.string()),
  unit: z.string(),
  interval80: interval.optional(),
  interval95: interval.optional(),
  /** Where an interval has no width: how often that was right. Where none is known: what is missing, or too old. */
  interval_note: z.string().optional(),
  /** Where the forecast asks whether the value changes at all. */
  change_probability: number.optional(),
  /** Of a classification: what the probability is called, and from which one on it is the event. */
  label: z.string().nullable().optional(),
  threshold: z.number().optional(),
  /** What it would be if nothing changed; of a classification the probability that the naive forecast gives. */
  naive: number,
  last: z.object({ period: z.string(), value: z.number() }).nullable(),
  features: z.record(z.string(), z.union([z.number(), z.string()]).nullable()),
  /** With `?explain=true`: prediction = base + Σ contributions. */
  explanation: z
    .object({
      /** What would be said if nothing were known but what the prediction starts from (the last value, say). */
      base: z.number(),
      /** One a feature, in the forecast's unit. */
      contributions: z.record(z.string(), z.number()),
      /** False where the model multiplies what it learned: then the contributions are shares that add up. */
      exact: z.boolean(),
    })
    .optional(),
  /** It answers "what if", for another period or a series without history, from given features alone. */
  hypothetical: z.literal(true).optional(),
  target_period: z.string().optional(),
});
export type Prediction = z.infer<typeof predictionShape>;

/** In a batch with `?partial=true`, an instance that could not be answered, in its place. */
export const failedPredictionShape = z.object({ index: z.number(), error: z.looseObject({ detail: z.string() }) });

export const headShape = z.object({
  forecast: z.string(),
  model: modelNameShape,
  target_period: z.string(),
  /** True where the newest snapshot could not be read, and an earlier one answers. */
  stale: z.boolean(),
  /** The last period of the history that it was computed from. */
  data_as_of: z.string(),
});
export type Head = z.infer<typeof headShape>;

export const batchAnswerShape = headShape.extend({
  predictions: z.array(z.union([failedPredictionShape, predictionShape])),
  /** Where all series were asked for: `from` of the next request, null where this answer holds the last ones. */
  next_from: z.number().nullable().optional(),
});
export type BatchAnswer = z.infer<typeof batchAnswerShape>;
export const singleAnswerShape = z.looseObject({
  ...headShape.shape,
  ...predictionShape.shape,
  target_period: z.string(),
});
export type SingleAnswer = z.infer<typeof singleAnswerShape>;
