/** The tables for Drizzle, one file per topic. The migrations define the tables; a test compares the two. */
export * from "./schema/flows.ts";
export type { Stats } from "./schema/json.ts";
export * from "./schema/observations.ts";
export * from "./schema/outbox.ts";
export * from "./schema/predictions.ts";
export * from "./schema/registry.ts";
export * from "./schema/reports.ts";
