/** Threads that fit learners of further steps. Each has a copy of the rows of all steps. */
import type { StepRows } from "../../shared/judging/step-rows.ts";
import type { Workbench } from "../../shared/training/job.ts";
import type { StepJob, StepJobResult } from "../../shared/training/step-job.ts";
import { threadForecast } from "./pool.ts";
import { startThreads, type Threads } from "./threads.ts";

export interface StepThreadData {
  readonly forecast: Workbench["forecast"];
  readonly rows: StepRows;
}

/** Creates `threads` threads; null: one per core, at most 8. */
export function createStepPool(
  { forecast, rows }: StepThreadData,
  threads: number | null = null,
): Threads<StepJob, StepJobResult> {
  const workerData: StepThreadData = { forecast: threadForecast(forecast), rows };
  const module = new URL("./step-worker.ts", import.meta.url);
  return startThreads({ module, workerData, count: threads });
}
