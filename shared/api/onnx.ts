/** Requests and answers of the `onnx` Worker over its binding. Refusals are returned, not thrown. */
import type { InputColumn } from "../registry/golden.ts";

export interface OnnxRequest {
  readonly forecast: string;
  readonly version: string;
  /** SHA-256 of `model.onnx`, in hexadecimal. */
  readonly sha256: string;
  /** One column per input, all of the same length. Inputs that the file does not read are left out. */
  readonly inputs: Readonly<Record<string, InputColumn>>;
}

export const onnxRefusals = {
  /** R2 has no such object. */
  "not-found": "lasting",
  /** The bytes in R2 do not match the digest. */
  damaged: "lasting",
  /** The model needs more memory than a Worker has. */
  "too-large": "lasting",
  /** The runtime cannot create a session from the file. */
  unreadable: "lasting",
  /** The model rejects these inputs. */
  inputs: "lasting",
  /** A temporary failure that does not depend on the model: retry. */
  unavailable: "passing",
} as const satisfies Record<string, "lasting" | "passing">;
export type OnnxRefusalReason = keyof typeof onnxRefusals;

export interface OnnxRefused {
  readonly ok: false;
  readonly reason: OnnxRefusalReason;
  /** The found and the allowed value. */
  readonly detail: string;
}

export type OnnxAnswer =
  | {
      readonly ok: true;
      /** All numeric outputs by name. Integers beyond ±2⁵³ are rounded. */
      readonly outputs: Readonly<Record<string, Float32Array | Float64Array>>;
    }
  | OnnxRefused;

/** Interface of the Worker for the Workers that are bound to it. */
export interface OnnxRunner {
  run(request: OnnxRequest): Promise<OnnxAnswer>;
}
