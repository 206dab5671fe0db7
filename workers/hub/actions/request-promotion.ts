import type { z } from "zod";
import type { Promotion } from "../../../shared/api/champions.ts";
import { promotionKey } from "../../../shared/api/flow-keys.ts";
import type { Refusal } from "../../../shared/api/problem.ts";
import type { Actor } from "../../../shared/db/audit.ts";
import { findChampion } from "../../../shared/db/champions.ts";
import { requestFlow, requeueFlow } from "../../../shared/db/flows.ts";
import { failure, type Result, success } from "../../../shared/lib/result.ts";
import { launch } from "../flows/launch.ts";
import type { promoteParams } from "../flows/promote.ts";
import type { Hub } from "../hub.ts";
import { requireModel } from "./require.ts";

export interface PromotionRequest {
  readonly forecast: string;
  readonly version: string;
  readonly force: boolean;
}

/**
 * Starts the flow `promote`. Its key contains the number of the champion that it would replace, so a repeated request
 * returns the same flow until the champion changes. A failed flow is retried.
 */
export async function requestPromotion(
  fx: Pick<Hub, "db" | "workflows" | "boot" | "now">,
  { forecast, version, force }: PromotionRequest,
  { who, why }: Actor,
): Promise<Result<Promotion, Refusal>> {
  const model = await requireModel(fx, forecast, version);
  if (!model.ok) return model;
  const champion = await findChampion(fx.db, forecast);
  if (champion?.version === version) {
    return failure({ kind: "conflict", detail: `${version} is already the champion of ${forecast}.`, found: version });
  }
  const after = champion?.number ?? 0;
  const params: z.infer<typeof promoteParams> = { forecast, version, after, who, why, force };
  const key = promotionKey({ forecast, version, after, isForced: force });
  const at = { now: fx.now().toISOString(), boot: fx.boot };
  const { run: known, isNew } = await requestFlow(fx.db, { kind: "promote", key, params }, at);
  const again = known.state === "failed" ? await requeueFlow(fx.db, known.id, ["failed"], { params, ...at }) : null;
  const run = again ?? known;
  if (run.state === "queued") await launch(fx, run);
  return success({ flow: run.id, state: run.state, known: !isNew });
}
