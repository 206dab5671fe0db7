/**
 * The card: everything a person or a Worker must know about one model file. It is JSON beside `model.onnx`, immutable like it.
 *
 * A card is written by the trainer and read at every boundary by this one schema. Numbers that are not known are null,
 * never left out, so that a reader sees what nobody measured.
 */
import { z } from "zod";
import { profileShape } from "../drift/profile.ts";
import { fingerprintPattern } from "../forecasts/fingerprint.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const period = z.string().min(4);
const finite = z.number();
const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** The first and last period of something, and how much lies between. */
export const spanShape = z.object({ from: period, to: period, periods: count, rows: count });
export type Span = z.infer<typeof spanShape>;

/**
 * What is judged: a candidate, its parameters and the features it reads. Its `id` is a hash of the three, so that
 * "the same recipe on newer data" can be told from another recipe.
 */
export const recipeShape = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  candidate: z.string().min(1),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])),
  /** Fingerprint of the features' definitions and code. */
  features: z.string().regex(fingerprintPattern),
});
export type Recipe = z.infer<typeof recipeShape>;

/** What a classification's probabilities are worth. */
export const classificationShape = z.object({
  /** Null for who did not stand on validation. */
  validationBrier: share.nullable(),
  /** Mean squared error of the probability: what the choice and the gate are made by. */
  brier: share,
  logLoss: finite,
  /** Null where only one class came. */
  auc: share.nullable(),
  /** At `threshold`. */
  balancedAccuracy: share,
  /** From this probability on the event is named; chosen on validation for balanced accuracy, 0.5 for who did not stand there. */
  threshold: share,
  /** Expected calibration error, over 5 bins of equal width. */
  calibrationError: share,
});

/** One bin of a reliability diagram: probabilities in (low, high], the first bin with 0. */
export const calibrationBinShape = z.object({
  low: share,
  high: share,
  count,
  /** What was said, on average. */
  forecast: share,
  /** The share of events that came. */
  observed: share,
});

/** How a probability becomes an answer. */
export const decisionShape = z.object({
  /** What 1 and 0 are called. */
  labels: z.object({ event: z.string(), otherwise: z.string() }),
  /** From this probability on it is the event. */
  threshold: share,
  /** The naive forecast's probability after a last state of 0 and of 1, on the same data. */
  naive: z.object({ candidate: z.string(), after: z.tuple([share, share]) }),
});
export type Decision = z.infer<typeof decisionShape>;

/** One line of the leaderboard. Errors in the forecast's unit, on the same rows for everyone. */
export const contenderShape = z.object({
  name: z.string(),
  candidate: z.string(),
  recipe: z.string().nullable(),
  /** Error on the validation folds, which the choice was made by; null for who did not stand there. */
  validationRmse: finite.nullable(),
  rmse: finite,
  mae: finite,
  /** 1 − error ÷ error of naive, on the test window. */
  skill: finite.nullable(),
  /** One-sided Diebold–Mariano against naive, periods as the sample; null for naive itself. */
  pValue: share.nullable(),
  coverage80: share.nullable(),
  coverage95: share.nullable(),
  /** Fitting and predicting, all folds together. */
  seconds: finite,
  /** Why it could not take part, or what limits it; null where nothing is to be said. */
  note: z.string().nullable(),
  /** Null for a regression, whose cards may lack it. */
  classification: classificationShape.nullable().default(null),
});
export type Contender = z.infer<typeof contenderShape>;

/**
 * Mean loss (squared error, or Brier score) of each period of the test window, on the same rows for everyone: what the
 * gate decides by. All lists are as long as `periods`, oldest first.
 */
export const evidenceShape = z
  .object({
    periods: z.array(period),
    rows: z.array(count),
    horizon: z.int().min(1),
    challenger: z.array(finite),
    naive: z.array(finite),
    /** Null where no model serves yet. */
    incumbent: z.array(finite).nullable(),
  })
  .refine(
    ({ periods, rows, challenger, naive, incumbent }) =>
      [rows, challenger, naive, incumbent ?? challenger].every((list) => list.length === periods.length),
    "expected one number a period in every list",
  );
export type Evidence = z.infer<typeof evidenceShape>;

