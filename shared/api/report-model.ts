/**
 * The report model: everything that a report shows, as numbers. The hub computes it (`shared/reports/compute-report.ts`) and
 * passes it to the Worker `pages`, which renders it. Parts that may be missing contain the reason instead.
 */
import { z } from "zod";
import { granularities } from "../period.ts";
import { gateRules } from "../registry/gate.ts";
import { championRules } from "../registry/states.ts";

const number = z.number();
const orNull = z.number().nullable();
const probability = z.number().min(0).max(1);
const dims = z.array(z.string()).readonly();

/** Why a part of a report is missing. The page has a sentence for each. */
const missingReasons = [
  "no-champion",
  "no-observations",
  "no-prediction",
  "no-probabilities",
  "no-changes",
  "no-record",
  "no-groups",
  "one-series",
  "no-backtest",
  "not-explained",
  "nothing-drives",
  "no-access",
] as const;
export type MissingReason = (typeof missingReasons)[number];
const missingShape = z.object({ missing: z.enum(missingReasons) });
export type Missing = z.infer<typeof missingShape>;

export function isMissing<Part>(part: Part | Missing): part is Missing {
  return typeof part === "object" && part !== null && "missing" in part;
}

const datedShape = z.object({ period: z.string(), value: number });

/** The prediction of one step. Numbers that the model does not provide are null, or absent from the list. */
const stepForecastShape = z.object({
  step: z.int().min(1).describe("Periods after the origin"),
  period: z.string(),
  median: orNull.describe("The published prediction. For a classification null"),
  mean: orNull,
  quantiles: z
    .array(z.object({ level: probability, value: number }))
    .describe("Ascending; the bounds of the intervals"),
  chances: z
    .object({ down: probability, same: probability, up: probability })
    .nullable()
    .describe("Probabilities that the value falls, stays and rises"),
  change: probability.nullable().describe("Probability that the value changes, if its direction is not predicted"),
  event: probability.nullable().describe("For a classification: the probability of the event"),
  baseline: orNull.describe("The prediction of the baseline; for a classification its probability"),
});
export type StepForecast = z.infer<typeof stepForecastShape>;

/** One series of a report. */
export const reportSeriesShape = z.object({
  is: dims.describe("The values of the dimensions"),
  last: datedShape.nullable(),
  steps: z.array(stepForecastShape),
  outside: z.array(z.string()).describe("Features whose values lie outside the training data"),
  usualChange: orNull.describe("Median size of the changes in the history that is shown; null if it never changed"),
  note: z.string().nullable().describe("Why the series has no interval, or a limitation of it"),
});
export type ReportSeries = z.infer<typeof reportSeriesShape>;

/** A forecast whose period has been published. */
const pastForecastShape = z.object({
  period: z.string(),
  origin: z.string(),
  median: number,
  low: number.describe("Bounds of the widest interval that the report shows"),
  high: number,
  actual: number,
});
export type PastForecast = z.infer<typeof pastForecastShape>;

/** The mean of the series with these values of dimensions, or one series. */
const levelShape = z.object({
  is: dims.describe("The values of the level's dimensions; none for the mean of all series"),
  seriesCount: z.int().min(1),
  history: z.array(datedShape).describe("Oldest first. Of a mean: without the effect of series that begin or end"),
  steps: z.array(stepForecastShape),
  past: z.array(pastForecastShape),
});
export type ReportLevel = z.infer<typeof levelShape>;

/** What a classification predicts, and the number behind the event. */
const eventShape = z.object({
  name: z.string(),
  otherwise: z.string(),
  threshold: probability.nullable().describe("The label is the event from this probability"),
  usual: probability.nullable().describe("Share of periods with the event in the history that is shown"),
  behind: z
    .object({
      title: z.string(),
      unit: z.string(),
      above: number.describe("The event happens if the number is above it"),
      history: z.array(datedShape),
    })
    .nullable(),
  drivers: z.union([
    z.array(
      z.object({ feature: z.string(), value: z.union([z.number(), z.string()]).nullable(), contribution: number }),
    ),
    missingShape,
  ]),
});
export type ReportEvent = z.infer<typeof eventShape>;

const coverageShape = z.object({ level: probability, share: probability });

/** The track record of published forecasts. */
const recordShape = z.object({
  from: z.string(),
  to: z.string(),
  publications: z.int().min(1),
  baseline: z.string().describe("Name of the baseline"),
  windows: z.array(
    z.object({
      publications: z.int().min(1),
      isAll: z.boolean(),
      skill: orNull,
      low: orNull.describe(
        "95 % confidence sequence of the skill; null before 30 publications and for parts of the record",
      ),
      high: orNull,
    }),
  ),
  coverage: z.array(coverageShape),
});
export type ReportRecord = z.infer<typeof recordShape>;

/** Published predictions of the next event that wait for it. */
const openShape = z.object({
  predictions: z.int().min(0),
  since: z.string().nullable().describe("The origin of the oldest one; null without any"),
});
export type OpenPredictions = z.infer<typeof openShape>;

