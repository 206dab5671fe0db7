/** Queries of the hourly input counts, in the bins of the version's card. */
import { and, asc, eq, gte, lte, sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { inputHours } from "./schema.ts";

export type InputHour = typeof inputHours.$inferSelect;

/** The last row of a page: the next page starts after it. */
export type InputPlace = Pick<InputHour, "hour" | "version" | "feature" | "hypothetical" | "bin">;

export interface InputFilter {
  readonly version: string | undefined;
  readonly feature: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly after: InputPlace | null;
  readonly limit: number;
}

/** Lists hourly input counts by version, feature and hour. */
export function listInputHours(db: Database, forecast: string, filter: InputFilter): Promise<InputHour[]> {
  const { version, feature, from, to, after, limit } = filter;
  const place = [inputHours.version, inputHours.feature, inputHours.hour, inputHours.hypothetical, inputHours.bin];
  return db
    .select()
    .from(inputHours)
    .where(
      and(
        eq(inputHours.forecast, forecast),
        version === undefined ? undefined : eq(inputHours.version, version),
        feature === undefined ? undefined : eq(inputHours.feature, feature),
        from === undefined ? undefined : gte(inputHours.hour, from),
        to === undefined ? undefined : lte(inputHours.hour, to),
        after
          ? sql`(${sql.join(place, sql`, `)}) > (${after.version}, ${after.feature}, ${after.hour}, ${Number(after.hypothetical)}, ${after.bin})`
          : undefined,
      ),
    )
    .orderBy(...place.map((column) => asc(column)))
    .limit(limit);
}
