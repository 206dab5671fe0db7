/** The champion of each forecast and every numbered change of it. */
import { and, asc, eq, isNull } from "drizzle-orm";
import { type Actor, audited, type Change } from "./audit.ts";
import { type Database, runBatch } from "./database.ts";
import { isOvertaken } from "./leases.ts";
import { champions } from "./schema.ts";

export type ChampionRow = typeof champions.$inferSelect;

export async function findChampion(db: Database, forecast: string): Promise<ChampionRow | null> {
  const [row] = await db
    .select()
    .from(champions)
    .where(and(eq(champions.forecast, forecast), isNull(champions.until)));
  return row ?? null;
}

/** Lists all changes of the champion, oldest first. */
export function listChampions(db: Database, forecast: string): Promise<ChampionRow[]> {
  return db.select().from(champions).where(eq(champions.forecast, forecast)).orderBy(asc(champions.number));
}

export interface NewChampion {
  readonly forecast: string;
  readonly version: string;
  readonly rule: ChampionRow["rule"];
  readonly flowId: string | null;
  /** The current champion, which the change replaces; null before the first promotion. */
  readonly after: Pick<ChampionRow, "version" | "number"> | null;
}

/** Makes a version the champion under the next number, if `after` is still the champion. Returns false if it is not. */
export async function changeChampion(db: Database, change: NewChampion, actor: Actor): Promise<boolean> {
  const { after, ...rest } = change;
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
        what: whatChanged(rule),
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

function whatChanged(rule: ChampionRow["rule"]): Change["what"] {
  switch (rule) {
    case "rollback":
      return "champion.rolled-back";
    case "fallback":
      return "champion.fell-back";
    default:
      return "champion.promoted";
  }
}
