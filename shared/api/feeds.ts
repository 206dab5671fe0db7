/** Answers of `/feeds` and `/feeds/:feed`. */
import { z } from "zod";
import { partitionings } from "../feeds/feed.ts";
import { granularities } from "../period.ts";
import { timeField } from "./fields.ts";

const variableShape = z.object({
  title: z.string(),
  unit: z.string(),
  isForecast: z.literal(true).optional().describe("The publisher's own forecast, never an observation"),
  categories: z
    .array(z.string())
    .readonly()
    .optional()
    .describe("Texts of a variable of categories: a value is a position in this list"),
});

const placeShape = z.object({
  name: z.string(),
  latitude: z.number(),
  longitude: z.number(),
  timezone: z.string().describe("IANA time zone that defines the days of the feed"),
});

const breakShape = z.object({
  from: z.string().describe("First period with the new meaning"),
  variables: z.array(z.string()).readonly().describe("The variables that change"),
  note: z.string(),
});

const overdueShape = z.object({
  forecast: z.string(),
  state: z
    .enum(["late", "silent"])
    .describe("`late`: its report waits for the feed. `silent`: the next value is overdue, or there is none"),
  last: z.string().nullable().describe("The last complete period with a value, in periods of the forecast"),
  since: z.string().nullable().describe("The first day on which the next value was missing; null without a value"),
  meaning: z.string().describe("What it means for the forecast, in English"),
});

const feedShape = z
  .object({
    id: z.string(),
    title: z.string(),
    publisher: z.string(),
    homepage: z.string(),
    personal: z.literal(true).optional().describe("It is about persons: all its data needs `PERSONAL_TOKEN`"),
    dimensions: z.array(z.string()).readonly().describe("Names of the dimensions that identify a series"),
    variables: z.record(z.string(), variableShape).readonly(),
    place: placeShape.optional().describe("Only if the feed is about one place"),
    granularity: z.enum(granularities),
    breaks: z
      .array(breakShape)
      .readonly()
      .describe("Changes of meaning, oldest first: since a period, values of the same name have another definition"),
    partitionBy: z.enum(partitionings).describe("Folders of the lake below `clean/<feed>/`"),
    observations: z.number(),
    partitions: z.number(),
    firstPeriod: z.string().nullable(),
    lastPeriod: z.string().nullable().describe("Last observed period. The publisher's forecasts do not count"),
    cursor: z.string().nullable().describe("Last publication that was fetched"),
    etag: z.string().nullable().describe("ETag of that publication"),
    lastSuccessAt: timeField.nullable(),
    overdue: z.array(overdueShape).describe("The forecasts for which newer values of the feed are missing"),
    simulated: z
      .literal(true)
      .optional()
      .describe(
        "It contains simulated data: it is fetched from this machine, or a file states that its data is synthetic",
      ),
  })
  .meta({ id: "Feed" });
export type FeedAnswer = z.infer<typeof feedShape>;

export const feedListShape = z.object({ feeds: z.array(feedShape) });
export type FeedList = z.infer<typeof feedListShape>;

/** Schema of a series in answers: its number, and one member for each dimension. */
export const seriesShape = z
  .object({ id: z.number() })
  .catchall(z.union([z.string(), z.number()]))
  .meta({ id: "Series", description: "Its number, and one member for each dimension" });

export const feedDetailShape = feedShape.extend({ series: z.array(seriesShape) }).meta({ id: "FeedDetail" });
export type FeedDetail = z.infer<typeof feedDetailShape>;
