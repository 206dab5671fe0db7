/** The onnx Worker in its own runtime, with real R2 and onnxruntime-web. */
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { OnnxRequest, OnnxRunner } from "../../shared/api/onnx.ts";
import { sha256Hex } from "../../shared/lib/hash.ts";
import { ints, mlNode, node } from "../../shared/onnx/graph.ts";
import { writeModel } from "../../shared/onnx/write.ts";
import type { Card } from "../../shared/registry/card.ts";
import { edgeLimits } from "../../shared/registry/fit-limits.ts";
import { goldenInputs } from "../../shared/registry/golden.ts";
import { artefactKey } from "../../shared/registry/keys.ts";
import { evaluateOnnx } from "../../shared/registry/onnx-engine.ts";
import type { OnnxEnv } from "../../workers/onnx/index.ts";
import { type RunnerParts, runnerOf, sessionBudgetBytes } from "../../workers/onnx/runner.ts";
import { randomForest, randomValues } from "../onnx/forests.ts";
import { ensembleGraph, graphOf } from "../onnx/models.ts";
import { tinyModel } from "../support/card.ts";
import { seededRandom } from "../support/chance.ts";
import { outsideModel } from "../support/outside.ts";
import { forecast } from "../support/served.ts";

const bindings = env as unknown as OnnxEnv;
const deployed = (exports as unknown as { default: OnnxRunner & Fetcher }).default;

type Address = Omit<OnnxRequest, "inputs">;

/** Stores a model as the artefact of a version. */
async function stored(version: string, model: Uint8Array): Promise<Address> {
  await bindings.LAKE.put(artefactKey(forecast.id, version, "model.onnx"), model);
  return { forecast: forecast.id, version, sha256: sha256Hex(model) };
}

/** Returns a runner like that of a new isolate, and the keys that it read. */
function isolate(changes: Partial<RunnerParts> = {}) {
  const reads: string[] = [];
  const get = ((key: string) => {
    reads.push(key);
    return bindings.LAKE.get(key);
  }) as R2Bucket["get"];
  const wait = () => new Promise<never>(() => {});
  const runner = runnerOf({ lake: { get }, budgetBytes: sessionBudgetBytes, nowMs: () => 0, wait, ...changes });
  return { runner, reads };
}

const last = { Precio_lag1: Float32Array.of(2, Number.NaN) };

test("a graph outside the subset runs over the deployed binding", async () => {
  const model = outsideModel(forecast);
  expect(evaluateOnnx(model, last)).toMatchObject({
    ok: false,
    error: { isOutside: true, reason: expect.stringContaining("IsNaN") },
  });
  const address = await stored("outside", model);
  expect(await deployed.run({ ...address, inputs: last })).toEqual({
    ok: true,
    outputs: { prediction: Float32Array.of(2.5, 0.5) },
  });
});

function rowsOf(card: Pick<Card, "features" | "golden">) {
  const golden = goldenInputs(card);
  if (!golden.ok) throw new Error(golden.error);
  return golden.value;
}

test("texts, missing values and unknown categories give the same outputs as the built-in engine", async () => {
  const { model, card } = tinyModel({ forecast, version: "tiny" });
  const inputs = { ...rowsOf(card), Estado: ["here", "nowhere", ""] };
  const ours = evaluateOnnx(model, inputs);
  if (!ours.ok) throw new Error(ours.error.reason);
  const answer = await deployed.run({ ...(await stored("tiny", model)), inputs });
  expect(answer).toEqual({ ok: true, outputs: ours.value });
});

test("a forest gives the same bits as the built-in engine", async () => {
  const random = seededRandom(5);
  const ensemble = randomForest(random, { trees: 100, leavesMax: 31, columns: 1, aggregate: "sum", base: 0.1 });
  const model = writeModel(ensembleGraph(ensemble));
  const inputs = { x: randomValues(random, 500) };
  const ours = evaluateOnnx(model, inputs);
  expect(await deployed.run({ ...(await stored("forest", model)), inputs })).toEqual({
    ok: true,
    outputs: { y: ours.ok && ours.value.y },
  });
});

test("ten concurrent first requests cause one read and one session", async () => {
  const address = await stored("shared", outsideModel(forecast, { bias: 7 }));
  const { runner, reads } = isolate();
  const answers = await Promise.all(Array.from({ length: 10 }, () => runner.run({ ...address, inputs: last })));
  for (const answer of answers) expect(answer).toMatchObject({ ok: true });
  expect([reads.length, runner.sessions.keys]).toEqual([1, [address.sha256]]);
});

