/** Threads that run jobs. Each thread has its own copy of the data. The result of a job does not depend on the thread. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

interface Waiting<Job, Result> {
  readonly job: Job;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

export interface Threads<Job, Result> {
  run(job: Job): Promise<Result>;
  stop(): Promise<void>;
}

export interface ThreadOptions {
  /** The module that a thread runs. It answers each message, a job, with a message, its result. */
  readonly module: URL;
  readonly workerData: unknown;
  /** Null: one per core, at most 8. */
  readonly count: number | null;
}

/** Each thread needs memory for a copy of the data, and more than 8 threads gain little. */
const usualMax = 8;

/** Starts threads. An error in a thread rejects all jobs. */
export function startThreads<Job, Result>({ module, workerData, count }: ThreadOptions): Threads<Job, Result> {
  const waiting: Waiting<Job, Result>[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting<Job, Result>>();
  let failure: unknown = null;
  const next = () => {
    for (let worker = idle.pop(); worker !== undefined; worker = idle.pop()) {
      const work = waiting.shift();
      if (work === undefined) {
        idle.push(worker);
        return;
      }
      busy.set(worker, work);
      worker.postMessage(work.job);
    }
  };
  const fail = (error: unknown) => {
    failure = error;
    for (const work of [...busy.values(), ...waiting.splice(0)]) work.reject(error);
    busy.clear();
  };
  const workers = Array.from({ length: count ?? Math.min(usualMax, availableParallelism()) }, () => {
    const worker = new Worker(module, { workerData });
    worker.on("message", (result: Result) => {
      busy.get(worker)?.resolve(result);
      busy.delete(worker);
      idle.push(worker);
      next();
    });
    worker.on("error", fail);
    idle.push(worker);
    return worker;
  });
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        if (failure !== null) return reject(failure);
        waiting.push({ job, resolve, reject });
        next();
      }),
    stop: async () => {
      fail(new Error("the pool was stopped before this job ended"));
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
