/** Reports to the hub that a training still runs, so that the hub can end the run of a killed trainer. */
import { heartbeatMinutes } from "../../shared/api/runs.ts";
import { minuteMs } from "../../shared/lib/durations.ts";
import type { Hub } from "../hub.ts";

/**
 * Sends a heartbeat now, and then every few minutes. A heartbeat that fails is ignored: the next one may succeed, and trials
 * report a hub that does not respond.
 */
export function startHeartbeats({ api }: { readonly api: Pick<Hub["api"], "sendHeartbeat"> }, run: string) {
  const send = () => {
    api.sendHeartbeat({ run }).catch(() => undefined);
  };
  send();
  const timer = setInterval(send, heartbeatMinutes * minuteMs);
  // A training that has ended does not keep the process alive.
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
