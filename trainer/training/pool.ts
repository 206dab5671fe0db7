/** Threads that fit models of the next period. Each has a copy of the dataset. */
import type { Dataset } from "../../shared/features/dataset.ts";
import type { Job, JobResult, Pool, Workbench } from "../../shared/training/job.ts";
import { startThreads } from "./threads.ts";

export interface ThreadData {
  readonly forecast: Workbench["forecast"];
  readonly data: Dataset;
}

export interface ThreadPool extends Pool {
  stop(): Promise<void>;
}

/** Creates `threads` threads; null: one per core, at most 8. An error in a thread rejects all jobs of the pool. */
export function createPool({ forecast, data }: ThreadData, threads: number | null = null): ThreadPool {
  const workerData: ThreadData = { forecast: threadForecast(forecast), data };
  const module = new URL("./worker.ts", import.meta.url);
  return startThreads<Job, JobResult>({ module, workerData, count: threads });
}

/** Returns the part of a declaration that a thread needs. It is copied to each thread. */
export function threadForecast(forecast: Workbench["forecast"]): Workbench["forecast"] {
  const { id, task, target, features, seasonal, variable, events, distribution } = forecast;
  return {
    id,
    task,
    target,
    features,
    seasonal,
    variable,
    ...(events && { events }),
    ...(distribution && { distribution }),
  };
}
