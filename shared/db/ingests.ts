import { sql } from "drizzle-orm";
import type { Database } from "./database.ts";
import { ingests, type Stats } from "./schema.ts";

export interface NewIngest {
  readonly feed: string;
  readonly flowId: string;
  readonly rawKey: string;
  readonly rank: string;
  readonly publishedOn: string | null;
  readonly arrivedAt: string;
  readonly firstPeriod: string | null;
  readonly lastPeriod: string | null;
  readonly stats: Stats;
}

/** Records the ingest of a raw object and returns its number. A second ingest of the same object has the same number. */
export async function saveIngest(db: Database, ingest: NewIngest): Promise<number> {
  const [row] = await db
    .insert(ingests)
    .values(ingest)
    .onConflictDoUpdate({
      target: ingests.rawKey,
      set: {
        flowId: sql`excluded.flow_id`,
        rank: sql`excluded.rank`,
        firstPeriod: sql`excluded.first_period`,
        lastPeriod: sql`excluded.last_period`,
        stats: sql`excluded.stats`,
      },
    })
    .returning({ id: ingests.id });
  if (!row) throw new Error(`the database returned no number for the ingest of ${ingest.rawKey}`);
  return row.id;
}
