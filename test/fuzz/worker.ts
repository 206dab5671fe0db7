/** Runs a fuzz target in a thread with a limited heap. The main thread reads the seed of the current input from shared memory. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { fuzz } from "./run.ts";

const { name, count, seed, current } = z
  .object({ name: z.string(), count: z.int(), seed: z.int(), current: z.instanceof(Float64Array) })
  .parse(workerData);

setFlagsFromString("--expose-gc");
const collect = z.function({ input: [], output: z.unknown() }).parse(runInNewContext("gc"));

// The code under test logs what it cannot answer.
console.error = () => {};
const report = await fuzz(name, count, seed, {
  onInput(inputSeed) {
    current[0] = inputSeed;
    current[1] = Date.now();
  },
  collect,
});
parentPort?.postMessage(report);
