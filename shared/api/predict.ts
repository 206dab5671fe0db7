/** Schemas of `/predict`: one contract for the Worker, its callers and the tests. */
import { z } from "zod";
import { instancesMax } from "./predict-limits.ts";
import { problemShape } from "./problem-shape.ts";

/** One instance: fields by name. The forecast and its model define the fields. */
const instanceShape = z
  .record(z.string(), z.unknown())
  .describe("Dimensions, target period and features by name. Missing features are computed from the history");
export type Instance = z.infer<typeof instanceShape>;

const above = z
  .number()
  .optional()
  .describe("Adds the probability of a value above this one to each prediction. An instance may have its own `above`");

/** `{"instances": […]}`, `{"all": true}`, or one instance. */
export const predictRequestShape = z
  .union([
    z.strictObject({ instances: z.array(instanceShape).min(1).max(instancesMax), above }),
    z.strictObject({
      all: z.literal(true).describe("Predicts every series that has a last value"),
      from: z.int().min(0).optional().describe("`next_from` of the previous answer"),
      above,
    }),
    instanceShape,
  ])
  .meta({ id: "PredictRequest", examples: [{ all: true }] });

const flag = z.enum(["true", "false"]).optional();

export const predictOptionsShape = z.object({
  partial: flag.describe(
    "`true`: an instance that cannot be answered gets an error in its place. By default the whole request fails",
  ),
  explain: flag.describe("`true`: adds the contribution of each feature to each prediction"),
  features: flag.describe("`true`: adds the values of the features to each prediction"),
  above: z
    .string()
    .optional()
    .describe("A value in the forecast's unit: adds the probability of a value above it to each prediction"),
  steps: z
    .string()
    .optional()
    .describe(
      "Number of periods ahead, as in `12`: adds a `path` with one distribution for each step. One instance only",
    ),
  until: z.string().optional().describe("Instead of `steps`: the last day of the path, as in `2026-12-31`"),
  group: z
    .string()
    .optional()
    .describe(
      "Name of a group rule: answers the mean of a group. Needed only for a rule without dimensions, as in `nation`",
    ),
});

/** Options of the protocols for raw features. */
export const rawFeaturesOptionsShape = z.object({
  partial: flag.describe(
    "`true`: a row that cannot be answered gets null in its place, and the answer names it. By default the whole request fails",
  ),
});

/** Options, and the fields of one instance beside them. */
export const predictQueryShape = predictOptionsShape.catchall(z.string());

const number = z.number().nullable();
const probability = z.number().min(0).max(1);
const interval = z
  .tuple([z.number(), z.number()])
  .nullable()
  .describe("Lower and upper end, in `unit`; null if there is no interval. `interval_note` has the reason");

const modelNameShape = z.object({
  version: z.string(),
  /** Name of the contender on the leaderboard. */
  name: z.string(),
  stage: z
    .enum(["champion", "fallback"])
    .describe("`fallback`: the champion cannot be loaded, and this version serves in its place until it can"),
  since: z.string().optional().describe("Time from which the champion serves"),
  decision: z.string().optional().describe("Why this version serves, in one sentence"),
});

