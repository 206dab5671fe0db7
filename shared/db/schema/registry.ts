/** Tables of the registry: trainings, models, gate decisions, champions and the audit. */
import { integer, primaryKey, real, sqliteTable, text, unique } from "drizzle-orm/sqlite-core";
import { gateRules, verdictKinds } from "../../registry/gate.ts";
import type { ReadData } from "../../registry/look-data.ts";
import type { Recipe } from "../../registry/recipe-shape.ts";
import { auditKinds, championRules, runStates, trialStates } from "../../registry/states.ts";
import { json, type Stats } from "./json.ts";

export const trainingRuns = sqliteTable("training_runs", {
  id: text().primaryKey(),
  forecast: text().notNull(),
  seed: integer().notNull(),
  codeVersion: text("code_version").notNull(),
  dataHash: text("data_hash"),
  state: text({ enum: runStates }).notNull(),
  reason: text(),
  stats: json<Stats>("stats"),
  startedAt: text("started_at").notNull(),
  heartbeatAt: text("heartbeat_at").notNull(),
  endedAt: text("ended_at"),
  /** True if the trainer has sent a heartbeat without trials; an earlier version sends none. */
  sendsHeartbeats: integer("sends_heartbeats", { mode: "boolean" }).notNull().default(false),
});

export const trials = sqliteTable(
  "trials",
  {
    run: text().notNull(),
    candidate: text().notNull(),
    number: integer().notNull(),
    state: text({ enum: trialStates }).notNull(),
    parameters: json<Recipe["parameters"]>("parameters").notNull(),
    scores: json<number[]>("scores").notNull(),
    seconds: real().notNull(),
    note: text(),
  },
  (table) => [primaryKey({ columns: [table.run, table.candidate, table.number] })],
);

export const models = sqliteTable(
  "models",
  {
    forecast: text().notNull(),
    version: text().notNull(),
    run: text(),
    modelSha256: text("model_sha256").notNull(),
    modelBytes: integer("model_bytes").notNull(),
    cardSha256: text("card_sha256").notNull(),
    candidate: text().notNull(),
    recipe: text().notNull(),
    producer: text().notNull(),
    rmse: real(),
    skill: real(),
    pValue: real("p_value"),
    testFrom: text("test_from").notNull(),
    testTo: text("test_to").notNull(),
    publishedFrom: text("published_from").notNull(),
    publishedTo: text("published_to").notNull(),
    registeredAt: text("registered_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.version] })],
);

export const served = sqliteTable(
  "served",
  {
    forecast: text().notNull(),
    version: text().notNull(),
    number: integer().notNull(),
    sha256: text().notNull(),
    declaration: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.version, table.number] })],
);

export const tags = sqliteTable(
  "tags",
  {
    forecast: text().notNull(),
    version: text().notNull(),
    name: text().notNull(),
    value: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.version, table.name] })],
);

export const gates = sqliteTable("gates", {
  id: integer().primaryKey(),
  flowId: text("flow_id").notNull().unique(),
  forecast: text().notNull(),
  version: text().notNull(),
  incumbent: text(),
  rule: text({ enum: gateRules }).notNull(),
  kind: text({ enum: verdictKinds }).notNull(),
  periods: integer().notNull(),
  pNaive: real("p_naive"),
  pIncumbent: real("p_incumbent"),
  usedThrough: text("used_through"),
  reason: text().notNull(),
  decidedAt: text("decided_at").notNull(),
  ahead: integer(),
  tested: integer(),
});

export const looks = sqliteTable(
  "looks",
  {
    forecast: text().notNull(),
    number: integer().notNull(),
    key: text().notNull(),
    fromPeriod: text("from_period").notNull(),
    toPeriod: text("to_period").notNull(),
    halvings: integer().notNull(),
    facts: text(),
    ingestId: integer("ingest_id").notNull(),
    at: text().notNull(),
    read: json<readonly ReadData[]>("read"),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.number] }), unique().on(table.forecast, table.key)],
);

export const champions = sqliteTable(
  "champions",
  {
    forecast: text().notNull(),
    number: integer().notNull(),
    version: text().notNull(),
    rule: text({ enum: championRules }).notNull(),
    who: text().notNull(),
    why: text().notNull(),
    flowId: text("flow_id").unique(),
    since: text().notNull(),
    until: text(),
  },
  (table) => [primaryKey({ columns: [table.forecast, table.number] })],
);

export const loadFailures = sqliteTable("load_failures", {
  forecast: text().primaryKey(),
  number: integer().notNull(),
  served: text(),
  reason: text().notNull(),
  at: text().notNull(),
});

export const audit = sqliteTable("audit", {
  id: integer().primaryKey(),
  at: text().notNull(),
  who: text().notNull(),
  what: text({ enum: auditKinds }).notNull(),
  why: text().notNull(),
  forecast: text().notNull(),
  version: text(),
  run: text(),
  before: json<Stats>("before"),
  after: json<Stats>("after"),
});
