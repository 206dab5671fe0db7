import { endRun, listSilentRuns } from "../../../shared/db/runs.ts";
import { settleAll } from "../../../shared/lib/settle-all.ts";
import type { Hub } from "../hub.ts";

/** A run without a trial for this time is abandoned. It is longer than a night, in which a laptop may sleep. */
const silentMs = 24 * 60 * 60_000;

/** Marks runs without a trial for a day as abandoned. Returns their ids. */
export async function abandonSilentRuns({ db, now }: Pick<Hub, "db" | "now">): Promise<string[]> {
  const at = now();
  const silent = await listSilentRuns(db, new Date(at.getTime() - silentMs).toISOString());
  const reason = "The run sent no trial for a day.";
  const actor = { who: "hub", why: reason, at: at.toISOString() };
  await settleAll(
    silent.map((run) => [run.id, () => endRun(db, run, { state: "abandoned", reason, stats: null }, actor)]),
  );
  return silent.map(({ id }) => id);
}
