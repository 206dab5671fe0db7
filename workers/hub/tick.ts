/** The job of every quarter of an hour: starts what is due. */
import { settleAll } from "../../shared/lib/settle-all.ts";
import { type DeliverEffects, deliverDue } from "./outbox/deliver.ts";

/** Runs every job. Continues after a failure. The error names all failed jobs. */
export async function runTick(fx: DeliverEffects): Promise<void> {
  await settleAll([["deliver messages", () => deliverDue(fx)]]);
}
