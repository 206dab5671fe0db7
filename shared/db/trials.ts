import { asc, eq, sql } from "drizzle-orm";
import { type Actor, audited } from "./audit.ts";
import { type Database, runBatch, statement } from "./database.ts";
import type { TrainingRun } from "./runs.ts";
import { trainingRuns, trials } from "./schema.ts";

export type StoredTrial = Omit<typeof trials.$inferSelect, "run">;

/** Upserts a batch of trials and the heartbeat of their run, in one transaction. */
export async function saveTrials(
  db: Database,
  run: TrainingRun,
  batch: readonly StoredTrial[],
  actor: Actor,
): Promise<void> {
  await runBatch(db, [
    statement(sql`
      INSERT INTO trials (run, candidate, number, state, parameters, scores, seconds, note)
      SELECT ${run.id}, value ->> 'candidate', value ->> 'number', value ->> 'state', value -> 'parameters',
        value -> 'scores', CAST(value ->> 'seconds' AS REAL), value ->> 'note'
      FROM json_each(${JSON.stringify(batch)}) WHERE true
      ON CONFLICT (run, candidate, number) DO UPDATE SET
        state = excluded.state, parameters = excluded.parameters, scores = excluded.scores,
        seconds = excluded.seconds, note = excluded.note`),
    db.update(trainingRuns).set({ heartbeatAt: actor.at }).where(eq(trainingRuns.id, run.id)).toSQL(),
    audited(db, actor, {
      what: "trials.logged",
      forecast: run.forecast,
      run: run.id,
      after: { trials: batch.length },
    }),
  ]);
}

export function listTrials(db: Database, run: string): Promise<StoredTrial[]> {
  return db
    .select(trialColumns)
    .from(trials)
    .where(eq(trials.run, run))
    .orderBy(asc(trials.candidate), asc(trials.number));
}

const trialColumns = {
  candidate: trials.candidate,
  number: trials.number,
  state: trials.state,
  parameters: trials.parameters,
  scores: trials.scores,
  seconds: trials.seconds,
  note: trials.note,
};
