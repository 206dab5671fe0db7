import { endRun, listSilentRuns } from "../../../shared/db/runs.ts";
import type { Hub } from "../hub.ts";

/** A laptop may sleep through a night and go on; a day without a trial is the end. */
const silentMs = 24 * 60 * 60_000;

/** A training that was killed says nothing more: it is called abandoned, so that nobody waits for it. */
export async function abandonSilentRuns(hub: Hub): Promise<string[]> {
  const at = hub.now();
  const silent = await listSilentRuns(hub.db, new Date(at.getTime() - silentMs).toISOString());
  const reason = "It was not heard of for a day.";
  for (const run of silent) {
    const actor = { who: "hub", why: reason, at: at.toISOString() };
    await endRun(hub.db, run, { state: "abandoned", reason, stats: null }, actor);
  }
  return silent.map(({ id }) => id);
}
