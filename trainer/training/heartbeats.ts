/** Reports to the hub that a training still runs, so that the hub can end the run of a killed trainer. */
import type { Hub } from "../hub.ts";

/** The hub ends a run after 30 minutes without a heartbeat. */
const intervalMs = 5 * 60_000;

/**
 * Sends a heartbeat now and then every 5 minutes. A heartbeat that fails is ignored: the next one may succeed, and trials
 * report a hub that does not respond.
 */
export function startHeartbeats({ api }: { readonly api: Pick<Hub["api"], "sendHeartbeat"> }, run: string) {
  const send = () => {
    api.sendHeartbeat({ run }).catch(() => undefined);
  };
  send();
  const timer = setInterval(send, intervalMs);
  // A training that has ended does not keep the process alive.
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
