/** What is asked of the `onnx` Worker over its binding, and what it answers. Refusals are values: none is thrown. */
import type { Column } from "../registry/golden.ts";

export interface OnnxRequest {
  readonly forecast: string;
  readonly version: string;
  /** Of `model.onnx`, in hexadecimal. */
  readonly sha256: string;
  /** One column an input, all of the same length; what the file does not read is left out. */
  readonly inputs: Readonly<Record<string, Column>>;
}

export const onnxRefusals = {
  /** R2 has no such object. */
  "not-found": "lasting",
  /** R2 has other bytes than those of the digest. */
  damaged: "lasting",
  /** It would take more than a Worker has. */
  "too-large": "lasting",
  /** The runtime cannot make a session of it. */
  unreadable: "lasting",
  /** The model does not take these inputs. */
  inputs: "lasting",
  /** Nothing is wrong with the model: it may be asked again. */
  unavailable: "passing",
} as const satisfies Record<string, "lasting" | "passing">;
export type OnnxRefusalReason = keyof typeof onnxRefusals;

export interface OnnxRefused {
  readonly ok: false;
  readonly reason: OnnxRefusalReason;
  /** What was found, and what is allowed. */
  readonly detail: string;
}

export type OnnxAnswer =
  | {
      readonly ok: true;
      /** By name, every output that is numbers. Integers beyond ±2⁵³ are rounded. */
      readonly outputs: Readonly<Record<string, Float32Array | Float64Array>>;
    }
  | OnnxRefused;

/** The Worker, as whoever is bound to it sees it. */
export interface OnnxRunner {
  run(request: OnnxRequest): Promise<OnnxAnswer>;
}
