/**
 * The card: the description of one model file, as JSON beside `model.onnx`. Both are immutable.
 *
 * The trainer writes a card, and every reader validates it with this schema. Numbers that were not measured are null
 * and never omitted.
 */
import { z } from "zod";
import { profileShape } from "../drift/profile.ts";
import { fingerprintPattern } from "../forecasts/fingerprint.ts";
import { backfillShape } from "./backfill.ts";
import { furtherStepsShape } from "./further-steps.ts";
import { goldenShape } from "./golden-shape.ts";
import { groupNames } from "./group-names.ts";
import { recipeShape } from "./recipe-shape.ts";
import { stepBaselinesShape } from "./step-baselines.ts";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const period = z.string().min(4);
const finite = z.number();
const share = z.number().min(0).max(1);
const count = z.int().min(0);

/** A range of periods, both ends included, with its number of periods and rows. */
export const spanShape = z.object({ from: period, to: period, periods: count, rows: count });
export type Span = z.infer<typeof spanShape>;

/** Scores of a classification. */
export const classificationShape = z.object({
  /** Null for a contender that was not scored on validation. */
  validationBrier: share.nullable(),
  /** Mean squared error of the probability. The selection and the gate use it. */
  brier: share,
  logLoss: finite,
  /** Null if the test window contains only one class. */
  auc: share.nullable(),
  /** At `threshold`. */
  balancedAccuracy: share,
  /**
   * The label is the event if the probability is at least this. Chosen on validation for balanced accuracy; 0.5 without
   * validation.
   */
  threshold: share,
  /** Expected calibration error, over 5 bins of equal width. */
  calibrationError: share,
});

/** One bin of a reliability diagram: probabilities in (low, high], the first bin with 0. */
export const calibrationBinShape = z.object({
  low: share,
  high: share,
  count,
  /** Mean predicted probability. */
  forecast: share,
  /** Observed share of events. */
  observed: share,
});

/** How a probability becomes a label. */
const decisionShape = z.object({
  /** Names of 1 and 0. */
  labels: z.object({ event: z.string(), otherwise: z.string() }),
  /** The label is the event if the probability is at least this. */
  threshold: share,
  /** Probability of the baseline after a last state of 0 and of 1, on the same data. */
  naive: z.object({ candidate: z.string(), after: z.tuple([share, share]) }),
});
export type Decision = z.infer<typeof decisionShape>;

const byLevel = z.record(z.string(), finite);

/** Scores of a contender's distributions on the test window: `DistributionScores` of shared/judging/step-scores.ts. */
const distributionScoresShape = z.object({
  form: z.enum(["changes", "location-scale", "symmetric"]),
  /** Null for a contender that was not scored on validation. */
  validationCrps: finite.nullable(),
  crps: finite,
  wis: finite,
  meanPinballLoss: finite,
  /** Of the mean; for `location-scale` and `symmetric` of the prediction. */
  rmse: finite,
  /** Of the median. */
  mae: finite,
  exact: share,
  /** By level in percent. */
  coverage: byLevel,
  fractionalCoverage: byLevel,
  width: byLevel,
  /** Scores of the probabilities of a fall, no change and a rise; null if the distribution does not define them. */
  probabilities: z.object({ logLoss: finite, brier: finite }).nullable(),
});

const levelCoverageShape = z.record(
  z.string(),
  z.object({ coverage: finite, tolerance: finite, isWithin: z.boolean() }),
);

/** Coverage on the test window in thirds of the series: `GroupCoverage` of shared/judging/group-coverage.ts. */
const groupCoverageShape = z.object({
  group: z.enum(groupNames),
  series: count,
  rows: count,
  /** By level in percent. */
  levels: levelCoverageShape,
  /** Of the size of a change, given its direction; null if there are too few changes to test it. */
  sizes: z.object({ rows: count, levels: levelCoverageShape }).nullable(),
});

