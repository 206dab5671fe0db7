/** Queries and answers of `/forecasts/:forecast/record`: the track record. */
import { z } from "zod";
import { integerField, nextField, pageFields } from "./paging.ts";
import { claims, countings, reportRoles } from "./report-states.ts";

const orNull = z.number().nullable();
const share = z.number().min(0).max(1);

const which = {
  step: integerField(1, 1_000).default(1).describe("Number of periods ahead"),
  group: z.string().optional().describe("Name of a group rule. By default single series"),
};

export const recordQueryShape = z.strictObject({
  ...which,
  ...pageFields,
  format: z
    .enum(["json", "csv", "parquet"], "expected json, csv or parquet")
    .optional()
    .describe("`parquet` leads to the list of the Parquet files"),
});

export const recordFilesQueryShape = z.strictObject(pageFields);

export const seriesRecordQueryShape = z.strictObject({
  ...which,
  periods: integerField(1, 90).default(90).describe("Number of newest periods"),
});

const coverageShape = z.array(z.object({ level: share, share }));

const windowShape = z.object({
  from: z.string(),
  to: z.string(),
  periods: z.int().min(1),
  isAll: z.boolean(),
  loss: z.number().describe("Mean CRPS in the target's unit; of an event the Brier score"),
  baselineLoss: orNull.describe("That of the baseline in the same predictions"),
  skill: orNull.describe("1 − loss ÷ baselineLoss"),
  meanAbsoluteError: z.number(),
  exact: orNull.describe("Share of medians that equal the value"),
  coverage: coverageShape,
});

const trackRecordShape = z
  .object({
    step: z.int(),
    set: z.string().describe("`series`, or the name of a group rule"),
    windows: z.array(windowShape).describe("The last 30, the last 90 and all periods"),
    sequence: z
      .object({ low: z.number(), high: z.number() })
      .nullable()
      .describe("95 % confidence sequence of the skill over all periods; null before 30 periods"),
    claim: z.enum(claims),
    differing: z.int().describe("Number of periods in which the forecast was not the baseline's"),
  })
  .meta({ id: "TrackRecord" });

const recordPeriodShape = z
  .object({
    period: z.string(),
    series: z.int().min(1).describe("Number of scored predictions"),
    loss: z.number(),
    baselineLoss: orNull,
    meanAbsoluteError: z.number(),
    exact: orNull,
    coverage: coverageShape,
  })
  .meta({ id: "RecordPeriod" });

const openShape = z.object({
  predictions: z.int().min(0),
  since: z.string().nullable().describe("The origin of the oldest one; null without any"),
  origin: z.string().describe("The last day of the data of the newest report, to which the number applies"),
});

export const recordAnswerShape = z
  .object({
    forecast: z.string(),
    record: trackRecordShape.nullable().describe("Of all periods; null without a scored one"),
    open: openShape
      .nullable()
      .describe("Published predictions that wait for the next event of their series. Null for a forecast of periods"),
    periods: z.array(recordPeriodShape),
    next: nextField,
  })
  .meta({ id: "RecordAnswer" });
export type RecordAnswer = z.infer<typeof recordAnswerShape>;
export type RecordPeriod = z.infer<typeof recordPeriodShape>;

const seriesRecordShape = z.object({
  series: z.record(z.string(), z.string()),
  periods: z.int().min(1),
  skill: z.number(),
  meanAbsoluteError: z.number(),
});

export const seriesRecordAnswerShape = z
  .object({
    forecast: z.string(),
    step: z.int(),
    set: z.string(),
    periods: z.int().describe("Number of periods"),
    best: z.array(seriesRecordShape),
    worst: z.array(seriesRecordShape),
  })
  .meta({ id: "SeriesRecordAnswer" });
export type SeriesRecordAnswer = z.infer<typeof seriesRecordAnswerShape>;

export const periodScoresQueryShape = z.strictObject({
  ...which,
  format: pageFields.format,
  bom: pageFields.bom,
});

export const periodScoresShape = z
  .object({
    forecast: z.string(),
    period: z.string(),
    revision: z.int().min(1).describe("Higher after a correction of the period's values"),
    scores: z.array(
      z.object({
        series: z.record(z.string(), z.string()),
        origin: z.string(),
        step: z.int(),
        version: z.string(),
        servedBy: z.string(),
        counts: z.enum(countings).describe("Only `headline` is part of the record"),
        predicted: z.number().describe("The median; for an event its probability"),
        low90: orNull,
        high90: orNull,
        actual: z.number(),
        error: z.number(),
        loss: z.number(),
        baselineLoss: orNull,
      }),
    ),
  })
  .meta({ id: "PeriodScores" });
export type PeriodScores = z.infer<typeof periodScoresShape>;

const recordFileShape = z
  .object({
    kind: z.enum(["predictions", "scores"]),
    origin: z.string().nullable().describe("Of predictions: the last period of their data"),
    target: z.string().nullable().describe("Of scores: the period of the values"),
    role: z.enum(reportRoles).nullable().describe("Of predictions; a file of scores contains every role"),
    revision: z.int().min(1),
    counts: z.enum(countings).nullable().describe("Of predictions. Only `headline` is part of the record"),
    version: z.string().nullable().describe("Of predictions: the model version"),
    at: z.string().describe("When it was published or scored, ISO 8601"),
    isNewest: z.boolean().describe("False for scores that a later revision replaces"),
    bytes: z.int().nullable().describe("Null for a file of an earlier version of Almanac"),
    sha256: z.string().nullable().describe("In hexadecimal; null for a file of an earlier version of Almanac"),
    address: z.string().describe("Where it can be read, with `Range` and `ETag`"),
  })
  .meta({ id: "RecordFile" });
export type RecordFile = z.infer<typeof recordFileShape>;

export const recordFilesShape = z
  .object({ forecast: z.string(), files: z.array(recordFileShape), next: nextField })
  .meta({ id: "RecordFiles" });
export type RecordFiles = z.infer<typeof recordFilesShape>;
