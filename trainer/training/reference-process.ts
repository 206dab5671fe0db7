/**
 * Runs an imported model in a child process with limits on time and memory. The model may loop or allocate a billion
 * values, and a synchronous run cannot be stopped from its own process.
 */

import { fork } from "node:child_process";
import type { Result } from "../../shared/lib/result.ts";
import type { Inputs } from "../../shared/training/inputs.ts";
import { Failure } from "../failure.ts";

export interface ProcessLimits {
  readonly timeoutMs: number;
  /** Limit for the WebAssembly memory and, separately, for the JavaScript heap. */
  readonly memoryMb: number;
}

/** A model within the size limits computes a test window of 30,000 rows in seconds. */
const importLimits: ProcessLimits = { timeoutMs: 60_000, memoryMb: 512 };

/** The one message from the parent; the child sends one `RunReply` back. */
export interface RunRequest {
  readonly model: Uint8Array;
  readonly inputs: Inputs;
  readonly memoryMb: number;
}

export type RunReply = Result<Record<string, Float32Array>>;

/** Returns the outputs of `runReference`. @throws Failure if the file fails or exceeds a limit. */
export async function runInProcess(
  model: Uint8Array,
  inputs: Inputs,
  { timeoutMs, memoryMb }: ProcessLimits = importLimits,
): Promise<Record<string, Float32Array>> {
  const child = fork(new URL("./reference-child.ts", import.meta.url), {
    serialization: "advanced",
    execArgv: [`--max-old-space-size=${memoryMb}`],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  // The child computes without reading messages, so the end of this process does not end it.
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<RunReply>((resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Failure(`The file ran for more than ${timeoutMs / 1000} s on the test window. Use a smaller model.`),
          ),
        timeoutMs,
      );
      child.once("message", (message) => resolve(message as RunReply));
      child.once("error", (error) => reject(new Failure(`The file cannot be run: ${error.message}`)));
      child.once("exit", () =>
        reject(
          new Failure(
            `The process that ran the file ended without a result. Its memory limit is ${memoryMb} MB; use a smaller model.`,
          ),
        ),
      );
      child.send({ model, inputs, memoryMb } satisfies RunRequest);
    });
    if (!answer.ok) throw new Failure(`The reference runtime cannot run the file: ${answer.error}`);
    return answer.value;
  } finally {
    clearTimeout(timer);
    process.off("exit", kill);
    kill();
  }
}
