/** Requests and answers of `/predict`: one contract for the Worker, its callers and the tests. */
import { z } from "zod";
import { instancesMax } from "./predict-limits.ts";
import { problemShape } from "./problem-shape.ts";

/** One instance: fields by name. The forecast and its model say which fields there are. */
export const instanceShape = z
  .record(z.string(), z.unknown())
  .describe("Dimensions, target period and features by name; what is left out comes from the history");
export type Instance = z.infer<typeof instanceShape>;

/** `{"instances": […]}`, `{"all": true}`, or one instance. */
export const predictRequestShape = z
  .union([
    z.strictObject({ instances: z.array(instanceShape).min(1).max(instancesMax) }),
    z.strictObject({
      all: z.literal(true).describe("Every series that has a last value"),
      from: z.int().min(0).optional().describe("`next_from` of the answer before"),
    }),
    instanceShape,
  ])
  .meta({ id: "PredictRequest", examples: [{ all: true }] });
export type PredictBody = z.infer<typeof predictRequestShape>;

const flag = z.enum(["true", "false"]).optional();

export const predictOptionsShape = z.object({
  partial: flag.describe("`true`: an instance that cannot be answered fails alone, in its place"),
  explain: flag.describe("`true`: what each feature contributes to each prediction"),
});

/** Options, and the fields of one instance beside them. */
export const predictQueryShape = predictOptionsShape.catchall(z.string());

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
export const failedPredictionShape = z.object({ index: z.number(), error: problemShape });

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

export const batchAnswerShape = headShape
  .extend({
    predictions: z.array(z.union([failedPredictionShape, predictionShape])),
    next_from: z
      .number()
      .nullable()
      .optional()
      .describe("Of a request for all series: `from` of the next request, null in the last answer"),
  })
  .meta({ id: "PredictionBatch" });
export type BatchAnswer = z.infer<typeof batchAnswerShape>;
export const singleAnswerShape = z
  .looseObject({ ...headShape.shape, ...predictionShape.shape, target_period: z.string() })
  .meta({ id: "SinglePrediction" });
export type SingleAnswer = z.infer<typeof singleAnswerShape>;

/** A batch, or one instance flat. A batch is tried first: a single answer allows any member. */
export const predictAnswerShape = z.union([batchAnswerShape, singleAnswerShape]);