test("concurrent requests for different models all succeed, also if they evict each other", async () => {
  const models = [1, 2, 3, 4].map((bias) => outsideModel(forecast, { bias }));
  const addresses = await Promise.all(models.map((model, at) => stored(`room${at}`, model)));
  const { runner } = isolate({ budgetBytes: 2.5 * (models[0]?.length ?? 0) });
  for (let round = 0; round < 3; round++) {
    for (const [at, address] of addresses.entries()) {
      const answer = await runner.run({ ...address, inputs: last });
      expect(answer).toEqual({ ok: true, outputs: { prediction: Float32Array.of(3 + at, 1 + at) } });
      expect(runner.sessions.keys.length).toBeLessThanOrEqual(2);
    }
  }
  const { runner: roomy } = isolate();
  const all = await Promise.all(addresses.map((address) => roomy.run({ ...address, inputs: last })));
  expect(all.map(({ ok }) => ok)).toEqual([true, true, true, true]);
});

const oneTree = (nodes: number) =>
  writeModel(
    graphOf({
      inputs: [],
      outputs: [],
      nodes: [
        mlNode("TreeEnsembleRegressor", {
          inputs: ["x"],
          outputs: ["y"],
          attributes: { nodes_treeids: ints(new Uint8Array(nodes)) },
        }),
      ],
    }),
  );
const unknown = writeModel(
  graphOf({
    inputs: [{ name: "Precio_lag1", type: "float", shape: [null, 1] }],
    outputs: [{ name: "prediction", type: "float", shape: [null, 1] }],
    nodes: [node("Divine", { inputs: ["Precio_lag1"], outputs: ["prediction"] })],
  }),
);

test("a model that cannot be loaded is refused with what was found, also over the binding", async () => {
  const good = await stored("good", outsideModel(forecast, { bias: 3 }));
  const cases: { what: Partial<Address>; reason: string; detail: RegExp }[] = [
    {
      what: { version: "gone", sha256: "0".repeat(64) },
      reason: "not-found",
      detail: /^R2 has no models\/milk-mx\/gone/,
    },
    { what: { sha256: "0".repeat(64) }, reason: "damaged", detail: /has sha256 [0-9a-f]{64}, expected 0{64}$/ },
    {
      what: await stored("large", new Uint8Array(edgeLimits.bytesMax + 1)),
      reason: "too-large",
      detail: /8388609 bytes/,
    },
    {
      what: await stored("deep", oneTree(40_000)),
      reason: "too-large",
      detail: /^onnxruntime-web would need about 6,400 ms to load it, and the limit is 500 ms/,
    },
    { what: await stored("broken", Uint8Array.of(10, 200)), reason: "unreadable", detail: /cannot be read/ },
    { what: await stored("unknown", unknown), reason: "unreadable", detail: /onnxruntime-web rejects .+Divine/ },
  ];
  for (const { what, reason, detail } of cases) {
    const answer = await deployed.run({ ...good, ...what, inputs: last });
    expect(answer).toEqual({ ok: false, reason, detail: expect.stringMatching(detail) });
  }
  expect(await deployed.run({ ...good, inputs: last })).toMatchObject({ ok: true });
});

test("invalid inputs are refused by name, and the session stays usable", async () => {
  const address = await stored("inputs", outsideModel(forecast, { bias: 4 }));
  const { runner, reads } = isolate();
  const cases: { inputs: OnnxRequest["inputs"]; detail: RegExp }[] = [
    { inputs: {}, detail: /no rows/ },
    { inputs: { Precio_lag1: new Float32Array() }, detail: /no rows/ },
    { inputs: { other: Float32Array.of(1) }, detail: /input Precio_lag1: found nothing, expected a column/ },
    { inputs: { Precio_lag1: ["2"] }, detail: /input Precio_lag1: found string, expected float32/ },
    {
      inputs: { Precio_lag1: Float32Array.of(1), other: Float32Array.of(1, 2) },
      detail: /other has 2 rows, Precio_lag1 has 1/,
    },
    { inputs: { Precio_lag1: new Float32Array(2_000_001) }, detail: /the limit is 2000000 values per run/ },
  ];
  for (const { inputs, detail } of cases) {
    const answer = await runner.run({ ...address, inputs });
    expect(answer).toEqual({ ok: false, reason: "inputs", detail: expect.stringMatching(detail) });
  }
  expect(await runner.run({ ...address, inputs: { ...last, other: ["a", "b"] } })).toMatchObject({ ok: true });
  expect(reads).toHaveLength(1);
});

test("the Worker is unavailable while R2 is down, and recovers", async () => {
  const address = await stored("down", outsideModel(forecast, { bias: 5 }));
  let isDown = true;
  const get = ((key: string) =>
    isDown ? Promise.reject(new Error("R2 is down")) : bindings.LAKE.get(key)) as R2Bucket["get"];
  const { runner } = isolate({ lake: { get } });
  expect(await runner.run({ ...address, inputs: last })).toEqual({
    ok: false,
    reason: "unavailable",
    detail: "R2 is down",
  });
  isDown = false;
  expect(await runner.run({ ...address, inputs: last })).toMatchObject({ ok: true });
});

test("HTTP has only the health probe", async () => {
  expect(await (await deployed.fetch("http://onnx.test/health")).json()).toEqual({ worker: "onnx", ok: true });
  expect((await deployed.fetch("http://onnx.test/run")).status).toBe(404);
});
