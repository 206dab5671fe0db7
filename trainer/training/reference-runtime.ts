/** onnxruntime-web in Node. Every model file is compared with its outputs before publishing. */
import * as ort from "onnxruntime-web";
import type { Inputs } from "../../shared/training/inputs.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

/** Runs a file once and returns its float outputs, row by row. Rejects if the runtime cannot run it. */
export async function runReference(model: Uint8Array, inputs: Inputs): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  try {
    const feeds = Object.entries(inputs)
      .filter(([name]) => session.inputNames.includes(name))
      .map(([name, values]) => [name, tensorOf(values)]);
    const names = session.outputMetadata
      .filter((one) => one.isTensor && one.type === "float32")
      .map(({ name }) => name);
    const results = await session.run(Object.fromEntries(feeds), names);
    return Object.fromEntries(names.map((name) => [name, numbersOf(name, results[name])]));
  } finally {
    await session.release();
  }
}

function tensorOf(values: Inputs[string]): ort.Tensor {
  const dims = [values.length, 1];
  return values instanceof Float32Array
    ? new ort.Tensor("float32", values, dims)
    : new ort.Tensor("string", [...values], dims);
}

function numbersOf(name: string, tensor: ort.Tensor | undefined): Float32Array {
  if (tensor?.data instanceof Float32Array) return tensor.data.slice();
  throw new TypeError(`output ${name} is ${tensor?.type ?? "missing"}: expected float32`);
}
