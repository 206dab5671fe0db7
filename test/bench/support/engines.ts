/** Predict with our own engine, and with the same model behind the `onnx` Worker. */
import { type BundleModule, bundleOf } from "./bundle.ts";
import { type BenchWorker, withStubs } from "./workerd.ts";

export type Engine = "engine" | "onnx";
export const engines: readonly Engine[] = ["engine"];

let predict: readonly BundleModule[] | undefined;

/** The Workers that one engine needs; the one to ask has the engine's name. */
export function workersOf(engine: Engine): BenchWorker[] {
  predict ??= withStubs(bundleOf("workers/predict/wrangler.toml"));
  return [{ name: engine, modules: predict }];
}
