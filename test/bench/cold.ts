/** Measures the first answer of an isolate in which no code of predict has run and no model is loaded. */
import { type Bench, medianOf, type Result } from "./bench.ts";
import { type Engine, engines, workersOf } from "./support/engines.ts";
import { Connection } from "./support/http-client.ts";
import { type Learned, learnedModel } from "./support/learned-model.ts";
import { oneRow } from "./support/requests.ts";
import { startWorkerd } from "./support/workerd.ts";

const rounds = 11;

export async function run(): Promise<Bench> {
  const learned = await learnedModel();
  const times: Record<Engine, number[]> = { engine: [], onnx: [] };
  for (let round = 0; round < rounds; round++) {
    for (const engine of engines) times[engine].push(await firstAnswerMs(engine, learned));
  }
  const [own, onnx] = [medianOf(times.engine), medianOf(times.onnx)];
  const trees = `${learned.card.model.trees} trees, ${learned.card.model.nodes} nodes`;
  const results: Result[] = [
    { what: `first prediction of a cold isolate (${trees})`, value: own, unit: "ms", limit: 60 },
    { what: "the same through onnxruntime-web", value: onnx, unit: "ms", limit: null },
    { what: "ours ÷ onnxruntime-web's", value: own / onnx, unit: "", limit: 1 },
  ];
  return { name: "cold", results };
}

/** Measures from sending the request over an open connection to the complete answer. */
async function firstAnswerMs(engine: Engine, learned: Learned): Promise<number> {
  const workerd = await startWorkerd(workersOf(engine));
  try {
    await workerd.store(learned);
    const connection = await Connection.open(await workerd.port(engine));
    const sent = performance.now();
    const { status, body } = await connection.ask(oneRow);
    const ms = performance.now() - sent;
    connection.close();
    if (status !== 200) throw new Error(`${engine} answered ${status}: ${body}`);
    return ms;
  } finally {
    await workerd.dispose();
  }
}
