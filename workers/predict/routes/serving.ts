/** `GET /serving/:forecast`: which version answers now, from which data, and why. */
import type { Serving } from "../../../shared/api/serving.ts";
import type { Call, Route } from "../call.ts";
import { jsonReply, type Reply, refusalReply } from "../respond.ts";
import { newestFor } from "../served.ts";

export const servingRoute: Route["methods"] = { GET: answerServing };

/** Reads KV again, so that a caller sees its own change as soon as this location can see it. */
async function answerServing(call: Call): Promise<Reply> {
  const found = await newestFor(call);
  if (!found.ok) return refusalReply(found.error.refusal, found.error.headers);
  const { snapshot, stale } = found.value;
  const { model, historyNumber, heads } = snapshot;
  const serving: Serving = { ...(stale ? heads.stale : heads.fresh), change: model.number, history: historyNumber };
  return jsonReply(serving, { headers: { "Cache-Control": "no-store" } });
}
