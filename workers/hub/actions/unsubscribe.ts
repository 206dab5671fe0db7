import type { Refusal } from "../../../shared/api/problem.ts";
import type { RemovedSubscription } from "../../../shared/api/subscriptions.ts";
import { deleteSubscription } from "../../../shared/db/subscriptions.ts";
import { type Result, success } from "../../../shared/lib/result.ts";
import type { Hub } from "../hub.ts";
import { requireSubscription } from "./require.ts";

/** Deletes a subscription with its messages. A message that is being sent may still arrive. */
export async function unsubscribe(fx: Pick<Hub, "db">, id: string): Promise<Result<RemovedSubscription, Refusal>> {
  const subscription = await requireSubscription(fx, id);
  if (!subscription.ok) return subscription;
  await deleteSubscription(fx.db, id);
  return success({ id, url: subscription.value.url });
}
