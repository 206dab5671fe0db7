/** Tests the commands from the lake to the serving model, also when they are interrupted. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { milkMx } from "../../shared/forecasts/milk-mx.ts";
import { flowEnded } from "../../trainer/flows.ts";
import type { Hub } from "../../trainer/hub.ts";
import { exampleRequests } from "../../trainer/local/examples.ts";
import { runReference } from "../../trainer/training/reference-runtime.ts";
import { answerOf, expectAgreement, expectWhole, path, versionsOf } from "../support/agreement.ts";
import { almanac, lastJson, type Ran } from "../support/command.ts";
import { almanacHere } from "../support/command-here.ts";
import { isMatrix } from "../support/is-matrix.ts";
import { lively, livelyPublication } from "../support/lively.ts";
import { lineOf } from "../support/other-model.ts";
import { TestPlatform, upload } from "../support/platform.ts";
import { recipeBefore, registerAsBefore } from "../support/registered-before.ts";

const forecast = milkMx;
const platform = new TestPlatform();
const folder = mkdtempSync(join(tmpdir(), "almanac-models-"));
let hub: Hub;
let withoutLake: Ran;

beforeAll(async () => {
  hub = await platform.start();
  withoutLake = await run("train", forecast.id);
  await ingest(livelyPublication({ periods: lively.periods }));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await platform.dispose();
});

async function ingest({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Promise<void> {
  const { flow } = await upload(hub, name, bytes);
  const ended = await flowEnded(hub, flow);
  if (ended.state !== "done") throw new Error(`${name}: ${ended.reason}`);
}

const env = { ALMANAC_TOKEN: "test-token", ALMANAC_ACTOR: "Ana" };
const run = (...args: string[]): Promise<Ran> => almanacHere([...args, "--url", hub.url], { env });
const short = ["--trials", "1", "--budget", "1s", "--threads", "1", "--only", "ridge,gradient-boosting"];
const trainIt = (...more: string[]) => run("train", forecast.id, ...short, "--json", ...more);
const address = (version: unknown) => ({ forecast: forecast.id, version: String(version) });
const championOf = async () => (await hub.api.getChampion({ forecast: forecast.id })).champion?.version;

const moments = isMatrix ? ["2 of 4 trials", "scoring the test window", "fitting", "registering"] : ["registering"];

test("a training that is killed at any point registers no incomplete version, and a killed training can be resumed", async () => {
  const interrupted: string[] = [];
  for (const moment of moments) {
    const killed = await almanac(["train", forecast.id, ...short, "--url", hub.url], {
      env,
      onOutput: (out, child) => {
        if (out.includes(moment)) child.kill("SIGKILL");
      },
    });
    expect(killed, moment).toMatchObject({ code: null });
    await expectWhole(hub);
    expect(await championOf(), moment).toBeUndefined();
    const { runs } = await hub.api.listRuns({ forecast: forecast.id, query: { limit: 1 } });
    interrupted.push(runs[0]?.id ?? "");
  }
  expect((await hub.api.listRuns({ forecast: forecast.id })).runs).toMatchObject(
    interrupted.map(() => ({ state: "running" })),
  );

  const known = interrupted.at(-1) ?? "";
  expect(await run("train", forecast.id, "--seed", "5", "--resume", known)).toMatchObject({
    code: 1,
    err: `Run ${known} cannot be resumed: its seed is 1, not 5. Use --seed 1.\n`,
  });
  const resume = ["train", forecast.id, ...short, "--json", "--resume", known];
  const trained = lastJson(await almanac([...resume, "--url", hub.url], { env }));
  expect(trained).toMatchObject({ forecast: forecast.id, trials: 4 });
  expect(await hub.api.getRun({ run: known })).toMatchObject({ state: "abandoned" });
  const resumed = await hub.api.getRun({ run: String(trained.run) });
  expect(resumed).toMatchObject({ state: "done" });
  expect(resumed.trials).toHaveLength(4);
  expect(trained.champion).toBe(await championOf());
  await expectAgreement(hub, /has served since .+: it beat the baseline over \d+ publications \(p .+\)\./);
  await expectWhole(hub);
});

// `npm test` trains the same data again in serving/classification.ts, where it takes less time.
test.runIf(isMatrix)("the same data again registers nothing", async () => {
  expect(lastJson(await trainIt())).toMatchObject({ versions: [], champion: await championOf() });
});

test("newer data is a refresh, and a person may promote and roll back", async () => {
  const first = String(await championOf());
  await ingest(livelyPublication({ periods: lively.periods + 2 }));
  const second = lastJson(await trainIt());
  const offered = (second.versions as { version: string; state: string; reason: string }[]).at(-1);
  expect(offered).toMatchObject({ state: "done", reason: expect.stringMatching(/^The refresh/) });
  expect(await championOf()).toBe(offered?.version);
  const line = await expectAgreement(
    hub,
    /has served since .+: it is the model of the champion before it, fitted to newer data/,
  );

  const listed = await run("models", forecast.id);
  expect(listed).toMatchObject({ code: 0, err: "", out: expect.stringContaining(line) });
  const marked = listed.out.split("\n").filter((line) => line.startsWith("▸") && line.includes(forecast.id));
  expect(marked).toEqual([expect.stringContaining(`${offered?.version}`)]);
  expect(listed.out).toContain(first);

  const refused = await run("promote", forecast.id, first, "--why", "a test");
  expect(refused).toMatchObject({ code: 1, out: "" });
  expect(refused.err).toBe(
    `${first} was not promoted: The version was judged against the baseline only, but the champion is ${offered?.version}. Judge it again against ${offered?.version} with \`almanac train ${forecast.id}\`.\n`,
  );
  const forced = await run("promote", forecast.id, first, "--why", "it was better", "--force");
  expect(forced).toMatchObject({ code: 0, err: "", out: expect.stringContaining(`${first} is the champion`) });
  const back = await run("rollback", forecast.id, "--why", "it was not");
  expect(back).toMatchObject({ code: 0, out: expect.stringContaining(`${offered?.version} is the champion`) });
  expect(await championOf()).toBe(offered?.version);
  // The command has waited until predict uses the version.
  expect((await answerOf(hub)).model.version).toBe(offered?.version);
  await expectAgreement(hub, /: Ana rolled back to it \("it was not"\)\./);
  const [latest] = (await hub.api.listAudit({ query: { forecast: forecast.id, limit: 1 } })).audit;
  expect(latest).toMatchObject({ what: "champion.rolled-back", who: "Ana", why: "it was not" });
});

test.runIf(isMatrix)(
  "a champion of release 0.1.0 still serves, its recipe on newer data is a refresh, and a person may roll back to it",
  async () => {
    const former = await registerAsBefore(hub, String(await championOf()));
    expect(await run("promote", forecast.id, former, "--why", "it served before", "--force")).toMatchObject({
      code: 0,
    });
    expect(lastJson(await trainIt())).toMatchObject({ versions: [], champion: former });

    await ingest(livelyPublication({ periods: lively.periods + 4 }));
    const trained = lastJson(await trainIt());
    const offered = (trained.versions as { version: string; state: string; reason: string }[]).at(-1);
    expect(offered).toMatchObject({ state: "done", reason: expect.stringMatching(/^The refresh/) });
    const { card } = await hub.api.getModel(address(offered?.version));
    expect(card.fingerprint).toMatch(/^2-/);
    expect(card.recipe.id).not.toBe(recipeBefore(card));

    const back = await run("rollback", forecast.id, "--why", "a test");
    expect(back).toMatchObject({ code: 0, out: expect.stringContaining(`${former} is the champion`) });
    expect((await answerOf(hub)).model.version).toBe(former);
  },
);

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test("an imported model is scored on all periods after its training data, passes the same gate, and becomes the incumbent when it serves", async () => {
  await ingest(livelyPublication({ periods: lively.periods + 4 }));
  const file = fileOf("line.onnx", lineOf(["Precio_lag1", "Precio_dif1"], 0.6));
  const trainedTo = lively.dayOf(lively.periods - 60);
  const imported = await run("import", forecast.id, file, "--trained-to", trainedTo, "--producer", "R", "--json");
  const output = lastJson(imported);
  expect(output).toMatchObject({
    state: "failed",
    // An earlier look used 27 publications of the test window. The gate tests the import on all others after its training data.
    reason: expect.stringMatching(/^Rejected: .+ over 33 publications .+ It beat the baseline/),
  });
  expect(imported.code).toBe(1);
  const { card } = await hub.api.getModel(address(output.version));
  expect(card).toMatchObject({ producer: "R", judged: { incumbent: await championOf() }, model: { trees: 0 } });
  expect(card.features.map(({ name }) => name)).toEqual(["Precio_lag1", "Precio_dif1"]);
  const errors = Object.fromEntries(card.judged.contenders.map((one) => [one.name, one.rmse]));
  expect(errors[card.version]).toBeLessThan(errors.naive ?? 0);
  await expectWhole(hub);

  expect(await run("promote", forecast.id, card.version, "--why", "a test", "--force")).toMatchObject({ code: 0 });
  const next = lastJson(await trainIt());
  const names = (next.contenders as { name: string }[]).map(({ name }) => name);
  expect(names).toContain(`incumbent ${card.version}`);

  // The same file with new data is another version, because its card differs.
  await ingest(livelyPublication({ periods: lively.periods + 1 }));
  const again = lastJson(
    await run("import", forecast.id, file, "--trained-to", trainedTo, "--producer", "R", "--json"),
  );
  expect(again.version).not.toBe(output.version);
});

test("a support vector regression of scikit-learn, which the built-in engine does not support, is imported, promoted and answers all protocols", async () => {
  const file = "test/fixtures/onnx-outside/sklearn-svr.onnx";
  const trainedTo = lively.dayOf(lively.periods - 60);
  const args = ["import", forecast.id, file, "--trained-to", trainedTo, "--producer", "scikit-learn", "--json"];
  const output = lastJson(await run(...args));
  expect(output).toMatchObject({ engine: "onnxruntime-web" });
  await expectWhole(hub);
  const promoted = await run("promote", forecast.id, String(output.version), "--why", "a test", "--force");
  expect(promoted).toMatchObject({ code: 0, err: "" });

  const answer = await answerOf(hub, "&features=true");
  expect(answer.model.version).toBe(output.version);
  const { Precio_lag1, Precio_dif1 } = answer.features ?? {};
  const inputs = {
    Precio_lag1: Float32Array.of(Number(Precio_lag1)),
    Precio_dif1: Float32Array.of(Number(Precio_dif1)),
  };
  const { bytes } = await hub.api.downloadArtefact({ ...address(output.version), artefact: "model.onnx" });
  const { prediction } = await runReference(bytes, inputs);
  expect(answer.expected).toBeCloseTo(prediction?.[0] ?? Number.NaN, 4);
  const examples = await exampleRequests(hub, { forecast: forecast.id, state: platform.state });
  const [own, mlflow, v2] = examples.map((one) => JSON.parse(one.answer));
  expect(mlflow.predictions).toEqual([own.predicted_price]);
  expect(v2.model_version).toBe(output.version);
  expect(v2.outputs).toContainEqual(expect.objectContaining({ name: "median", data: [own.predicted_price] }));
  const refused = await hub.request(`${path}&explain=true`);
  expect([refused.status, await refused.text()]).toEqual([422, expect.stringContaining("SVMRegressor")]);
});

test("a file that cannot serve is refused with one sentence and not registered", async () => {
  const before = await versionsOf(hub);
  const good = lineOf(["Precio_lag1", "Precio_dif1"], 0.6);
  const cases = [
    {
      name: "unknown.onnx",
      bytes: lineOf(["Precio_lag1", "Precio_dif2"], 0.6),
      message: "Input Precio_dif2 is not a feature of milk-mx; did you mean Precio_dif1?",
    },
    {
      name: "text.onnx",
      bytes: lineOf(["Precio_lag1", "Estado"], 0.6),
      message: "Input Estado is float [null,1]. Expected string of shape [N, 1].",
    },
    { name: "cut.onnx", bytes: good.slice(0, good.length - 40), message: "The file is not a readable ONNX model: " },
    { name: "empty.onnx", bytes: new Uint8Array(), message: "empty.onnx is empty (0 bytes)" },
  ];
  for (const { name, bytes, message } of cases) {
    const { code, err } = await run("import", forecast.id, fileOf(name, bytes), "--trained-to", "2025-01-31");
    expect(code, name).toBe(1);
    expect(err).toContain(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  }
  expect(await versionsOf(hub)).toEqual(before);
});

test("an impossible command prints one sentence with advice", async () => {
  const elsewhere = { HOME: folder, ALMANAC_TOKEN: "" };
  const cases: { args: string[]; message: RegExp; env?: Record<string, string> }[] = [
    { args: ["train", forecast.id, ...short, "--url", hub.url], env: elsewhere, message: /token/i },
    {
      args: ["train", forecast.id, "--url", "http://127.0.0.1:9"],
      message: /^No hub responds at http:\/\/127\.0\.0\.1:9\. Start one with `npm start`/,
    },
    {
      args: ["train", forecast.id, "--resume", "no-such-run", "--url", hub.url],
      message: /There is no run no-such-run/,
    },
    { args: ["promote", forecast.id, "no-such", "--why", "a test", "--url", hub.url], message: /no-such/ },
  ];
  for (const { args, env: own, message } of cases) {
    const { code, err } = await almanacHere(args, { env: { ...env, ...own } });
    expect(err.trim()).toMatch(message);
    expect(err.trim().split("\n"), err).toHaveLength(1);
    expect(code).toBe(1);
  }
});

test("without a lake a command reports that nothing was ingested", () => {
  expect(withoutLake).toMatchObject({ code: 1, err: "sniim-milk has no lake yet. Ingest a publication first.\n" });
});
