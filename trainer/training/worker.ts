/** A thread of the pool: runs jobs on its own workbench. */
import { parentPort, workerData } from "node:worker_threads";
import { type Job, runJob, workbenchOf } from "../../shared/training/job.ts";
import type { ThreadData } from "./pool.ts";

const { forecast, data } = workerData as ThreadData;
const bench = workbenchOf(forecast, data);

parentPort?.on("message", (job: Job) => {
  parentPort?.postMessage(runJob(bench, job, () => performance.now() / 1000));
});