/** The model's errors on past data, before it served. */
const backtestShape = z.object({
  from: z.string(),
  to: z.string(),
  periods: z.int().min(1),
  skill: orNull.describe("1 − error ÷ error of the baseline"),
  isBaseline: z.boolean(),
  coverage: z.array(coverageShape),
});
export type ReportBacktest = z.infer<typeof backtestShape>;

const decisionNumbers = {
  periods: z.int().min(0),
  pNaive: orNull,
  pIncumbent: orNull,
  ahead: orNull,
  tested: orNull,
};

/** The decision by which a version serves, as `describeServing` of the registry reads it. */
const servingShape = z.object({
  version: z.string(),
  candidate: z.string(),
  producer: z.string(),
  publishedTo: z.string(),
  since: z.string(),
  rule: z.enum(championRules),
  who: z.string(),
  why: z.string(),
  decision: z.object(decisionNumbers).nullable(),
  refused: z
    .object({
      ...decisionNumbers,
      kind: z.enum(["hold", "reject"]),
      rule: z.enum(gateRules),
      candidate: z.string(),
      reason: z.string(),
    })
    .nullable(),
  needs: z.object({ periodsMin: z.int().min(1), noun: z.string() }).describe("What a test of another version needs"),
});
export type ReportServing = z.infer<typeof servingShape>;

const modelShape = z.object({
  version: z.string(),
  name: z.string().describe("Its name on the leaderboard"),
  isFallback: z.boolean(),
  isBaseline: z.boolean(),
  decision: z.string().nullable().describe("Why it serves, in English"),
  serving: servingShape
    .optional()
    .describe(
      "The facts of `decision`, for its text in other languages. Not in reports of earlier versions and of commands",
    ),
  since: z.string().nullable(),
  trained: z.object({ from: z.string(), to: z.string(), rows: z.int() }).nullable(),
  lineage: z
    .object({
      modelSha256: z.string(),
      dataHash: z.string(),
      codeVersion: z.string(),
      seed: z.int(),
      producer: z.string(),
    })
    .nullable(),
});
export type ReportModelVersion = z.infer<typeof modelShape>;

const feedShape = z.object({
  id: z.string(),
  title: z.string().describe("In English"),
  translations: z
    .record(z.string(), z.object({ title: z.string() }))
    .optional()
    .describe("The title in other languages, by BCP 47 language. Reports of earlier versions have none"),
  publisher: z.string(),
  homepage: z.string(),
  licence: z.string().nullable(),
  lastPeriod: z.string().nullable(),
  fetchedAt: z.string().nullable().describe("Time of the last successful fetch"),
  refused: z.union([z.array(z.object({ reason: z.string(), count: z.int().min(1) })), missingShape]),
  held: z.union([z.array(z.object({ since: z.string(), reason: z.string() })), missingShape]),
  breaks: z.array(z.object({ from: z.string(), note: z.string() })),
  overdue: z
    .object({
      state: z.enum(["late", "silent"]),
      isTarget: z.boolean().describe("Whether it has the target"),
      last: z.string().nullable().describe("The last complete period with a value"),
      since: z.string().nullable().describe("The first day on which the next value was missing"),
    })
    .nullable()
    .optional()
    .describe("Null if no value is missing. Reports of earlier versions do not state it"),
  simulated: z.literal(true).optional().describe("It contains simulated data"),
});
export type ReportFeed = z.infer<typeof feedShape>;

const cell = z.union([z.string(), z.number()]).nullable();

export const reportModelShape = z
  .object({
    format: z.literal(1),
    forecast: z.object({
      id: z.string(),
      title: z.string(),
      translations: z
        .record(
          z.string(),
          z.object({
            title: z.string(),
            event: z.string().optional(),
            otherwise: z.string().optional(),
            behind: z.string().optional(),
          }),
        )
        .describe("The title, the labels and the number behind an event in other languages, by BCP 47 language"),
      task: z.enum(["regression", "classification"]),
      unit: z.string(),
      decimals: z.int().min(0).max(9),
      locale: z.string(),
      dimensions: dims,
      every: z.enum(granularities),
    }),
    origin: z.string().describe("The last period of the data"),
    revision: z.int().min(1),
    madeAt: z.iso.datetime(),
    model: z.union([modelShape, missingShape]),
    stale: z.string().nullable().describe("Why the data or the model is out of date, in English; null if it is not"),
    headline: z.union([levelShape, missingShape]),
    movers: z
      .union([z.array(z.int().min(0)), missingShape])
      .describe("Indices of `series`, the most likely to change first"),
    levels: z.union([z.object({ dimensions: dims, levels: z.array(levelShape) }), missingShape]),
    event: eventShape.nullable().describe("Only for a classification"),
    series: z.array(reportSeriesShape),
    record: z.union([recordShape, missingShape]),
    open: openShape.optional().describe("Only for a forecast of the next event"),
    backtest: z.union([backtestShape, missingShape]),
    feeds: z.array(feedShape),
    table: z
      .object({ columns: z.array(z.string()).readonly(), rows: z.array(z.array(cell).readonly()).readonly() })
      .describe("The declared columns of the forecast: the content of report.csv"),
  })
  .meta({ id: "ReportModel" });
export type ReportModel = z.infer<typeof reportModelShape>;
