/** A Worker that runs one model a given number of times, to measure the model alone in the same runtime. */
import type { InputColumn } from "../../../shared/registry/golden.ts";
import { compileModel, runProgram } from "../../../shared/registry/onnx-engine.ts";

interface Env {
  readonly LAKE: { get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null> };
  readonly MODEL_KEY: string;
  /** One row as JSON. */
  readonly ROW: string;
}

let made: ReturnType<typeof compileModel> | undefined;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (made === undefined) {
      const object = await env.LAKE.get(env.MODEL_KEY);
      made = compileModel(new Uint8Array((await object?.arrayBuffer()) ?? new ArrayBuffer(0)));
    }
    if (!made.ok) return new Response(made.error.reason, { status: 500 });
    const row: Record<string, number | string | null> = JSON.parse(env.ROW);
    const inputs: Record<string, InputColumn> = {};
    for (const [name, value] of Object.entries(row)) {
      inputs[name] = typeof value === "string" ? [value] : Float32Array.of(value ?? Number.NaN);
    }
    const times = Number(new URL(request.url).searchParams.get("times"));
    let ran = 0;
    for (let run = 0; run < times; run++) ran += Number(runProgram(made.value, inputs).ok);
    return new Response(String(ran));
  },
};
