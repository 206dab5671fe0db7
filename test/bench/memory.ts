/** A forest of 600,000 nodes in predict: how long it loads, what it holds afterwards, and the most that loading needed. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { historyOf, servable } from "../support/served.ts";
import { type Bench, medianOf, type Result } from "./bench.ts";
import { bundleOfFile } from "./support/bundle.ts";
import { workersOf } from "./support/engines.ts";
import { Connection } from "./support/http-client.ts";
import { heldBytes } from "./support/inspector.ts";
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
    { what: "held once it is loaded", value: medianOf(held) / megabyte, unit: "MB", limit: 32 },
    { what: "most of the process while it loads", value: medianOf(peaks) / megabyte, unit: "MB", limit: null },
  ];
  return { name: "memory", results };
}

/** From bytes to a model that may serve, golden rows included, in an isolate that has done nothing else. */
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
  /** Of the isolate, without garbage. */
  readonly held: number;
  /** Of the whole process, above what it had before the first request: the file on its way through KV's and R2's simulators too. */
  readonly peak: number;
}

async function memoryOf(what: Stored): Promise<Memory> {
  const workerd = await startWorkerd(workersOf("engine"), { inspect: true });
  try {
    await workerd.store(what);
    const pid = workerdPid();
    // Sets the high-water mark of resident memory back to what is resident now.
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
    const before = residentPeak(pid);
    await bodyOf(workerd, "engine");
    const peak = residentPeak(pid) - before;
    // The file goes into the cache behind the answer; until then it is needed.
    await setTimeout(1_000);
    return { held: await heldBytes(await workerd.inspectorPort(), "engine"), peak };
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

/** The only child of this process that is one. */
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
