/** Tables of subscriptions and of the messages to them. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { deliveryStates } from "../../api/delivery-states.ts";
import { json } from "./json.ts";

export const subscriptions = sqliteTable("subscriptions", {
  id: text().primaryKey(),
  url: text().notNull().unique(),
  secret: text().notNull(),
  forecasts: json<string[]>("forecasts"),
  base: text().notNull(),
  who: text().notNull(),
  createdAt: text("created_at").notNull(),
  disabledAt: text("disabled_at"),
  disabledReason: text("disabled_reason"),
});

export const outbox = sqliteTable("outbox", {
  id: text().primaryKey(),
  report: text().notNull(),
  subscriber: text().notNull(),
  body: text().notNull(),
  state: text({ enum: deliveryStates }).notNull(),
  tries: integer().notNull(),
  dueAt: text("due_at"),
  status: integer(),
  reason: text(),
  createdAt: text("created_at").notNull(),
  triedAt: text("tried_at"),
  endedAt: text("ended_at"),
});
