/** Tables of flows and their steps. */
import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { flowStates, stepStates } from "../../api/flow-states.ts";
import { json, type Stats } from "./json.ts";

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
    state: text({ enum: stepStates }).notNull(),
    tries: integer().notNull().default(1),
    interrupted: integer().notNull().default(0),
    error: text(),
    stats: json<Stats>("stats"),
    startedAt: text("started_at").notNull(),
    endedAt: text("ended_at"),
  },
  (table) => [primaryKey({ columns: [table.flowId, table.attempt, table.name] })],
);
