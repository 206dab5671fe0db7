/** Ends trainings whose trainer was killed: the hub has received nothing from them for some time. */
import { silentMinutesMax } from "../../../shared/api/runs.ts";
import { endRun, listSilentRuns } from "../../../shared/db/runs.ts";
import { dayMs, minuteMs } from "../../../shared/lib/durations.ts";
import { settleAll } from "../../../shared/lib/settle-all.ts";
import type { Hub } from "../hub.ts";

/** For a trainer that sends only trials. It is longer than a night, in which a laptop may sleep. */
const trialsOnlyMs = dayMs;

/** Marks silent runs as abandoned. Returns their ids. */
export async function abandonSilentRuns({ db, now }: Pick<Hub, "db" | "now">): Promise<string[]> {
  const at = now();
  const ago = (ms: number) => new Date(at.getTime() - ms).toISOString();
  const since = { withHeartbeats: ago(silentMinutesMax * minuteMs), trialsOnly: ago(trialsOnlyMs) };
  const silent = await listSilentRuns(db, since);
  await settleAll(
    silent.map((run) => {
      const reason = whySilent(run);
      const actor = { who: "hub", why: reason, at: at.toISOString() };
      return [run.id, () => endRun(db, run, { state: "abandoned", reason, stats: null }, actor)];
    }),
  );
  return silent.map(({ id }) => id);
}

type SilentRun = Awaited<ReturnType<typeof listSilentRuns>>[number];

function whySilent({ id, forecast, seed, heartbeatAt, sendsHeartbeats }: SilentRun): string {
  if (!sendsHeartbeats) return "The run sent no trial for a day.";
  return `The trainer has sent no heartbeat since ${heartbeatAt}. It was killed, or its machine slept. \`almanac train ${forecast} --seed ${seed} --resume ${id}\` continues the run.`;
}
