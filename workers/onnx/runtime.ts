/** onnxruntime-web inside workerd: one thread, and its wasm as a module of the bundle. */

import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm";
import * as ort from "onnxruntime-web/wasm";
import type { Column } from "../../shared/registry/golden.ts";

export type Session = ort.InferenceSession;

ort.env.wasm.numThreads = 1;
ort.env.logLevel = "fatal";
// Never read: it keeps the runtime from fetching one.
ort.env.wasm.wasmBinary = new Uint8Array(1);

/** Of an isolate's 128 MB; without it the runtime's memory may grow to 4 GB, and the isolate is ended with all its requests. */
const wasmBytesMax = 100 * 1024 * 1024;
const pageBytes = 65_536;

/** Not two at once: the first one starts the runtime. Rejects with what is wrong with the file. */
export async function createSession(bytes: Uint8Array): Promise<Session> {
  const { instantiate, Memory } = WebAssembly;
  // workerd compiles no wasm at run time: the runtime gets what was compiled with the bundle instead.
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

/** The runtime asks for a memory when its first session is made. One that cannot grow fails with a message of its own. */
function limitedMemory(Memory: typeof WebAssembly.Memory): typeof WebAssembly.Memory {
  const maximum = wasmBytesMax / pageBytes;
  return class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super({ ...descriptor, maximum: Math.min(maximum, descriptor.maximum ?? maximum) });
    }
  };
}

export type Numbers = Float32Array | Float64Array;

export type SessionRun =
  | { readonly ok: true; readonly outputs: Readonly<Record<string, Numbers>> }
  | { readonly ok: false; readonly detail: string };

/** One batch; every output that is a tensor of numbers. Inputs that the file does not have are left out. */
export async function runSession(session: Session, inputs: Readonly<Record<string, Column>>): Promise<SessionRun> {
  const feeds: [string, ort.Tensor][] = [];
  for (const input of session.inputMetadata) {
    const column = Object.hasOwn(inputs, input.name) ? inputs[input.name] : undefined;
    if (column === undefined) return failed(`input ${input.name}: found nothing, expected a column`);
    const found = column instanceof Float32Array ? "float32" : "string";
    const wanted = input.isTensor ? input.type : "no tensor";
    if (wanted !== found) return failed(`input ${input.name}: found ${found}, expected ${wanted}, as the file says`);
    feeds.push([input.name, tensorOf(column)]);
  }
  const wanted = session.outputMetadata.filter((output) => output.isTensor && numeric.has(output.type));
  try {
    const results = await session.run(
      Object.fromEntries(feeds),
      wanted.map(({ name }) => name),
    );
    const outputs = wanted.map(({ name }) => [name, numbersOf(results[name])]);
    return { ok: true, outputs: Object.fromEntries(outputs) };
  } catch (error) {
    return failed(messageOf(error));
  }
}

const numeric = new Set(["float32", "float64", "int64", "int32", "int16", "int8", "uint8", "uint16", "uint32", "bool"]);

/** One feature is one column: [N, 1]. */
function tensorOf(column: Column): ort.Tensor {
  const dims = [column.length, 1];
  return column instanceof Float32Array
    ? new ort.Tensor("float32", column, dims)
    : new ort.Tensor("string", [...column], dims);
}

/** A copy: what the runtime gives may lie in its own memory. */
function numbersOf(tensor: ort.Tensor | undefined): Numbers {
  const data = tensor?.data ?? [];
  return data instanceof Float32Array ? data.slice() : Float64Array.from<unknown>(data, Number);
}

/** The runtime throws errors, and now and then a number or a text. */
export function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ").slice(0, 500);
}

const failed = (detail: string): SessionRun => ({ ok: false, detail });
