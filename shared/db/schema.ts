/** The tables, as Drizzle sees them. The migrations are the truth; a test compares the two. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Counts and other small numbers of a run, by name. */
export type Stats = Record<string, unknown>;

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
  value: real().notNull(),
  ingestId: integer("ingest_id").notNull(),
});

export const observations = sqliteTable("observations", fact(), (table) => [
  primaryKey({ columns: [table.feed, table.period, table.seriesId, table.variable] }),
]);

export const revisions = sqliteTable(
  "revisions",
  { ...fact(), supersededBy: integer("superseded_by").notNull() },
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

export const flowStates = ["queued", "running", "done", "held", "failed"] as const;
export type FlowState = (typeof flowStates)[number];

export const flowRuns = sqliteTable("flow_runs", {
  id: text().primaryKey(),
  kind: text().notNull(),
  key: text().notNull().unique(),
  state: text({ enum: flowStates }).notNull(),
  attempt: integer().notNull().default(1),
  params: json<Stats>("params").notNull(),
  reason: text(),
  stats: json<Stats>("stats"),
  boot: text().notNull().default(""),
  createdAt: text("created_at").notNull(),
  startedAt: text("started_at"),
  heartbeatAt: text("heartbeat_at"),
  endedAt: text("ended_at"),
});

export const flowSteps = sqliteTable(
  "flow_steps",
  {
    flowId: text("flow_id").notNull(),
    attempt: integer().notNull(),
    name: text().notNull(),
    state: text({ enum: ["running", "done", "failed"] }).notNull(),
    tries: integer().notNull().default(1),
    error: text(),
    stats: json<Stats>("stats"),
    startedAt: text("started_at").notNull(),
    endedAt: text("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.flowId, table.attempt, table.name] })],
);

export const feedTurns = sqliteTable("feed_turns", {
  feed: text().primaryKey(),
  holder: text(),
  fence: integer().notNull(),
  expiresAt: text("expires_at").notNull(),
});
