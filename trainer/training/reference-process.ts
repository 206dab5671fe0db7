/**
 * Runs a foreign model in a process of its own, with limits on time and memory: it may loop or ask for a billion values,
 * and a synchronous run cannot be stopped from within.
 */
import { fork } from "node:child_process";
import type { Inputs } from "../../shared/training/inputs.ts";
import { Failure } from "../failure.ts";

export interface ProcessLimits {
  readonly timeoutMs: number;
  /** Of the wasm that runs the model, and of the JavaScript around it. */
  readonly memoryMb: number;
}

/** A model that fits the edge answers a test window of 30,000 rows in seconds. */
const importLimits: ProcessLimits = { timeoutMs: 60_000, memoryMb: 512 };

/** What the parent sends: once, and then waits for one answer. */
export interface RunRequest {
  readonly model: Uint8Array;
  readonly inputs: Inputs;
  readonly memoryMb: number;
}

export type RunAnswer =
  | { readonly ok: true; readonly value: Record<string, Float32Array> }
  | { readonly ok: false; readonly error: string };

/** The outputs of the file as `runReference` gives them. Throws a failure that says what was exceeded. */
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
  let timer: NodeJS.Timeout | undefined;
  try {
    const answer = await new Promise<RunAnswer>((resolve, reject) => {
      timer = setTimeout(
        () =>
          reject(
            new Failure(`The file ran for more than ${timeoutMs / 1000} s on the test window. Make a smaller model.`),
          ),
        timeoutMs,
      );
      child.once("message", (message) => resolve(message as RunAnswer));
      child.once("error", (error) => reject(new Failure(`The file cannot be run: ${error.message}`)));
      child.once("exit", () =>
        reject(
          new Failure(
            `The process that ran the file ended without an answer. It may have ${memoryMb} MB; make a smaller model.`,
          ),
        ),
      );
      child.send({ model, inputs, memoryMb } satisfies RunRequest);
    });
    if (!answer.ok) throw new Failure(`The reference runtime cannot run the file: ${answer.error}`);
    return answer.value;
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}
