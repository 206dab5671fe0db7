/** Closed-loop load from a thread of its own: the same generator for everything that is compared. */
import { Worker } from "node:worker_threads";

export interface LoadTask {
  readonly port: number;
  readonly request: Uint8Array;
  readonly connections: number;
  readonly ms: number;
  /** What a good answer's status is. */
  readonly status: number;
}

export interface LoadTimes {
  readonly ms: number;
  /** Of each answer, in milliseconds. */
  readonly latencies: Float64Array;
  /** Answers of another status. */
  readonly failures: number;
}

/** Throws where one answer failed: numbers of failures say nothing. */
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
