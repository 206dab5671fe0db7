/** Tables of reports and editions. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { countings, reportReasons, reportRoles, reportStates } from "../../api/report-states.ts";
import type { StoredFile } from "../../api/reports.ts";
import { json } from "./json.ts";

export const reports = sqliteTable(
  "reports",
  {
    forecast: text().notNull(),
    origin: text().notNull(),
    role: text({ enum: reportRoles }).notNull(),
    revision: integer().notNull(),
    history: integer().notNull(),
    change: integer().notNull(),
    reason: text({ enum: reportReasons }).notNull(),
    state: text({ enum: reportStates }).notNull(),
    requestedAt: text("requested_at").notNull(),
    predictedAt: text("predicted_at"),
    version: text(),
    target: text(),
    predictions: text(),
    predictionsBytes: integer("predictions_bytes"),
    predictionsSha256: text("predictions_sha256"),
    publishedAt: text("published_at"),
    counts: text({ enum: countings }),
    files: json<readonly StoredFile[]>("files"),
    summary: json<readonly string[]>("summary"),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.origin, table.role, table.revision] })],
);

export const editions = sqliteTable(
  "editions",
  {
    forecast: text().notNull(),
    date: text().notNull(),
    origin: text(),
    revision: integer(),
    isNew: integer("is_new", { mode: "boolean" }).notNull(),
    publishedAt: text("published_at").notNull(),
    languages: json<readonly string[]>("languages"),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.date] })],
);

export const scored = sqliteTable(
  "scored",
  {
    forecast: text().notNull(),
    target: text().notNull(),
    revision: integer().notNull(),
    key: text().notNull(),
    madeFrom: text("made_from").notNull(),
    scoredAt: text("scored_at").notNull(),
    bytes: integer(),
    sha256: text(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.target, table.revision] })],
);

export const scoreSums = sqliteTable(
  "score_sums",
  {
    forecast: text().notNull(),
    set: text().notNull(),
    step: integer().notNull(),
    target: text().notNull(),
    rows: integer().notNull(),
    loss: real().notNull(),
    absoluteError: real("absolute_error").notNull(),
    compared: integer().notNull(),
    comparedLoss: real("compared_loss").notNull(),
    baselineLoss: real("baseline_loss").notNull(),
    banded: integer().notNull(),
    covered: json<readonly number[]>("covered").notNull(),
    pointed: integer().notNull(),
    exact: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.set, table.step, table.target] })],
);

export const openPredictions = sqliteTable("open_predictions", {
  forecast: text().primaryKey(),
  origin: text().notNull(),
  predictions: integer().notNull(),
  since: text(),
  madeAt: text("made_at").notNull(),
});
