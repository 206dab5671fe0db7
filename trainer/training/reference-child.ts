/** The process behind `runInProcess`: runs one model and sends what it answers. */
import type { RunAnswer, RunRequest } from "./reference-process.ts";

const pageBytes = 65_536;

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

/** Part of Node, yet not of its types. */
declare const WebAssembly: { readonly Memory: new (descriptor: MemoryDescriptor) => object };

process.once("message", async ({ model, inputs, memoryMb }: RunRequest) => {
  limitWasmMemory(memoryMb);
  const { runReference } = await import("./reference-runtime.ts");
  const answer: RunAnswer = await runReference(model, inputs).then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(answer);
});

/** The runtime asks for a memory that may grow to 4 GB; it gets one that may not. It fails then with a message of its own. */
function limitWasmMemory(memoryMb: number): void {
  const { Memory } = WebAssembly;
  const maximum = Math.floor((memoryMb * 1024 * 1024) / pageBytes);
  class LimitedMemory extends Memory {
    constructor(descriptor: MemoryDescriptor) {
      super({ ...descriptor, maximum: Math.min(maximum, descriptor.maximum ?? maximum) });
    }
  }
  Object.assign(WebAssembly, { Memory: LimitedMemory });
}
