import type { SubscriptionList } from "../../../shared/api/subscriptions.ts";
import { listSubscriptions as listRows } from "../../../shared/db/subscriptions.ts";
import type { Hub } from "../hub.ts";

/** Lists subscriptions with the numbers of their messages, without secrets. */
export async function listSubscriptions({ db }: Pick<Hub, "db">): Promise<SubscriptionList> {
  const rows = await listRows(db);
  return {
    subscriptions: rows.map(({ waiting, sent, failed, lastSentAt, ...about }) => ({
      ...about,
      deliveries: { waiting, sent, failed, lastSentAt },
    })),
  };
}