/** One answered instance. The prediction is a member under the output name of the forecast. */
const predictionShape = z.looseObject({
  series: z.record(z.string(), z.string()),
  unit: z.string(),
  expected: number
    .optional()
    .describe("The mean of the distribution, in `unit`. The prediction under the forecast's output name is the median"),
  interval50: interval.optional(),
  interval80: interval.optional(),
  interval90: interval.optional(),
  interval95: interval.optional(),
  interval_note: z.string().optional().describe("Why an interval has no width, or why there are no intervals"),
  probabilities: z
    .object({ down: probability, same: probability, up: probability })
    .nullable()
    .optional()
    .describe("The probabilities of a value below, at and above the last one, compared in the published digits"),
  quantiles: z
    .record(z.string(), z.number())
    .nullable()
    .optional()
    .describe("Values in `unit` by their level: `0.025`, `0.05`, `0.1`, `0.25`, `0.5`, `0.75`, `0.9`, `0.95`, `0.975`"),
  above: z
    .object({
      value: z.number(),
      probability: probability.nullable(),
      note: z.string().optional().describe("Why the probability is null"),
    })
    .optional()
    .describe("Only if the request has `above`: the probability of a value above it"),
  change_probability: number
    .optional()
    .describe("Only if the forecast predicts whether the value changes: the probability that it does"),
  /** For a classification: the predicted label, and the probability from which it is the event. */
  label: z.string().nullable().optional(),
  threshold: z.number().optional(),
  /** The baseline: the prediction if nothing changes, or for a classification the baseline's probability. */
  naive: number,
  last: z.object({ period: z.string(), value: z.number() }).nullable(),
  /** Only with `?features=true`, because they are two thirds of an answer. */
  features: z.record(z.string(), z.union([z.number(), z.string()]).nullable()).optional(),
  /** With `?explain=true`: base + Σ contributions is the mean, or the prediction of a model without a distribution. */
  explanation: z
    .object({
      of: z.string().optional().describe("The member of the answer that base and contributions add up to"),
      /** The number without any feature: only its starting point, such as the last value. */
      base: z.number(),
      /** One per feature, in the unit of the target. */
      contributions: z.record(z.string(), z.number()),
      /** False for multiplicative models: their contributions are shares that add up to the prediction. */
      exact: z.boolean(),
    })
    .optional(),
  /** True if the answer is for another period, or for a series without history, from the caller's features only. */
  hypothetical: z.literal(true).optional(),
  target_period: z.string().optional(),
});
export type Prediction = z.infer<typeof predictionShape>;
export type FeatureValues = NonNullable<Prediction["features"]>;
/** A prediction as it is computed and recorded. An answer can omit the features. */
export type PredictionWithFeatures = Prediction & { readonly features: FeatureValues };

/** An instance of a batch with `?partial=true` that could not be answered. */
const failedPredictionShape = z.object({ index: z.number(), error: problemShape });

export const headShape = z.object({
  forecast: z.string(),
  model: modelNameShape,
  target_period: z.string(),
  stale: z
    .boolean()
    .describe("True if newer data or a newer model could not be read, or if the data ended long ago by the schedule"),
  stale_reason: z.string().optional().describe("Why the answer is stale"),
  /** Last period of the history from which the answer was computed. */
  data_as_of: z.string(),
});
export type Head = z.infer<typeof headShape>;

/** One step of a path. The prediction is a member under the output name of the forecast. */
export const pathStepShape = z.looseObject({
  step: z.int().min(1).describe("Number of periods ahead"),
  target_period: z.string().describe("Expected by the schedule; a publication may come on another day"),
  ...predictionShape.pick({
    expected: true,
    interval50: true,
    interval80: true,
    interval90: true,
    interval95: true,
    interval_note: true,
    probabilities: true,
    quantiles: true,
    above: true,
  }).shape,
  served_by: z
    .string()
    .describe(
      "The name of the model for step 1; for each further step the learner, such as `changes`, or the baseline, such as `drift`",
    ),
});
export type PathStep = z.infer<typeof pathStepShape>;

const path = z
  .array(pathStepShape)
  .optional()
  .describe(
    "With `steps` or `until`: one entry for each step of the forecast, the first one with the numbers of the answer",
  );

export const batchAnswerShape = headShape
  .extend({
    predictions: z.array(z.union([failedPredictionShape, predictionShape])),
    next_from: z
      .number()
      .nullable()
      .optional()
      .describe("For a request for all series: `from` of the next request, or null in the last answer"),
  })
  .meta({ id: "PredictionBatch" });
export type BatchAnswer = z.infer<typeof batchAnswerShape>;
export const singleAnswerShape = z
  .looseObject({
    ...headShape.shape,
    ...predictionShape.shape,
    target_period: z.string(),
    path,
    group: z.string().optional().describe("For a group of series: the name of its rule"),
    series_count: z.int().min(1).optional().describe("For a group: the number of series of which `last` is the mean"),
    served_by: z.string().optional().describe("For a group: the baseline that serves it"),
  })
  .meta({ id: "SinglePrediction" });
export type SingleAnswer = z.infer<typeof singleAnswerShape>;
/** The answer for a group of series. */
export type GroupAnswer = SingleAnswer & { readonly group: string; readonly series_count: number };

/** A batch or a single answer. The batch is tried first, because a single answer allows any member. */
export const predictAnswerShape = z.union([batchAnswerShape, singleAnswerShape]);
