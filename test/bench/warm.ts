/** Measures requests for one row, and compares them to a Worker that only parses the request and answers as many bytes. */
import { type Bench, medianOf, type Result } from "./bench.ts";
import { engines, workersOf } from "./support/engines.ts";
import { Connection, requestBytes } from "./support/http-client.ts";
import { learnedModel } from "./support/learned-model.ts";
import { type LoadTimes, load } from "./support/load.ts";
import { modelOwnMs } from "./support/model-time.ts";
import { oneRow } from "./support/requests.ts";
import { moduleOf, startWorkerd, type Workerd } from "./support/workerd.ts";

/** Each Worker is measured for ten seconds per round, one after another. */
const rounds = 5;
const roundMs = 2_000;
/** Largest allowed p50 for each number of connections, relative to the floor's p50 plus the model's own time. */
const comparisons = [
  { connections: 1, floorRatioMax: 1.5 },
  { connections: 32, floorRatioMax: 1.75 },
] as const;

/** A Worker that parses each request and returns the body of its first request. */
const floor = moduleOf(`let answer;
  export default { async fetch(request) {
    const { remember } = await request.json();
    answer = remember ?? answer;
    return new Response(answer, { headers: { "Content-Type": "application/json; charset=utf-8" } });
  } };`);

interface Measured {
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
}

export async function run(): Promise<Bench> {
  const learned = await learnedModel();
  const workerd = await startWorkerd([...engines.flatMap(workersOf), { name: "floor", modules: [floor] }]);
  try {
    await workerd.store(learned);
    await warmUp(workerd);
    const results: Result[] = [];
    const ownMs = await modelOwnMs(learned);
    results.push({ what: "the model's own time, one row", value: ownMs, unit: "ms", limit: null });
    for (const one of comparisons) results.push(...(await compare(workerd, { ...one, ownMs })));
    return { name: "warm", results };
  } finally {
    await workerd.dispose();
  }
}

/** Gives the floor's answer the size of an answer of predict, and loads every model. */
async function warmUp(workerd: Workerd): Promise<void> {
  let remember = "";
  for (const engine of engines) remember = await bodyOf(workerd, engine, oneRow);
  await bodyOf(workerd, "floor", requestBytes({ method: "POST", path: "/", json: { remember } }));
}

async function bodyOf(workerd: Workerd, worker: string, request: Buffer): Promise<string> {
  const connection = await Connection.open(await workerd.port(worker));
  const { status, body } = await connection.ask(request);
  connection.close();
  if (status !== 200) throw new Error(`${worker} answered ${status}: ${body}`);
  return body;
}

interface Comparison {
  readonly connections: number;
  readonly floorRatioMax: number;
  readonly ownMs: number;
}

async function compare(workerd: Workerd, { connections, floorRatioMax, ownMs }: Comparison): Promise<Result[]> {
  const workers = [...engines, "floor"];
  const taken = new Map<string, Measured[]>(workers.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of workers) {
      const times = await load({ port: await workerd.port(name), request: oneRow, connections, ms: roundMs });
      taken.get(name)?.push(measuredOf(times));
    }
  }
  const of = (name: string, what: keyof Measured) =>
    medianOf((taken.get(name) ?? []).map((measured) => measured[what]));
  const results = workers.flatMap((name): Result[] => [
    { what: `${name}, ${connections} at once: p50`, value: of(name, "p50"), unit: "ms", limit: null },
    { what: `${name}, ${connections} at once: p99`, value: of(name, "p99"), unit: "ms", limit: null },
    { what: `${name}, ${connections} at once`, value: of(name, "perSecond"), unit: "requests/s", limit: null },
  ]);
  // Concurrent requests also wait for each other's models, because a thread runs one after another.
  const allowed = floorRatioMax * (of("floor", "p50") + ownMs * connections);
  const p50 = `p50, ${connections} at once ÷ ${floorRatioMax} × (the floor's + the model's own time)`;
  results.push({ what: p50, value: of("engine", "p50") / allowed, unit: "", limit: 1 });
  const [own, onnx] = [of("engine", "perSecond"), of("onnx", "perSecond")];
  results.push({ what: `onnx's requests/s ÷ ours, ${connections} at once`, value: onnx / own, unit: "", limit: 1 });
  return results;
}

function measuredOf({ latencies, ms }: LoadTimes): Measured {
  const sorted = latencies.toSorted();
  const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), perSecond: (latencies.length / ms) * 1000 };
}
