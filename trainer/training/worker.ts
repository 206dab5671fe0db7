/** A thread of the pool: runs jobs on its own workbenches. */
import { parentPort, workerData } from "node:worker_threads";
import { runJob, workbenchOf } from "../../shared/training/job.ts";
import { runStepJob, type StepBench, stepBenchOf } from "../../shared/training/step-job.ts";
import type { ThreadData, ThreadMessage } from "./pool.ts";

const { forecast, data } = workerData as ThreadData;
const bench = workbenchOf(forecast, data);
let steps: StepBench | null = null;

const seconds = () => performance.now() / 1000;

parentPort?.on("message", (message: ThreadMessage) => {
  switch (message.kind) {
    case "step-rows":
      steps = stepBenchOf(forecast, message.rows);
      return;
    case "fit":
      return parentPort?.postMessage(runJob(bench, message.job, seconds));
    case "fit-step":
      if (steps === null) throw new Error("a job of further steps came before its rows");
      return parentPort?.postMessage(runStepJob(steps, message.job, seconds));
  }
});
