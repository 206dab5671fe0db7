/**
 * Rolls back to an earlier champion. It runs the checks of a promotion without the gate, because the version passed it
 * before.
 */
import type { ChampionAnswer } from "../../../shared/api/champions.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { type ChampionRow, changeChampion, findChampion, listChampions } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { championBefore } from "../../../shared/registry/rollback.ts";
import type { Hub } from "../hub.ts";
import { writeHistory } from "../ingest/write-history.ts";
import { writePointer } from "../registry/pointer.ts";
import { findServable } from "../registry/serving.ts";
import { verifyArtefacts, verifyGolden } from "../registry/verify.ts";
import { VersionFiles } from "../registry/version-files.ts";
import { readChampion } from "./read-champion.ts";
import { requireForecast } from "./require.ts";

export interface Rollback {
  readonly forecast: string;
  /** Undefined means the version before the champion. */
  readonly to: string | undefined;
}

type RollbackEffects = Pick<Hub, "db" | "lake" | "snapshots" | "fingerprints" | "evaluate" | "onnx" | "now">;

/** Makes an earlier champion the champion again. */
export async function rollBack(
  fx: RollbackEffects,
  wanted: Rollback,
  actor: Actor,
): Promise<Result<ChampionAnswer, Refusal>> {
  const forecast = requireForecast(wanted.forecast);
  if (!forecast.ok) return forecast;
  const { id } = forecast.value;
  const target = chooseTarget(id, await listChampions(fx.db, id), wanted.to);
  if (!target.ok) return target;
  const { version, champion } = target.value;
  const unsound = await verify(fx, forecast.value, version);
  if (unsound) return failure(unsound);
  const succession = { forecast: id, version, rule: "rollback", flowId: null, after: champion } as const;
  if (!(await changeChampion(fx.db, succession, actor))) {
    const now = await findChampion(fx.db, id);
    const detail = `Version ${now?.version} became champion during the rollback. Read the champion, then roll back again.`;
    return failure({ kind: "conflict", detail, found: String(now?.number), expected: String(champion.number) });
  }
  // Writes the history before the pointer: the version may read variables that today's declaration does not.
  await writeHistory(fx, forecast.value);
  await writePointer(fx, forecast.value);
  return readChampion(fx, id);
}

interface Target {
  readonly version: string;
  readonly champion: ChampionRow;
}

/** Chooses the target of the rollback. `changes` are the changes of champion, oldest first. */
function chooseTarget(
  forecast: string,
  changes: readonly ChampionRow[],
  to: string | undefined,
): Result<Target, Refusal> {
  const champion = changes.at(-1);
  if (!champion) return failure({ kind: "conflict", detail: `${forecast} has no champion to roll back.` });
  const version = to ?? championBefore(changes);
  if (version === null) {
    const detail = `${forecast} had no champion before ${champion.version}. Name a version with "to", or promote another.`;
    return failure({ kind: "conflict", detail });
  }
  const served = [...new Set(changes.map((change) => change.version))];
  if (!served.includes(version)) {
    const detail = `${version} was never the champion of ${forecast}. Promote it instead.`;
    return failure({ kind: "unprocessable", detail, found: version, allowed: served });
  }
  if (version === champion.version) {
    return failure({ kind: "conflict", detail: `${version} is already the champion.`, found: version });
  }
  return success({ version, champion });
}

/**
 * Verifies artefacts and golden rows again, because the files may have been damaged since the version served. A version
 * with a served.json may serve again after the declared features changed, as long as this code computes its features.
 */
async function verify(fx: RollbackEffects, forecast: Forecast, version: string): Promise<Refusal | null> {
  const model = await findModel(fx.db, forecast.id, version);
  if (!model) throw new Error(`${forecast.id} ${version} was champion but is not registered`);
  const stated = { ...model, forecast };
  const files = new VersionFiles(fx, stated, { holdsModel: true });
  const verified = await verifyArtefacts(fx, stated, { anyFingerprint: true, files });
  if (!verified.ok) return { kind: "unprocessable", ...verified.error };
  const servable = await findServable(fx, forecast, version);
  const mismatch = servable.ok ? await verifyGolden(fx, stated, files) : servable.error;
  return mismatch && { kind: "unprocessable", ...mismatch };
}
