/** What loading a snapshot needs of its Worker. */
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import type { ServingReport } from "../../shared/api/serving-report.ts";

export interface ArtefactAddress {
  readonly forecast: string;
  readonly version: string;
  readonly name: "model.onnx" | "steps.onnx" | "served.json";
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
}

/** The effects of a store. */
export interface StoreEffects {
  /** Reads a value of KV; null if the key is missing. May throw. */
  readText(key: string): Promise<string | null>;
  /** Reads the artefact with this digest. Throws if there is none. */
  readArtefact(address: ArtefactAddress): Promise<Uint8Array>;
  digest(bytes: Uint8Array): Promise<string>;
  /** Runs the models that our engine cannot run. */
  readonly onnx?: OnnxRunner | null;
  /** Why every model runs on the onnx Worker; null if our engine runs the models that it can. */
  readonly onnxOnlyReason?: string | null;
  /** Reports to the hub which version answers, if that changes without it. Never rejects. Absent if there is no queue. */
  report?(report: Omit<ServingReport, "kind" | "at">): Promise<void>;
  /** Lets the isolate continue some work after the answer was sent. */
  waitUntil(work: Promise<unknown>): void;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  log(text: string): void;
}
