/** Tables of answered predictions and of the distribution of their inputs. */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { origins, type PredictionRow, protocols } from "../../api/prediction-message.ts";
import type { StoredStep } from "../../api/predictions.ts";
import { json } from "./json.ts";

export const predictions = sqliteTable(
  "predictions",
  {
    answer: text().notNull(),
    position: integer().notNull(),
    requestId: text("request_id").notNull(),
    at: text().notNull(),
    forecast: text().notNull(),
    version: text().notNull(),
    number: integer().notNull(),
    protocol: text({ enum: protocols }).notNull(),
    series: json<string[]>("series"),
    targetPeriod: text("target_period"),
    prediction: real(),
    intervals: json<PredictionRow["intervals"]>("intervals").notNull(),
    changeProbability: real("change_probability"),
    features: json<Record<string, PredictionRow["values"][number]>>("features").notNull(),
    given: json<string[]>("given"),
    hypothetical: integer({ mode: "boolean" }).notNull(),
    origin: text({ enum: origins }).notNull().default("caller"),
    path: json<StoredStep[]>("path"),
  },
  (table) => [primaryKey({ columns: [table.answer, table.position] })],
);

export const inputHours = sqliteTable(
  "input_hours",
  {
    forecast: text().notNull(),
    version: text().notNull(),
    feature: text().notNull(),
    hour: text().notNull(),
    hypothetical: integer({ mode: "boolean" }).notNull(),
    bin: text().notNull(),
    count: integer().notNull(),
  },
  (table) => [
    primaryKey({
      columns: [table.forecast, table.version, table.feature, table.hour, table.hypothetical, table.bin],
    }),
  ],
);

export const predictionMessages = sqliteTable(
  "prediction_messages",
  {
    answer: text().notNull(),
    part: integer().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.answer, table.part] })],
);

export const predictionsSince = sqliteTable("predictions_since", {
  id: integer().primaryKey(),
  since: text().notNull(),
});
