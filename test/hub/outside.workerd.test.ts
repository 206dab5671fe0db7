/** Promotes models that the built-in engine does not support, with the code of the onnx Worker and real R2. */
import { beforeEach, expect, test } from "vitest";
import type { OnnxRunner } from "../../shared/api/onnx.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { ints, mlNode, node } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import { verifyGolden } from "../../workers/hub/registry/verify.ts";
import { runnerOf, sessionBudgetBytes } from "../../workers/onnx/runner.ts";
import { graphOf } from "../onnx/models.ts";
import type { TinyModel } from "../support/card.ts";
import { emptyStores } from "../support/empty-stores.ts";
import { hub, migrate, testEnv } from "../support/hub.ts";
import { forecast, Registry } from "../support/registry.ts";
import { servable } from "../support/served.ts";

const onnx = runnerOf({
  lake: testEnv.LAKE,
  budgetBytes: sessionBudgetBytes,
  nowMs: () => 0,
  wait: () => new Promise<never>(() => {}),
});
let registry: Registry;
beforeEach(async () => {
  await emptyStores();
  await migrate();
  registry = new Registry({ onnx });
});

async function registered(version: string, changes: (built: TinyModel) => TinyModel = (built) => built) {
  const { model, card } = servable({ version, isOutside: true });
  const built = changes({ model, card });
  await registry.uploadBoth(built);
  const { status, body } = await registry.register(built);
  if (status !== 201) throw new Error(JSON.stringify(body));
  return built;
}

test("a model outside the subset is promoted once the onnx Worker reproduces its golden rows", async () => {
  await registered("v1.0");
  expect(await registry.promote("v1.0")).toMatchObject({ state: "done" });
  expect(await registry.pointer()).toMatchObject({ version: "v1.0", number: 1 });
});

test("a model with other outputs there is refused, and the reason has the row and the unsupported operator", async () => {
  await registered("v1.0", ({ model, card }) => ({
    model,
    card: { ...card, golden: { ...card.golden, outputs: { prediction: [9, 9] } } },
  }));
  expect(await registry.promote("v1.0")).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(
      /golden row 1: prediction is 2\.5, expected 9; the built-in engine cannot run it: .+ai\.onnx:IsNaN/,
    ),
  });
});

test("a model that is too large for the onnx Worker is refused, and the reason has the limit", async () => {
  const model = writeModel(
    graphOf({
      inputs: [{ name: "x", type: "float", shape: [null, 1] }],
      outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
      nodes: [
        node("IsNaN", { inputs: ["x"], outputs: ["prediction"] }),
        mlNode("TreeEnsembleRegressor", {
          inputs: ["x"],
          outputs: ["y"],
          attributes: { nodes_treeids: ints(new Uint8Array(40_000)) },
        }),
      ],
    }),
  );
  await registered("v1.0", ({ card }) => ({
    model,
    card: { ...card, model: { ...card.model, sha256: sha256Hex(model), bytes: model.length } },
  }));
  expect(await registry.promote("v1.0")).toMatchObject({
    state: "failed",
    reason: expect.stringMatching(/onnxruntime-web would need about 6,400 ms to load it/),
  });
});

test("while the onnx Worker is unavailable the step fails and is retried, and the model is not refused", async () => {
  const built = await registered("v1.0");
  const away: OnnxRunner = { run: () => Promise.reject(new Error("it is restarting")) };
  const stated = { forecast, version: "v1.0", modelSha256: sha256Hex(built.model), cardSha256: "" };
  await expect(verifyGolden({ ...hub, onnx: away }, stated)).rejects.toThrow("cannot run now: the onnx Worker failed");
  expect(await verifyGolden({ ...hub, onnx }, stated)).toBeNull();
});
