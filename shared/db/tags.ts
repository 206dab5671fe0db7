import { and, asc, eq, sql } from "drizzle-orm";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch } from "./database.ts";
import { tags } from "./schema.ts";

export interface ModelTag {
  readonly forecast: string;
  readonly version: string;
  readonly name: string;
}

export async function listTags(db: Database, forecast: string, version: string): Promise<Record<string, string>> {
  const rows = await db
    .select()
    .from(tags)
    .where(and(eq(tags.forecast, forecast), eq(tags.version, version)))
    .orderBy(asc(tags.name));
  return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
}

/** Sets a tag, or removes it if the value is null. Writes nothing if nothing changes. */
export async function saveTag(db: Database, tag: ModelTag, value: string | null, actor: Actor): Promise<void> {
  const { forecast, version, name } = tag;
  const before = (await listTags(db, forecast, version))[name] ?? null;
  if (before === value) return;
  const write =
    value === null
      ? db.delete(tags).where(and(eq(tags.forecast, forecast), eq(tags.version, version), eq(tags.name, name)))
      : db
          .insert(tags)
          .values({ ...tag, value })
          .onConflictDoUpdate({
            target: [tags.forecast, tags.version, tags.name],
            set: { value: sql`excluded.value` },
          });
  const state = (text: string | null) => (text === null ? null : { [name]: text });
  await runBatch(db, [
    write.toSQL(),
    audited(db, actor, {
      what: value === null ? "tag.removed" : "tag.set",
      forecast,
      version,
      before: state(before),
      after: state(value),
    }),
  ]);
}
