import { text } from "drizzle-orm/sqlite-core";

/** A column of JSON text; its shape was checked before it was written. */
export const json = <T>(name: string) => text(name, { mode: "json" }).$type<T>();

/** Counts and other small numbers of a run, by name. */
export type Stats = Record<string, unknown>;