export const changeMetricsShape = z.object({
  /** What the graph returns: the boosted classification, or each series' own frequency of change. */
  source: z.enum(["model", "frequency", "incumbent"]),
  auc: share.nullable(),
  brier: share,
  /** Always saying the training rows' share of changes. */
  brierBase: share,
  /** Saying each series' own frequency so far. */
  brierFrequency: share,
  validationBrier: share,
  validationBrierFrequency: share,
});

/**
 * At one level, from rolling-origin residuals: prediction ± halfWidth; where `intervalsHoldLast`, from the lower of
 * prediction and last value − halfWidth to the higher of the two + halfWidth. See `shared/stats/conformal.ts`. */
export const intervalShape = z.object({
  level: share,
  halfWidth: finite.nullable(),
  atomShare: share,
  atom: z.boolean(),
  zeroWidth: z.boolean(),
});

const definitionShape = z.record(z.string(), z.unknown());

export const cardFeatureShape = z.discriminatedUnion("dtype", [
  z.object({ name: z.string(), dtype: z.literal("float"), definition: definitionShape }),
  z.object({
    name: z.string(),
    dtype: z.literal("string"),
    definition: definitionShape,
    /** What the model was trained on, sorted; anything else is unknown to it. */
    categories: z.array(z.string()),
  }),
]);
export type CardFeature = z.infer<typeof cardFeatureShape>;

/** Inputs and what the file answers, so that a Worker can check its engine before it serves. One entry a row everywhere. */
export const goldenShape = z.object({
  /** Null is a missing value (NaN, or the empty string for a category). */
  inputs: z.record(z.string(), z.array(z.union([z.number(), z.string(), z.null()]))),
  outputs: z.record(z.string(), z.array(finite)),
  /** Largest relative difference that is no error: 0 for sums of trees, which are exact. */
  tolerance: z.number().min(0),
});
export type Golden = z.infer<typeof goldenShape>;

export const cardShape = z
  .object({
    format: z.literal(1),
    forecast: z.string().min(1),
    version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/),
    title: z.string(),
    task: z.enum(["regression", "classification"]),
    unit: z.string(),
    /** What the answer is called in a response. */
    output: z.string(),
    /** Periods ahead. */
    horizon: z.int().min(1),
    /** What is fitted: the value, its difference from the last one, or the difference of logarithms. */
    transform: z.enum(["level", "difference", "log-difference"]),
    recipe: recipeShape,
    /** Where the file was made: `almanac`, or the name of the tool whose file was imported. */
    producer: z.string(),
    model: z.object({ sha256, bytes: z.int().min(1), nodes: count, trees: count }),
    features: z.array(cardFeatureShape),
    /** Hash of the features' definitions and of the version of the code that computes them. */
    fingerprint: z.string().regex(fingerprintPattern),
    lineage: z.object({
      /** The feed of the target. */
      feed: z.string(),
      variable: z.string(),
      /** All feeds, the target's among them; cards of one feed may lack it. */
      sources: z.array(z.object({ feed: z.string(), variables: z.array(z.string()), lag: count })).optional(),
      observations: count,
      /** SHA-256 of the observations, sorted. */
      dataHash: sha256,
      codeVersion: z.string(),
      seed: z.int(),
      trials: count,
    }),
    /** The fit that was judged, on data before the test window … */
    judged: z.object({
      validation: spanShape,
      test: spanShape,
      contenders: z.array(contenderShape),
      evidence: evidenceShape,
      /** The naive forecast that everyone is held against: its candidate. */
      naive: z.string().default("naive"),
      change: changeMetricsShape.nullable(),
      /** Of a classification: what it said and what came on the test window; null elsewhere. */
      calibration: z.array(calibrationBinShape).nullable().default(null),
      /** Version that served when this was judged; null at first. */
      incumbent: z.string().nullable(),
      /** What the trainer says of it, in words. */
      reason: z.string(),
    }),
    /** … and the fit that is published: the same recipe on all data. */
    published: spanShape,
    /** Of a classification; null elsewhere. */
    decision: decisionShape.nullable().default(null),
    intervals: z.array(intervalShape),
    /** Intervals reach from the half-width around the prediction to the last value, where that lies further out. */
    intervalsHoldLast: z.boolean(),
    /** Share of rows whose value did not move, over all rolling-origin rows; null where the forecast does not ask. */
    unchangedShare: share.nullable(),
    profile: z.array(profileShape),
    golden: goldenShape,
  })
  .meta({ id: "Card" });
export type Card = z.infer<typeof cardShape>;
