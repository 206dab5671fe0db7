/** Runs onnxruntime-web inside workerd, with one thread and its wasm as a module of the bundle. */

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import { messageOf } from "../../shared/lib/error-reason.ts";
import { failure, type Result, success } from "../../shared/lib/result.ts";
import type { InputColumn } from "../../shared/registry/golden.ts";

export type Session = ort.InferenceSession;

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";
// A dummy that is never read. Without it the runtime fetches its wasm.
ort.env.wasm.wasmBinary = new Uint8Array(1);

/** Without this limit the runtime's memory can grow to 4 GB, and the isolate (128 MB) is ended with all its requests. */
const wasmBytesMax = 100 * 1024 * 1024;
const pageBytes = 65_536;

/** Creates a session. Calls must not overlap, because the first one starts the runtime. Rejects if the file is invalid. */
export async function createSession(bytes: Uint8Array): Promise<Session> {
  const { instantiate, Memory } = WebAssembly;
  // workerd does not compile wasm at run time, so the runtime gets the module that was compiled with the bundle.
  const replacement = async (_: unknown, imports: WebAssembly.Imports) => ({
    module: wasm,
    instance: new WebAssembly.Instance(wasm, imports),
  });
  Object.assign(WebAssembly, { instantiate: replacement, Memory: limitedMemory(Memory) });
  try {
    return await ort.InferenceSession.create(bytes, { logSeverityLevel: 4 });
  } finally {
    Object.assign(WebAssembly, { instantiate, Memory });
  }
}

/** Limits the memory that the runtime creates with its first session. A model that needs more fails with an error. */
function limitedMemory(Memory: typeof WebAssembly.Memory): typeof WebAssembly.Memory {
  const maximum = wasmBytesMax / pageBytes;
  return class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super({ ...descriptor, maximum: Math.min(maximum, descriptor.maximum ?? maximum) });
    }
  };
}

export type Numbers = Float32Array | Float64Array;

/** Outputs by name. */
export type SessionRun = Result<Readonly<Record<string, Numbers>>>;

/** Runs one batch. Returns every output that is a numeric tensor. Ignores inputs that the file does not have. */
export async function runSession(session: Session, inputs: Readonly<Record<string, InputColumn>>): Promise<SessionRun> {
  const feeds: [string, ort.Tensor][] = [];
  for (const input of session.inputMetadata) {
    const column = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
    if (column === undefined) return failure(`input ${input.name}: found nothing, expected a column`);
    const found = column instanceof Float32Array ? "float32" : "string";
    const wanted = input.isTensor ? input.type : "a type other than a tensor";
    if (wanted !== found)
      return failure(`input ${input.name}: found ${found}, expected ${wanted}, the type in the file`);
    feeds.push([input.name, tensorOf(column)]);
  }
  const wanted = session.outputMetadata.filter((output) => output.isTensor && numeric.has(output.type));
  try {
    const results = await session.run(
      Object.fromEntries(feeds),
      wanted.map(({ name }) => name),
    );
    const outputs = wanted.map(({ name }) => [name, numbersOf(results[name])]);
    return success(Object.fromEntries(outputs));
  } catch (error) {
    return failure(messageInOneLine(error));
  }
}

const numeric = new Set(["float32", "float64", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "bool"]);

/** Makes a tensor of one feature, [N, 1]. */
function tensorOf(column: InputColumn): ort.Tensor {
  const dims = [column.length, 1];
  return column instanceof Float32Array
    ? new ort.Tensor("float32", column, dims)
    : new ort.Tensor("string", [...column], dims);
}

/** Copies the numbers of an output, because its data may be in the runtime's memory. */
function numbersOf(tensor: ort.Tensor | undefined): Numbers {
  const data = tensor?.data ?? [];
  return data instanceof Float32Array ? data.slice() : Float64Array.from<unknown>(data, Number);
}

/** Returns the message of anything thrown: the runtime throws errors, and sometimes a number or a string. */
export function messageInOneLine(error: unknown): string {
  return messageOf(error).replaceAll(/\s+/g, " ").slice(0, 500);
}
