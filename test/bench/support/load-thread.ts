/** The thread of the load generator. Each connection sends its next request after the answer to the last one. */
import { parentPort, workerData } from "node:worker_threads";
import { Connection } from "./http-client.ts";
import type { LoadTask, LoadTimes } from "./load.ts";

const { port, request, connections, ms, status }: LoadTask = workerData;

async function askUntil(end: number, latencies: number[]): Promise<number> {
  const connection = await Connection.open(port);
  const bytes = Buffer.from(request);
  let failures = 0;
  while (performance.now() < end) {
    const sent = performance.now();
    const answer = await connection.ask(bytes);
    latencies.push(performance.now() - sent);
    if (answer.status !== status) failures++;
  }
  connection.close();
  return failures;
}

const started = performance.now();
const latencies: number[] = [];
const failures = await Promise.all(Array.from({ length: connections }, () => askUntil(started + ms, latencies)));
const times: LoadTimes = {
  ms: performance.now() - started,
  latencies: Float64Array.from(latencies),
  failures: failures.reduce((sum, count) => sum + count, 0),
};
parentPort?.postMessage(times);
