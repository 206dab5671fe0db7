/** Tables of reports and editions. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
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
  },
  (table) => [primaryKey({ columns: [table.forecast, table.date] })],
);
