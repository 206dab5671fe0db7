/** Predict with our own engine, and with the same model behind the `onnx` Worker. */
import { type BundleModule, bundleOf } from "./bundle.ts";
import { type BenchWorker, withStubs } from "./workerd.ts";

export type Engine = "engine" | "onnx";
export const engines: readonly Engine[] = ["engine", "onnx"];

const bundles = new Map<string, readonly BundleModule[]>();

function bundle(config: string): readonly BundleModule[] {
  const modules = bundles.get(config) ?? bundleOf(config);
  bundles.set(config, modules);
  return modules;
}

/** The Workers that one engine needs; the one to ask has the engine's name. */
export function workersOf(engine: Engine): BenchWorker[] {
  const modules = withStubs(bundle("workers/predict/wrangler.toml"));
  if (engine === "engine") return [{ name: engine, modules }];
  return [
    { name: engine, modules, variables: { ENGINE: "onnxruntime-web" }, services: { ONNX: "onnxruntime" } },
    { name: "onnxruntime", modules: bundle("workers/onnx/wrangler.toml") },
  ];
}
