import type { FlowList } from "../../../shared/api/flows.ts";
import { type FlowFilter, listFlows as listRows } from "../../../shared/db/flows.ts";
import type { Hub } from "../hub.ts";
import { publicFlow } from "./public-flow.ts";

/** Lists flows, newest first. Callers without the token do not see what other callers sent. */
export async function listFlows(
  { db }: Pick<Hub, "db">,
  filter: FlowFilter,
  { hasToken }: { readonly hasToken: boolean },
): Promise<FlowList> {
  const flows = await listRows(db, filter);
  return { flows: hasToken ? flows : flows.map(publicFlow) };
}
