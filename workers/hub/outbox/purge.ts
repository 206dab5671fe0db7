import { purgeOutbox } from "../../../shared/db/outbox.ts";
import { addDays } from "../../../shared/lib/calendar.ts";
import type { DeliverEffects } from "./deliver.ts";

/** Longer than a quarter, so that a person can still find why a message did not arrive. */
const retentionDays = 90;

/** Deletes messages that ended 90 days ago. */
export async function purgeDeliveries({ db, now }: Pick<DeliverEffects, "db" | "now">): Promise<void> {
  await purgeOutbox(db, addDays(now().toISOString().slice(0, 10), -retentionDays));
}
