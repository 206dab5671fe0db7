/** Loads a forest of 600,000 nodes in predict: measures time, memory afterwards, and peak memory. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { historyOf, servable } from "../support/served.ts";
import { type Bench, medianOf, type Result } from "./bench.ts";
import { bundleOfFile } from "./support/bundle.ts";
import { workersOf } from "./support/engines.ts";
import { Connection } from "./support/http-client.ts";
import { usedBytes } from "./support/inspector.ts";
import { largeForest } from "./support/large-forest.ts";
import { type Stored, stored } from "./support/learned-model.ts";
import { oneRow } from "./support/requests.ts";
import { startWorkerd, type Workerd } from "./support/workerd.ts";

const rounds = 5;
const megabyte = 1024 * 1024;

export async function run(): Promise<Bench> {
  const forest = largeForest({ trees: 300, leaves: 1_000 });
  const { model, card } = servable();
  const tiny = stored({ model, card, historyText: JSON.stringify(historyOf()) });
  const loadsMs: number[] = [];
  const held: number[] = [];
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    loadsMs.push(await loadMs(forest));
    const [small, large] = [await memoryOf(tiny), await memoryOf(forest)];
    held.push(large.held - small.held);
    peaks.push(large.peak - small.peak);
  }
  const what = `${(300 * 1_999).toLocaleString("en")} nodes, a file of ${Math.round(forest.model.length / megabyte)} MB`;
  const results: Result[] = [
    { what: `loads: ${what}`, value: medianOf(loadsMs), unit: "ms", limit: 150 },
    { what: "in use after loading", value: medianOf(held) / megabyte, unit: "MB", limit: 32 },
    { what: "peak growth of the process while it loads", value: medianOf(peaks) / megabyte, unit: "MB", limit: null },
  ];
  return { name: "memory", results };
}

/** Measures the time from bytes to a loaded model, golden rows included, in a new isolate. */
async function loadMs(forest: Stored): Promise<number> {
  const variables = { FORECAST: forest.forecast };
  const modules = bundleOfFile("test/bench/support/load-worker.ts");
  const workerd = await startWorkerd([{ name: "load", modules, variables }]);
  try {
    await workerd.store(forest);
    return Number(await bodyOf(workerd, "load"));
  } finally {
    await workerd.dispose();
  }
}

interface Memory {
  /** Memory of the isolate after garbage collection. */
  readonly held: number;
  /**
   * Growth of the process's peak memory since the first request. It includes the file in the simulators of KV and R2.
   */
  readonly peak: number;
}

async function memoryOf(what: Stored): Promise<Memory> {
  const workerd = await startWorkerd(workersOf("engine"), { inspect: true });
  try {
    await workerd.store(what);
    const pid = workerdPid();
    // Resets the peak of resident memory to the current value.
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    const before = residentPeak(pid);
    await bodyOf(workerd, "engine");
    const peak = residentPeak(pid) - before;
    // The file is written to the cache after the answer, and is in memory until then.
    await setTimeout(1_000);
    return { held: await usedBytes(await workerd.inspectorPort(), "engine"), peak };
  } finally {
    await workerd.dispose();
  }
}

async function bodyOf(workerd: Workerd, worker: string): Promise<string> {
  const connection = await Connection.open(await workerd.port(worker));
  const { status, body } = await connection.ask(oneRow);
  connection.close();
  if (status !== 200) throw new Error(`${worker} answered ${status}: ${body}`);
  return body;
}

/** Returns the only child process that is workerd. */
function workerdPid(): number {
  const table = execFileSync("ps", ["--ppid", String(process.pid), "-o", "pid=,comm="], { encoding: "utf8" });
  const pid = /(\d+) workerd/.exec(table)?.[1];
  if (pid === undefined) throw new Error("workerd is not among the children of this process");
  return Number(pid);
}

function residentPeak(pid: number): number {
  const kilobytes = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
