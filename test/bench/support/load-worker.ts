/** A Worker that loads a model as predict does, and says how long that took from bytes to ready. */
import { fingerprintsOf } from "../../../shared/forecasts/fingerprint.ts";
import { findForecast } from "../../../shared/forecasts/index.ts";
import { loadModel } from "../../../shared/predict/load-model.ts";
import { artefactKey, championKey } from "../../../shared/registry/keys.ts";

interface Env {
  readonly LAKE: { get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null> };
  readonly SNAPSHOTS: { get(key: string): Promise<string | null> };
  readonly FORECAST: string;
}

export default {
  async fetch(_: Request, { LAKE, SNAPSHOTS, FORECAST }: Env): Promise<Response> {
    const forecast = findForecast(FORECAST);
    const pointer = JSON.parse((await SNAPSHOTS.get(championKey(FORECAST))) ?? "null");
    const read = async (name: "model.onnx" | "card.json") => {
      const object = await LAKE.get(artefactKey(FORECAST, pointer.version, name));
      return new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0));
    };
    const [bytes, card] = [await read("model.onnx"), await read("card.json")];
    if (!forecast) return new Response("no such forecast", { status: 500 });
    const fingerprints = fingerprintsOf(forecast);
    const cardText = new TextDecoder().decode(card);
    const started = performance.now();
    const loaded = loadModel({ forecast, pointer, fingerprints, bytes, cardText });
    const ms = performance.now() - started;
    return loaded.ok ? new Response(String(ms)) : new Response(loaded.reason, { status: 500 });
  },
};