/** One row of the leaderboard. Errors are in the unit of the target, on the same rows for all contenders. */
export const contenderShape = z.object({
  name: z.string(),
  candidate: z.string(),
  recipe: z.string().nullable(),
  /** Error on the validation folds, used for the selection; null if the contender was not scored there. */
  validationRmse: finite.nullable(),
  /** Error of the median period of validation, which a few outliers do not move. Cards of earlier versions omit it. */
  validationMedian: finite.nullable().default(null),
  rmse: finite,
  mae: finite,
  /** 1 − error ÷ error of the baseline, on the test window. */
  skill: finite.nullable(),
  /** One-sided Diebold–Mariano test against the baseline, with periods as the sample; null for the baseline itself. */
  pValue: share.nullable(),
  /**
   * The p of the gate: the larger one against baseline and champion, corrected for the number of contenders. Null for a
   * contender that the gate did not test.
   */
  gateP: share.nullable().default(null),
  coverage80: share.nullable(),
  coverage95: share.nullable(),
  /** Time of fitting and predicting, all folds together. */
  seconds: finite,
  /** Why the contender could not be fitted, or a limitation of it; else null. */
  note: z.string().nullable(),
  /** Null for a regression. Cards of a regression may omit it. */
  classification: classificationShape.nullable().default(null),
  /** Null for a classification, for a forecast without distributions, and in cards of earlier versions. */
  distribution: distributionScoresShape.nullable().default(null),
});
export type Contender = z.infer<typeof contenderShape>;

/**
 * Mean loss (squared error, CRPS or Brier score) of each period of the test window, on the same rows for all. The gate decides by
 * it. All lists are as long as `periods`, oldest first.
 */
export const evidenceShape = z
  .object({
    periods: z.array(period),
    rows: z.array(count),
    /** Number of periods ahead: as many neighbouring periods overlap. */
    horizon: z.int().min(1),
    challenger: z.array(finite),
    naive: z.array(finite),
    /** Null if there is no champion yet. */
    incumbent: z.array(finite).nullable(),
  })
  .refine(
    ({ periods, rows, challenger, naive, incumbent }) =>
      [rows, challenger, naive, incumbent ?? challenger].every((list) => list.length === periods.length),
    "expected one number per period in every list",
  );
export type Evidence = z.infer<typeof evidenceShape>;

/** A contender that the gate tests, with its loss in each period of the evidence. */
const fieldEntryShape = z.object({
  name: z.string(),
  candidate: z.string(),
  recipe: z.string(),
  /** What is lower on validation than the baseline's: the error, or only the error of the median period. */
  aheadBy: z.enum(["error", "median"]),
  losses: z.array(finite),
});
export type FieldEntry = z.infer<typeof fieldEntryShape>;

/** A test of contenders on the test window: its first and last period, and how often its level was halved. */
const lookShape = z.object({ from: period, to: period, halvings: count });

export const changeMetricsShape = z.object({
  /** Source of the graph's change probability: the boosted classification, or each series' own frequency of change. */
  source: z.enum(["model", "frequency", "incumbent"]),
  auc: share.nullable(),
  brier: share,
  /** Brier score of always predicting the training rows' share of changes. */
  brierBase: share,
  /** Brier score of predicting each series' own frequency so far. */
  brierFrequency: share,
  validationBrier: share,
  validationBrierFrequency: share,
});

/**
 * Interval of one level, from rolling-origin residuals: prediction ± halfWidth. With `intervalsHoldLast` it reaches from the
 * lower of prediction and last value − halfWidth to the higher of the two + halfWidth. See `shared/stats/conformal.ts`.
 */
const intervalShape = z.object({
  level: share,
  halfWidth: finite.nullable(),
  atomShare: share,
  atom: z.boolean(),
  zeroWidth: z.boolean(),
});

/** How the outputs of a row become its distribution: `DistributionForm` of shared/distributions/form.ts. */
const distributionShape = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("changes"), positive: z.boolean() }),
  z.object({
    kind: z.enum(["location-scale", "symmetric"]),
    positive: z.boolean(),
    /** The feature that is the scale of the errors; null for a scale of 1. */
    scaledBy: z.string().nullable(),
    /** Equally probable errors divided by their scale, ascending. */
    shape: z.array(finite).min(1),
  }),
]);

const breakShape = z.object({ feed: z.string(), from: period, variables: z.array(z.string()), note: z.string() });

const definitionShape = z.record(z.string(), z.unknown());

