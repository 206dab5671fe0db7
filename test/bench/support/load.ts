/** Generates closed-loop load in a separate thread, with the same generator for all compared Workers. */
import { Worker } from "node:worker_threads";

export interface LoadTask {
  readonly port: number;
  readonly request: Uint8Array;
  readonly connections: number;
  readonly ms: number;
  /** Status of a successful answer. */
  readonly status: number;
}

export interface LoadTimes {
  readonly ms: number;
  /** Latency of each answer, in milliseconds. */
  readonly latencies: Float64Array;
  /** Number of answers with another status. */
  readonly failures: number;
}

/** Throws if an answer failed, because times of failed answers are meaningless. */
export async function load(task: Omit<LoadTask, "status">): Promise<LoadTimes> {
  const thread = new Worker(new URL("load-thread.ts", import.meta.url), { workerData: { ...task, status: 200 } });
  const times = await new Promise<LoadTimes>((resolve, reject) => {
    thread.once("message", resolve);
    thread.once("error", reject);
  });
  await thread.terminate();
  if (times.failures > 0) throw new Error(`${times.failures} of ${times.latencies.length} answers failed`);
  return times;
}
