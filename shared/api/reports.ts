/** Schemas of `/reports`: the revisions of reports, their files and the daily editions. */
import { z } from "zod";
import { timeField } from "./fields.ts";
import { flowStates } from "./flow-states.ts";
import { limitField } from "./paging.ts";
import { reportLanguages } from "./report-languages.ts";
import { countings, reportReasons } from "./report-states.ts";

const storedFileShape = z.object({
  file: z.string().describe("Its name, as in `report.html` or `report.en.html`"),
  bytes: z.int().min(0),
  language: z
    .string()
    .optional()
    .describe("BCP 47. Files without texts have none, and reports of earlier versions do not state it"),
});
export type StoredFile = z.infer<typeof storedFileShape>;

const reportShape = z
  .object({
    forecast: z.string(),
    origin: z.string().describe("The last period of its data"),
    revision: z.int().min(1),
    reason: z.enum(reportReasons).describe("Why the revision was made"),
    version: z.string().nullable().describe("The version that predicted; null if nothing could be predicted"),
    target: z.string().nullable().describe("The next period"),
    publishedAt: timeField,
    counts: z
      .enum(countings)
      .nullable()
      .describe(
        "How the track record counts its predictions: `headline` is the first revision before the next publication",
      ),
    summary: z.array(z.string()).describe("The findings, in the language of the forecast"),
    files: z.array(storedFileShape),
    path: z.string().describe("The path of the page"),
  })
  .meta({ id: "Report" });
export type Report = z.infer<typeof reportShape>;

export const reportListShape = z.object({ reports: z.array(reportShape) }).meta({ id: "ReportList" });
export type ReportList = z.infer<typeof reportListShape>;

export const reportsQueryShape = z.strictObject({
  forecast: z.string().optional().describe("Only the reports of one forecast"),
  limit: limitField(500, 50),
});

/** The language of a file. The hub checks the name, so that its refusal can list the languages. */
export const reportFileQueryShape = z.object({
  lang: z
    .string()
    .optional()
    .meta({
      description:
        "Language of the page and of the chart; by default that of the forecast. CSV files and the JSON of a report have no language and ignore it",
      enum: [...reportLanguages],
    }),
});

export const reportRequestedShape = z
  .object({
    flow: z.string(),
    state: z.enum(flowStates),
    origin: z.string(),
    revision: z.int().min(1),
    known: z.boolean().describe("True if the data and the champion have this report already"),
  })
  .meta({ id: "ReportRequested" });
export type ReportRequested = z.infer<typeof reportRequestedShape>;

export const editionShape = z
  .object({
    forecast: z.string(),
    date: z.string().describe("The local day of the forecast"),
    title: z.string(),
    publishedAt: timeField,
    report: z
      .object({
        origin: z.string(),
        revision: z.int().min(1),
        publishedAt: timeField,
        path: z.string().describe("The path of the page"),
        summary: z.array(z.string()),
      })
      .nullable()
      .describe("The report that is current on this day; null without one"),
    isNew: z.boolean().describe("Whether the report was published since the last edition"),
    changes: z.array(z.string()).describe("What changed since the last edition, in the language of the forecast"),
    simulated: z.literal(true).optional().describe("The data of the forecast contains simulated values"),
  })
  .meta({ id: "Edition" });
export type EditionModel = z.infer<typeof editionShape>;
