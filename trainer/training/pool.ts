/** Threads that fit models. Each thread has a copy of the dataset. The result of a job does not depend on the thread. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Job, JobResult, Pool, Workbench } from "../../shared/training/job.ts";

export interface ThreadData {
  readonly forecast: Workbench["forecast"];
  readonly data: Dataset;
}

interface Waiting {
  readonly job: Job;
  resolve(result: JobResult): void;
  reject(error: unknown): void;
}

export interface ThreadPool extends Pool {
  stop(): Promise<void>;
}

/** Each thread needs memory for a copy of the dataset, and more than 8 threads gain little. */
const usualMax = 8;

/** Creates `threads` threads; null: one per core, at most 8. An error in a thread rejects all jobs of the pool. */
export function createPool({ forecast, data }: ThreadData, threads: number | null = null): ThreadPool {
  const waiting: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
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
  const { id, task, target, features, seasonal, variable, events, distribution } = forecast;
  const workerData: ThreadData = {
    forecast: {
      id,
      task,
      target,
      features,
      seasonal,
      variable,
      ...(events && { events }),
      ...(distribution && { distribution }),
    },
    data,
  };
  const workers = Array.from({ length: threads ?? Math.min(usualMax, availableParallelism()) }, () => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData });
    worker.on("message", (result: JobResult) => {
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
