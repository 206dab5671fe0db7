/** Tables of feeds, publications, observations and problems. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { json, type Stats } from "./json.ts";

export const feeds = sqliteTable("feeds", {
  id: text().primaryKey(),
  cursor: text(),
  etag: text(),
  lastSuccessAt: text("last_success_at"),
});

export const ingests = sqliteTable("ingests", {
  id: integer().primaryKey(),
  feed: text().notNull(),
  flowId: text("flow_id").notNull(),
  rawKey: text("raw_key").notNull().unique(),
  rank: text().notNull(),
  publishedOn: text("published_on"),
  arrivedAt: text("arrived_at").notNull(),
  firstPeriod: text("first_period"),
  lastPeriod: text("last_period"),
  stats: json<Stats>("stats").notNull(),
  acceptedAt: text("accepted_at"),
  withdrawnAt: text("withdrawn_at"),
  synthetic: integer({ mode: "boolean" }).notNull().default(false),
});

export const series = sqliteTable("series", {
  id: integer().primaryKey(),
  feed: text().notNull(),
  key: text().notNull(),
  dimensions: json<Record<string, string>>("dimensions").notNull(),
});

const fact = () => ({
  feed: text().notNull(),
  period: text().notNull(),
  seriesId: integer("series_id").notNull(),
  variable: text().notNull(),
  ingestId: integer("ingest_id").notNull(),
});

export const observations = sqliteTable("observations", { ...fact(), value: real().notNull() }, (table) => [
  primaryKey({ columns: [table.feed, table.period, table.seriesId, table.variable] }),
]);

export const retractions = sqliteTable("retractions", fact(), (table) => [
  primaryKey({ columns: [table.feed, table.period, table.seriesId, table.variable] }),
]);

export const revisions = sqliteTable(
  "revisions",
  { ...fact(), value: real(), supersededBy: integer("superseded_by").notNull() },
  (table) => [
    primaryKey({
      columns: [table.feed, table.period, table.seriesId, table.variable, table.ingestId, table.supersededBy],
    }),
  ],
);

export const partitions = sqliteTable(
  "partitions",
  {
    feed: text().notNull(),
    path: text().notNull(),
    rows: integer().notNull(),
    content: text().notNull(),
    sha256: text().notNull(),
    etag: text().notNull(),
    confirmedBy: integer("confirmed_by"),
  },
  (table) => [primaryKey({ columns: [table.feed, table.path] })],
);

export const problems = sqliteTable("problems", {
  id: integer().primaryKey(),
  feed: text().notNull(),
  ingestId: integer("ingest_id").notNull(),
  reason: text().notNull(),
  row: integer(),
  column: text(),
  period: text(),
  found: text().notNull(),
  expected: text().notNull(),
  lost: integer().notNull(),
});

export const feedLeases = sqliteTable("feed_turns", {
  feed: text().primaryKey(),
  holder: text(),
  fence: integer().notNull(),
  expiresAt: text("expires_at").notNull(),
});

export const histories = sqliteTable("histories", {
  forecast: text().primaryKey(),
  number: integer().notNull(),
  sha256: text().notNull(),
  madeFrom: text("made_from").notNull(),
  madeAt: text("made_at").notNull(),
  /** The last period; null for a history without periods, or of an earlier version. */
  lastPeriod: text("last_period"),
});
