/** The child process of `runInProcess`: runs one model and sends its outputs. */
import { messageOf } from "../../shared/lib/error-reason.ts";
import { failure, success } from "../../shared/lib/result.ts";
import type { RunReply, RunRequest } from "./reference-process.ts";

const pageBytes = 65_536;

interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

/** Exists in Node but not in its types. */
declare const WebAssembly: { readonly Memory: new (descriptor: MemoryDescriptor) => object };

process.once("message", async ({ model, inputs, memoryMb }: RunRequest) => {
  limitWasmMemory(memoryMb);
  const { runReference } = await import("./reference-runtime.ts");
  const answer: RunReply = await runReference(model, inputs).then(success, (error: unknown) =>
    failure(messageOf(error)),
  );
  process.send?.(answer);
});

/** Limits the memory of new WebAssembly instances. The runtime requests up to 4 GB; above the limit it fails with its own message. */
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
