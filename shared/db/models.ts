/** Registered models. A row is written once, after both artefacts are stored in R2, and never changes. */
import { and, desc, eq, getTableColumns, sql } from "drizzle-orm";
import type { Stage } from "../registry/states.ts";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch } from "./database.ts";
import { models } from "./schema.ts";

export type ModelRow = typeof models.$inferSelect;

export type StagedModel = ModelRow & { readonly stage: Stage };

const hasServed = (condition: string) =>
  sql.raw(
    `EXISTS (SELECT 1 FROM champions c WHERE c.forecast = models.forecast AND c.version = models.version ${condition})`,
  );
const stage = sql<Stage>`CASE WHEN ${hasServed("AND c.until IS NULL")} THEN 'champion' WHEN ${hasServed("")} THEN 'retired' ELSE 'registered' END`;

/** Registers a model. @throws if the version exists; callers check this before. */
export async function saveModel(db: Database, model: ModelRow, actor: Actor): Promise<void> {
  const { forecast, version, run, modelSha256, cardSha256 } = model;
  const change = { forecast, version, ...(run !== null && { run }), after: { modelSha256, cardSha256 } };
  await runBatch(db, [
    db.insert(models).values(model).toSQL(),
    audited(db, actor, { what: "model.registered", ...change }),
  ]);
}

export async function findModel(db: Database, forecast: string, version: string): Promise<StagedModel | null> {
  const [row] = await db
    .select({ ...getTableColumns(models), stage })
    .from(models)
    .where(and(eq(models.forecast, forecast), eq(models.version, version)));
  return row ?? null;
}

export interface ModelFilter {
  readonly forecast?: string | undefined;
  readonly stage?: Stage | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** Lists registered models, newest first. */
export function listModels(db: Database, filter: ModelFilter): Promise<StagedModel[]> {
  return db
    .select({ ...getTableColumns(models), stage })
    .from(models)
    .where(
      and(
        filter.forecast === undefined ? undefined : eq(models.forecast, filter.forecast),
        filter.stage === undefined ? undefined : sql`${stage} = ${filter.stage}`,
      ),
    )
    .orderBy(desc(models.registeredAt), models.forecast, desc(models.version))
    .limit(filter.limit)
    .offset(filter.offset);
}

/** Lists the versions of a forecast, newest first, for the suggestions of error messages. */
export async function listVersions(db: Database, forecast: string, limit = 100): Promise<string[]> {
  const rows = await listModels(db, { forecast, limit, offset: 0 });
  return rows.map(({ version }) => version);
}
