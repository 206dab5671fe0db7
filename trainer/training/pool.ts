/** Threads that fit models. Each has a copy of the dataset of step 1 and, once they are shared, of the rows of further steps. */
import { setImmediate as eventLoopTurn } from "node:timers/promises";
import type { Dataset } from "../../shared/features/dataset.ts";
import type { StepRows } from "../../shared/judging/step-rows.ts";
import type { Job, JobResult, Pool, Workbench } from "../../shared/training/job.ts";
import type { StepJob, StepJobResult, StepPool } from "../../shared/training/step-job.ts";
import { startThreads } from "./threads.ts";

export interface ThreadData {
  readonly forecast: Workbench["forecast"];
  readonly data: Dataset;
}

/** A message to a thread. It answers the jobs. */
export type ThreadMessage =
  | { readonly kind: "fit"; readonly job: Job }
  | { readonly kind: "fit-step"; readonly job: StepJob }
  | { readonly kind: "step-rows"; readonly rows: StepRows };

/** Runs all fits of a training. */
export interface TrainingPool extends Pool {
  /** Returns a pool that fits learners of further steps to these rows. */
  stepPool(rows: StepRows): StepPool;
}

export interface ThreadPool extends TrainingPool {
  stop(): Promise<void>;
}

/** Creates `threads` threads; null: one per core, at most 8. An error in a thread rejects all jobs of the pool. */
export function createPool({ forecast, data }: ThreadData, threads: number | null = null): ThreadPool {
  const workerData: ThreadData = { forecast: threadForecast(forecast), data };
  const module = new URL("./worker.ts", import.meta.url);
  const { run, share, stop } = startThreads<ThreadMessage, JobResult | StepJobResult>({
    module,
    workerData,
    count: threads,
    groupOf,
  });
  return {
    run: (job) => run({ kind: "fit", job }) as Promise<JobResult>,
    stepPool: (rows) => {
      share({ kind: "step-rows", rows } satisfies ThreadMessage);
      return { run: (job) => run({ kind: "fit-step", job }) as Promise<StepJobResult>, turn: eventLoopTurn };
    },
    stop,
  };
}

/** Fits to the same rows share models with fixed parameters, such as the chance of a change. */
function groupOf(message: ThreadMessage): string | null {
  return message.kind === "fit" ? `${message.job.train.from} ${message.job.train.to}` : null;
}

/** Returns the part of a declaration that a thread needs. It is copied to each thread. */
function threadForecast(forecast: Workbench["forecast"]): Workbench["forecast"] {
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
