import { text } from "drizzle-orm/sqlite-core";

/** Declares a column of JSON text. Its shape is validated before it is written, not when it is read. */
export const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Counts and other small values of a run, by name. */
export type Stats = Record<string, unknown>;
