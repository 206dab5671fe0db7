/** A thread that fits learners of further steps on its own copy of the rows. */
import { parentPort, workerData } from "node:worker_threads";
import { runStepJob, type StepJob, stepBenchOf } from "../../shared/training/step-job.ts";
import type { StepThreadData } from "./step-pool.ts";

const { forecast, rows } = workerData as StepThreadData;
const bench = stepBenchOf(forecast, rows);

parentPort?.on("message", (job: StepJob) => {
  parentPort?.postMessage(runStepJob(bench, job, () => performance.now() / 1000));
});
