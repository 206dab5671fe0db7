/** `npm run fuzz -- NAME --count N --seed S`: runs random inputs of one kind, or of all, and prints a report of each run. */
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type FuzzReport, growthMbMax, isClean } from "./run.ts";
import { fuzzTargets } from "./targets.ts";

/** Heap of the code, the good inputs and the test's own data. An input may use `growthMbMax` more. */
const baseHeapMb = 128;
/** Wall time after which an input counts as hanging. Time is measured exactly in the thread, if the input ends. */
const stuckMs = 30_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const [name = ""] = positionals;
const names = Object.keys(fuzzTargets);
if (!(name === "all" || names.includes(name)) || !(count >= 1) || !Number.isInteger(seed)) {
  console.error(`Usage: npm run fuzz -- NAME --count N --seed S. NAME is all, or one of ${names.join(", ")}.`);
  process.exit(2);
}
for (const each of name === "all" ? names : [name]) {
  const report = await runInThread(each);
  console.log(JSON.stringify(report, null, 1));
  if (!isClean(report)) process.exitCode = 1;
}

/** Runs a target in a thread of its own, so that an input that never ends or needs too much memory is reported with its seed. */
function runInThread(name: string): Promise<FuzzReport> {
  const current = new Float64Array(new SharedArrayBuffer(2 * Float64Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    workerData: { name, count, seed, current },
    resourceLimits: { maxOldGenerationSizeMb: baseHeapMb + growthMbMax },
  });
  return new Promise((resolve) => {
    const fail = (reason: string) => {
      clearInterval(watch);
      const failures = [{ seed: current[0] ?? seed, reason }];
      resolve({ name, count, seconds: 0, slowestMs: 0, growthMb: 0, failures });
    };
    const watch = setInterval(() => {
      const begun = current[1] ?? 0;
      if (begun === 0 || Date.now() - begun < stuckMs) return;
      void worker.terminate();
      fail(`the input did not end within ${stuckMs / 1000} seconds`);
    }, 1_000);
    worker.once("error", (error) => fail(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    worker.once("message", (report: FuzzReport) => {
      clearInterval(watch);
      resolve(report);
    });
  });
}
