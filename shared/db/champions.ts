/** Who serves, and every change of it, numbered. */
import { and, asc, eq, isNull } from "drizzle-orm";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch } from "./database.ts";
import { champions } from "./schema.ts";
import { isOvertaken } from "./turns.ts";

export type ChampionRow = typeof champions.$inferSelect;

export async function findChampion(db: Database, forecast: string): Promise<ChampionRow | null> {
  const [row] = await db
    .select()
    .from(champions)
    .where(and(eq(champions.forecast, forecast), isNull(champions.until)));
  return row ?? null;
}

/** All changes, oldest first. */
export function listChampions(db: Database, forecast: string): Promise<ChampionRow[]> {
  return db.select().from(champions).where(eq(champions.forecast, forecast)).orderBy(asc(champions.number));
}

export interface Succession {
  readonly forecast: string;
  readonly version: string;
  readonly rule: ChampionRow["rule"];
  readonly flowId: string | null;
  /** Who serves until now; null at first. */
  readonly after: Pick<ChampionRow, "version" | "number"> | null;
}

/**
 * Compare-and-set: makes a version the champion as the next number, if `after` still serves. False when it does not.
 */
export async function succeed(db: Database, succession: Succession, actor: Actor): Promise<boolean> {
  const { after, ...rest } = succession;
  const { forecast, version, rule } = rest;
  const number = (after?.number ?? 0) + 1;
  const open = and(eq(champions.forecast, forecast), eq(champions.number, number - 1), isNull(champions.until));
  try {
    await runBatch(db, [
      db.update(champions).set({ until: actor.at }).where(open).toSQL(),
      db
        .insert(champions)
        .values({ ...rest, number, who: actor.who, why: actor.why, since: actor.at })
        .toSQL(),
      audited(db, actor, {
        what: rule === "rollback" ? "champion.rolled-back" : "champion.promoted",
        forecast,
        version,
        before: after && { version: after.version, number: after.number },
        after: { version, number, rule },
      }),
    ]);
    return true;
  } catch (error) {
    if (isOvertaken(error)) return false;
    throw error;
  }
}
