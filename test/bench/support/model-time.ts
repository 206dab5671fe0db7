/** Measures the time of the model alone for one row in workerd. Measured from outside, because clocks in workerd do not advance. */
import { artefactKey } from "../../../shared/registry/keys.ts";
import { medianOf } from "../bench.ts";
import { bundleOfFile } from "./bundle.ts";
import { Connection, requestBytes } from "./http-client.ts";
import type { Learned } from "./learned-model.ts";
import { startWorkerd } from "./workerd.ts";

const rounds = 7;
const runs = 5_000;

/** Returns the median over rounds of (time of many runs − time of no run) ÷ runs, after a warm-up. */
export async function modelOwnMs(learned: Learned): Promise<number> {
  const { card, pointer } = learned;
  const row = Object.fromEntries(card.features.map(({ name }) => [name, card.golden.inputs[name]?.[0] ?? null]));
  const variables = { MODEL_KEY: artefactKey(card.forecast, pointer.version, "model.onnx"), ROW: JSON.stringify(row) };
  const modules = bundleOfFile("test/bench/support/engine-worker.ts");
  const workerd = await startWorkerd([{ name: "model", modules, variables }]);
  try {
    await workerd.store(learned);
    const connection = await Connection.open(await workerd.port("model"));
    const ask = async (times: number) => {
      const sent = performance.now();
      const { body } = await connection.ask(requestBytes({ method: "GET", path: `/?times=${times}` }));
      if (body !== String(times)) throw new Error(`the time of the model cannot be measured: ${body}`);
      return performance.now() - sent;
    };
    await ask(runs);
    const taken: number[] = [];
    for (let round = 0; round < rounds; round++) taken.push(((await ask(runs)) - (await ask(0))) / runs);
    connection.close();
    return medianOf(taken);
  } finally {
    await workerd.dispose();
  }
}
