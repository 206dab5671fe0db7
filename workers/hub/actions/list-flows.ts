import type { FlowList } from "../../../shared/api/flows.ts";
import { type FlowFilter, listFlows as listRows } from "../../../shared/db/flows.ts";
import type { Hub } from "../hub.ts";

/** Lists flows, newest first. */
export async function listFlows({ db }: Pick<Hub, "db">, filter: FlowFilter): Promise<FlowList> {
  return { flows: await listRows(db, filter) };
}
