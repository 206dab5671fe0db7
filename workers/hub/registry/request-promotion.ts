import type { z } from "zod";
import type { Actor } from "../../../shared/db/audit.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { type FlowRun, queueAgain, requestFlow } from "../../../shared/db/flows.ts";
import type { StagedModel } from "../../../shared/db/models.ts";
import { launch } from "../flows/launch.ts";
import type { promoteParams } from "../flows/promote.ts";
import type { Hub } from "../hub.ts";
import { refuse } from "../refuse.ts";

export interface PromotionRequest {
  readonly model: StagedModel;
  readonly force: boolean;
}

/**
 * Asks for the flow `promote`. Its key holds the number of the champion that it would follow: the same question in the
 * same situation is one flow, and another situation is another question. Asked again, a failed one is tried again.
 */
export async function requestPromotion(
  hub: Hub,
  { model, force }: PromotionRequest,
  { who, why }: Actor,
): Promise<{ readonly run: FlowRun; readonly isNew: boolean }> {
  const { forecast, version } = model;
  const champion = await findChampion(hub.db, forecast);
  if (champion?.version === version) {
    refuse({ kind: "conflict", detail: `${version} serves ${forecast} already.`, found: version });
  }
  const after = champion?.number ?? 0;
  const params: z.infer<typeof promoteParams> = { forecast, version, after, who, why, force };
  const key = `promote:${forecast}:${version}:${after}${force ? ":forced" : ""}`;
  const at = { now: hub.now().toISOString(), boot: hub.boot };
  const { run: known, isNew } = await requestFlow(hub.db, { kind: "promote", key, params }, at);
  const again = known.state === "failed" ? await queueAgain(hub.db, known.id, ["failed"], { params, ...at }) : null;
  const run = again ?? known;
  if (run.state === "queued") await launch(hub, run);
  return { run, isNew };
}
