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

/** Records what a raw object said and returns its number; the same object keeps its number. */
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
  if (!row) throw new Error(`the database did not return a number for ${ingest.rawKey}`);
  return row.id;
}
