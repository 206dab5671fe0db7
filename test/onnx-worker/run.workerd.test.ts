/** The onnx Worker in its own runtime, with real R2 and onnxruntime-web. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import { sha256Hex } from "../../shared/hash.ts";
import type { Column } from "../../shared/registry/golden.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { OnnxEnv } from "../../workers/onnx/index.ts";
import { type RunnerParts, runnerOf, sessionBudgetBytes } from "../../workers/onnx/runner.ts";
import { outsideModel } from "../support/outside.ts";
import { forecast, servable } from "../support/served.ts";

const bindings = env as unknown as OnnxEnv;
const deployed = (exports as unknown as { default: OnnxRunner }).default;

/** Puts a model where a version lies, and returns its address. */
async function stored(version: string, model: Uint8Array) {
  await bindings.LAKE.put(artefactKey(forecast.id, version, "model.onnx"), model);
  return { forecast: forecast.id, version, sha256: sha256Hex(model) };
}

function runner(changes: Partial<RunnerParts> = {}) {
  const nowMs = () => 0;
  const wait = () => new Promise<never>(() => {});
  return runnerOf({ lake: bindings.LAKE, budgetBytes: sessionBudgetBytes, nowMs, wait, ...changes });
}

test("a graph outside the subset runs", async () => {
  const model = outsideModel(forecast);
  expect(evaluateOnnx(model, {})).toMatchObject({ ok: false });
  const address = await stored("outside", model);
  const answer = await runner().run({ ...address, inputs: { Precio_lag1: Float32Array.of(2, Number.NaN) } });
  expect(answer).toEqual({ ok: true, outputs: { prediction: Float32Array.of(2.5, 0.5) } });
});

test("over RPC", async () => {
  const { model, card } = servable();
  const address = await stored("tabular", model);
  const inputs = Object.fromEntries(
    Object.entries(card.golden.inputs).map(([name, values]): [string, Column] => [
      name,
      values.some((value) => typeof value === "string")
        ? values.map((value) => String(value ?? ""))
        : Float32Array.from(values, (value) => (typeof value === "number" ? value : Number.NaN)),
    ]),
  );
  const ours = evaluateOnnx(model, inputs);
  const answer = await deployed.run({ ...address, inputs });
  expect(answer).toEqual(ours);
});
