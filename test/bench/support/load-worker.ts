/** A Worker that loads a model like predict and returns the time from bytes to ready. */
import type { ChampionPointer } from "../../../shared/api/champion.ts";
import { loadModel } from "../../../shared/predict/load-model.ts";
import { readServed } from "../../../shared/predict/read-served.ts";
import { artefactKey, championKey, servedKey } from "../../../shared/registry/keys.ts";

interface Env {
  readonly LAKE: { get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null> };
  readonly SNAPSHOTS: { get(key: string): Promise<string | null> };
  readonly FORECAST: string;
}

export default {
  async fetch(_: Request, { LAKE, SNAPSHOTS, FORECAST }: Env): Promise<Response> {
    const pointer: ChampionPointer = JSON.parse((await SNAPSHOTS.get(championKey(FORECAST))) ?? "null");
    const { version, number, served } = pointer;
    const read = async (key: string) => {
      const object = await LAKE.get(key);
      return new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0));
    };
    const bytes = await read(artefactKey(FORECAST, version, "model.onnx"));
    const file = await read(servedKey(FORECAST, version, served?.sha256 ?? ""));
    const text = new TextDecoder().decode(file);
    const started = performance.now();
    const description = readServed(text);
    if (!description.ok) return new Response(description.error, { status: 500 });
    const loaded = loadModel({ description: description.value, bytes, number, servedNumber: 1 });
    const ms = performance.now() - started;
    return loaded.ok ? new Response(String(ms)) : new Response(loaded.error.reason, { status: 500 });
  },
};
