/** Going back: the same checks as a promotion, but no gate, for it has served before. */
import type { Actor } from "../../../shared/db/audit.ts";
import { findChampion, listChampions, succeed } from "../../../shared/db/champions.ts";
import { findModel } from "../../../shared/db/models.ts";
import type { Forecast } from "../../../shared/forecasts/forecast.ts";
import { championBefore } from "../../../shared/registry/rollback.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";
import { writePointer } from "./pointer.ts";
import { verifyArtefacts, verifyGolden } from "./verify.ts";

export interface Rollback {
  readonly forecast: Forecast;
  /** Undefined is the version before. */
  readonly to: string | undefined;
}

export async function rollBack(hub: Hub, { forecast, to }: Rollback, actor: Actor): Promise<void> {
  const changes = await listChampions(hub.db, forecast.id);
  const champion = changes.at(-1);
  if (!champion) refuse({ kind: "conflict", detail: `${forecast.id} has no champion to roll back.` });
  const version = to ?? championBefore(changes) ?? refuse(nothingBefore(forecast.id, champion.version));
  const served = [...new Set(changes.map((change) => change.version))];
  if (!served.includes(version)) {
    const detail = `${version} has never served ${forecast.id}: promote it instead.`;
    refuse({ kind: "unprocessable", detail, found: version, allowed: served });
  }
  if (version === champion.version) {
    refuse({ kind: "conflict", detail: `${version} serves already.`, found: version });
  }
  await refuseUnsound(hub, forecast, version);
  const succession = { forecast: forecast.id, version, rule: "rollback", flowId: null, after: champion } as const;
  if (!(await succeed(hub.db, succession, actor))) {
    const now = await findChampion(hub.db, forecast.id);
    const detail = `Overtaken by version ${now?.version} (change ${now?.number}), which became champion meanwhile. Look again before you go back.`;
    refuse({ kind: "conflict", detail, found: String(now?.number), expected: String(champion.number) });
  }
  await writePointer(hub, forecast.id);
}

function nothingBefore(forecast: string, version: string) {
  const detail = `No version of ${forecast} served before ${version}. Name one with "to", or promote another.`;
  return { kind: "conflict", detail } as const;
}

/** What cannot be verified does not serve, not even again. */
async function refuseUnsound(hub: Hub, forecast: Forecast, version: string): Promise<void> {
  const model = await findModel(hub.db, forecast.id, version);
  if (!model) throw new Error(`${forecast.id} ${version} has served and is not registered`);
  const stated = { ...model, forecast };
  const verified = await verifyArtefacts(hub, stated);
  const mismatch = verified.ok ? await verifyGolden(hub, stated) : verified.mismatch;
  if (mismatch) refuse({ kind: "unprocessable", ...mismatch });
}
