import type { Refusal } from "../../../shared/api/problem.ts";
import { type DeliveryFilter, listMessages, type Message } from "../../../shared/db/outbox.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireSubscription } from "./require.ts";

/** Lists the messages to a subscriber, newest first. */
export async function listDeliveries(
  fx: Pick<Hub, "db">,
  subscription: string,
  filter: DeliveryFilter,
): Promise<Result<readonly Message[], Refusal>> {
  const found = await requireSubscription(fx, subscription);
  if (!found.ok) return found;
  return success(await listMessages(fx.db, subscription, filter));
}
