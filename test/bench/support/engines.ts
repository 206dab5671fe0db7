/** Sets up predict with the built-in engine, and with the same model in the `onnx` Worker. */
import { bundleWorkers } from "../../../trainer/local/bundles.ts";
import { readModules } from "./bundle.ts";
import { type BenchWorker, withStubs } from "./workerd.ts";

export type Engine = "engine" | "onnx";
export const engines: readonly Engine[] = ["engine", "onnx"];

const [, predict = "", onnx = ""] = await bundleWorkers();

/** Returns the Workers that an engine needs. The one that receives requests has the engine's name. */
export function workersOf(engine: Engine): BenchWorker[] {
  const modules = withStubs(readModules(predict));
  if (engine === "engine") return [{ name: engine, modules }];
  return [
    { name: engine, modules, variables: { ENGINE: "onnxruntime-web" }, services: { ONNX: "onnxruntime" } },
    { name: "onnxruntime", modules: readModules(onnx) },
  ];
}
