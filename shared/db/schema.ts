/** The tables, as Drizzle sees them, one file a topic. The migrations are the truth; a test compares the two. */
export * from "./schema/flows.ts";
export type { Stats } from "./schema/json.ts";
export * from "./schema/observations.ts";
export * from "./schema/predictions.ts";
export * from "./schema/registry.ts";