const cardFeatureShape = z.discriminatedUnion("dtype", [
  z.object({ name: z.string(), dtype: z.literal("float"), definition: definitionShape }),
  z.object({
    name: z.string(),
    dtype: z.literal("string"),
    definition: definitionShape,
    /** Categories of the training data, sorted. */
    categories: z.array(z.string()),
  }),
]);

export const cardShape = z
  .object({
    format: z.literal(1),
    forecast: z.string().min(1),
    version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$/),
    title: z.string(),
    task: z.enum(["regression", "classification"]),
    unit: z.string(),
    /** Name of the prediction in a response. */
    output: z.string(),
    /** Numbers of periods ahead. Older cards have none: they predict the next period. */
    steps: z.array(z.int().min(1)).min(1).default([1]),
    /** The baselines that serve the steps after the first, and groups of series at all steps. Older cards have none. */
    baselines: stepBaselinesShape.default([]),
    /** Predictions of past periods by this recipe. Not a part of the track record. Empty if the forecast declares none. */
    backfill: backfillShape.default([]),
    /** What serves each step after the first, and why. Null in older cards, whose baselines serve them all. */
    further: furtherStepsShape.nullable().default(null),
    /** The training target: the value, its difference from the last value, or the difference of logarithms. */
    transform: z.enum(["level", "difference", "log-difference"]),
    recipe: recipeShape,
    /** The tool that produced the file: `almanac`, or the tool of an imported file. */
    producer: z.string(),
    model: z.object({ sha256, bytes: z.int().min(1), nodes: count, trees: count }),
    features: z.array(cardFeatureShape),
    /** Hash of the features' definitions and of the version of the code that computes them. */
    fingerprint: z.string().regex(fingerprintPattern),
    lineage: z.object({
      /** The feed of the target. */
      feed: z.string(),
      variable: z.string(),
      /** All feeds, including the target's. Cards with one feed may omit it. */
      sources: z.array(z.object({ feed: z.string(), variables: z.array(z.string()), lag: count })).optional(),
      observations: count,
      /** The period from which observations are used, if the forecast trains only after a break; else omitted. */
      from: period.optional(),
      /** SHA-256 of the sorted observations. */
      dataHash: sha256,
      codeVersion: z.string(),
      seed: z.int(),
      trials: count,
    }),
    /** The judged fit, on data before the test window. */
    judged: z.object({
      validation: spanShape,
      test: spanShape,
      contenders: z.array(contenderShape),
      evidence: evidenceShape,
      /** All contenders that the gate tests with this model, the best on validation first; empty if it tests none. */
      field: z.array(fieldEntryShape).default([]),
      /** The look that the training made; null if it made none. */
      look: lookShape.nullable().default(null),
      /** What contenders are compared by. Null in cards of earlier versions, which compare the errors of points. */
      metric: z.enum(["rmse", "mae", "crps", "brier"]).nullable().default(null),
      /** Candidate of the baseline in all comparisons. */
      naive: z.string().default("naive"),
      change: changeMetricsShape.nullable(),
      /** Reliability diagram on the test window for a classification; else null. */
      calibration: z.array(calibrationBinShape).nullable().default(null),
      /** Coverage of the model's distributions by how often a series changes; empty without distributions. */
      groups: z.array(groupCoverageShape).default([]),
      /** The champion when the model was judged; null if there was none. */
      incumbent: z.string().nullable(),
      /** The trainer's explanation of the result, for people. */
      reason: z.string(),
    }),
    /** The published fit: the same recipe on all data. */
    published: spanShape,
    /** Changes of meaning inside the training data: since a period, these variables of a feed have another definition. */
    breaks: z.array(breakShape).default([]),
    /** Null for a regression. */
    decision: decisionShape.nullable().default(null),
    intervals: z.array(intervalShape),
    /** True if intervals are extended to include the last value. */
    intervalsHoldLast: z.boolean(),
    /** Null for a classification, and in cards of earlier versions. */
    distribution: distributionShape.nullable().default(null),
    /** Share of the rolling-origin rows whose value did not change; null if the forecast does not predict changes. */
    unchangedShare: share.nullable(),
    profile: z.array(profileShape),
    golden: goldenShape,
  })
  .meta({ id: "Card" });
export type Card = z.infer<typeof cardShape>;
