/** Runs onnxruntime-web in Node, the reference for all parity tests. */
import * as ort from "onnxruntime-web";
import type { TensorData } from "../../shared/onnx/graph.ts";

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";

export type Value = TensorData & { readonly dims: readonly number[] };

function toOrt({ type, data, dims }: Value): ort.Tensor {
  switch (type) {
    case "float":
      return new ort.Tensor("float32", data, dims);
    case "double":
      return new ort.Tensor("float64", data, dims);
    case "int64":
      return new ort.Tensor("int64", BigInt64Array.from(data, BigInt), dims);
    case "int32":
      return new ort.Tensor("int32", data, dims);
    case "uint8":
      return new ort.Tensor("uint8", data, dims);
    case "bool":
      return new ort.Tensor("bool", data, dims);
    case "string":
      return new ort.Tensor("string", [...data], dims);
  }
}

function fromOrt({ data, dims }: ort.Tensor): Value {
  if (data instanceof Float32Array) return { type: "float", data, dims };
  if (data instanceof Float64Array) return { type: "double", data, dims };
  if (data instanceof BigInt64Array) return { type: "int64", data: Float64Array.from(data, Number), dims };
  if (data instanceof Int32Array) return { type: "int32", data, dims };
  if (data instanceof Uint8Array) return { type: "bool", data, dims };
  if (Array.isArray(data)) return { type: "string", data, dims };
  throw new TypeError(`a tensor of ${Object.prototype.toString.call(data)}`);
}

export type Outputs = Readonly<Record<string, Value>>;

/** Loads a file. Rejects if onnxruntime refuses it. */
export async function load(bytes: Uint8Array): Promise<(feeds: Outputs) => Promise<Outputs>> {
  const session = await ort.InferenceSession.create(bytes, { graphOptimizationLevel: "disabled", logSeverityLevel: 4 });
  return async (feeds) => {
    const tensors = Object.entries(feeds).map(([name, value]) => [name, toOrt(value)] as const);
    const results = await session.run(Object.fromEntries(tensors));
    return Object.fromEntries(session.outputNames.map((name) => [name, fromOrt(results[name] as ort.Tensor)]));
  };
}
