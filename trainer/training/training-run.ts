/** The run of a training at the hub: it is reported as alive while the training works, and ends with it. */
import { setTimeout as delay } from "node:timers/promises";
import { messageOf } from "../../shared/lib/error-reason.ts";
import type { Hub } from "../hub.ts";
import { stopOnInterrupt } from "../interruption.ts";
import { startHeartbeats } from "./heartbeats.ts";

/** An interrupted command waits at most so long for the hub, which may be busy. */
const abandonMaxMs = 2_000;
/** The API accepts reasons of this length. */
const reasonMax = 1_000;

/** What a training returns, and what its run records. */
export interface RunResult<T> {
  readonly result: T;
  readonly reason: string;
  readonly stats: Readonly<Record<string, number>>;
}

/**
 * Runs a training as the run `run`, which then ends as done. It ends as failed if `work` fails, and as abandoned if the command is
 * interrupted, so that the hub does not wait for its heartbeats.
 */
export async function asRun<T>(
  hub: { readonly api: Pick<Hub["api"], "endRun" | "sendHeartbeat"> },
  run: string,
  work: () => Promise<RunResult<T>>,
): Promise<T> {
  const end = (body: Parameters<Hub["api"]["endRun"]>[0]["body"]) => hub.api.endRun({ run, body });
  const heartbeats = startHeartbeats(hub, run);
  const forget = stopOnInterrupt(async () => {
    const abandoned = end({ state: "abandoned", reason: "the training was interrupted", stats: null }).catch(
      () => undefined,
    );
    await Promise.race([abandoned, delay(abandonMaxMs)]);
  });
  try {
    const { result, reason, stats } = await work();
    await end({ state: "done", reason: reason.slice(0, reasonMax), stats: { ...stats } });
    return result;
  } catch (error) {
    await end({ state: "failed", reason: messageOf(error).slice(0, reasonMax), stats: null }).catch(() => undefined);
    throw error;
  } finally {
    forget();
    heartbeats.stop();
  }
}
